import CFxaot
import Foundation
import Testing

@testable import FXCore

/// What must hold in every run of random orders and quotes: after each step balance + unrealised = equity, margin used
/// is that of the rule over the positions, positions are the sum of the fills, no order passes a closed gate or takes
/// more margin than there is, none fills before it arrives, and none ends twice (all by `GateTrader`). At the end every
/// order has ended, and the same inputs give the same events, bit by bit. The property of fxaot_trading_SUITE adds
/// actors and kills. FXAOT_RUNS sets how many runs of 200 steps there are
/// (60), FXAOT_SEED the first one's seed.
struct RandomRunTests {
  private static let steps = 200

  @Test func `a random run keeps its invariants, ends all orders, and can be replayed to the bit`() throws {
    let wanted = number("FXAOT_RUNS") ?? 60
    let first = number("FXAOT_SEED") ?? 1_000_000
    var differences: [String] = []
    var (steps, orders, events) = (0, 0, 0)
    for seed in first..<first + wanted where differences.count < 3 {
      let trader = try GateTrader(seed: seed)
      trader.records = true
      var left = Self.steps
      while left > 0, try trader.step() { left -= 1 }
      trader.finish()
      if let difference = trader.difference { differences.append("seed \(seed): \(difference)") }
      let (history, account) = try GateTrader.replay(seed: seed, trader.inputs)
      if history != trader.history { differences.append("seed \(seed): other events in the replay") }
      if bytes(account) != bytes(trader.world.account) { differences.append("seed \(seed): another account") }
      steps += Self.steps - left
      orders += trader.passed + trader.refusals.values.reduce(0, +)
      events += history.count / MemoryLayout<fxaot_event>.stride
    }
    #expect(differences == [])
    print("random runs: \(wanted), steps \(steps), orders \(orders), events \(events)")
  }

  private func number(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
  }

  private func bytes(_ account: fxaot_account) -> [UInt8] { withUnsafeBytes(of: account) { Array($0) } }
}
