import Testing
@testable import Indicators
@Test func loads() {}
