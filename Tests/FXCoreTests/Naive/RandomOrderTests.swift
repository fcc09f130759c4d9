import CFxaot
import Foundation
import Testing

@testable import FXCore

/// Random orders: the gate decides as the naive implementation decides, and the account is what the naive one is.
/// FXAOT_ORDERS sets how many orders there are (20,000).
struct RandomOrderTests {
  private static let shown = 3

  @Test func `the gate decides as the naive implementation decides`() throws {
    let wanted = ProcessInfo.processInfo.environment["FXAOT_ORDERS"].flatMap { Int($0) } ?? 20_000
    var (orders, seed) = (0, UInt64(0))
    var refusals: [UInt32: Int] = [:]
    var differences: [String] = []
    while orders < wanted, differences.count < Self.shown {
      seed += 1
      let trader = try GateTrader(seed: seed)
      var steps = 0
      while steps < 600, try trader.step() { steps += 1 }
      if let difference = trader.difference { differences.append("seed \(seed): \(difference)") }
      refusals.merge(trader.refusals, uniquingKeysWith: +)
      orders += trader.passed + trader.refusals.values.reduce(0, +)
    }
    #expect(differences == [])
    let rare = [FXAOT_REJECT_NO_EQUITY, FXAOT_REJECT_OUT_OF_MEMORY, FXAOT_REJECT_FIFO].map(\.rawValue)
    for code in 1...30 as ClosedRange<UInt32> where !rare.contains(code) {
      #expect(refusals[code, default: 0] > 0, "no order was refused with code \(code)")
    }
  }
}
