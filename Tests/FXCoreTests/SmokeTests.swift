import Testing
@testable import FXCore
@Test func loads() {}
