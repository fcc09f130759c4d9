import CFxaot
import Foundation
import Testing

@testable import FXCore

/// A table as foreign code would hand it in, kept for ever.
private func table(
  named name: String, parameters: [(String?, Double, ClosedRange<Double>)] = [],
  multiples: [UInt32] = [1], change: (inout fxaot_strategy) -> Void = { _ in }
) -> UnsafePointer<fxaot_strategy> {
  let params = UnsafeMutablePointer<fxaot_param>.allocate(capacity: parameters.count + 1)
  for (i, (name, value, limits)) in parameters.enumerated() {
    (params + i).initialize(
      to: fxaot_param(
        name: name.map { UnsafePointer(strdup($0)) }, default_value: value,
        minimum: limits.lowerBound, maximum: limits.upperBound, is_integer: 0, reserved: 0))
  }
  let feeds = UnsafeMutablePointer<UInt32>.allocate(capacity: multiples.count + 1)
  for (i, multiple) in multiples.enumerated() { feeds[i] = multiple }
  var value = fxaot_strategy(
    abi_version: FXAOT_ABI_VERSION, param_count: UInt32(parameters.count), name: strdup(name),
    params: params, feed_multiples: feeds, feed_count: UInt64(multiples.count),
    state_bytes: { _ in 8 }, reset: { _, _ in }, step: { _, _, _, _ in 0.5 }, array: nil,
    check: nil)
  change(&value)
  let table = UnsafeMutablePointer<fxaot_strategy>.allocate(capacity: 1)
  table.initialize(to: value)
  return UnsafePointer(table)
}

@Suite struct RegistryTests {
  @Test func `the four built-in strategies come first, in their order`() throws {
    let names = try (0..<4).map { i in
      String(cString: try #require(StrategyRegistry.table(at: i)).pointee.name)
    }
    #expect(names == ["ma_crossover", "momentum_breakout", "mean_reversion", "fusion"])
    #expect(StrategyRegistry.table(at: -1) == nil)
    #expect(StrategyRegistry.table(at: .max) == nil)
    #expect(StrategyRegistry.find("ma_cross") == nil && StrategyRegistry.find("") == nil)
  }

  @Test func `built-in tables pass the check that foreign ones must pass`() throws {
    for i in 0..<4 {
      let table = try #require(StrategyRegistry.table(at: i))
      #expect(StrategyTableCheck.verdict(table.pointee) == FXAOT_OK)
    }
  }

  @Test func `a registered table is found by name and place, and once only`() throws {
    let mine = table(named: "registry_test", parameters: [("a", 1, 0...2)])
    #expect(StrategyRegistry.register(mine) == FXAOT_OK)
    #expect(StrategyRegistry.find("registry_test") == mine)
    #expect((4..<1000).contains { StrategyRegistry.table(at: $0) == mine })
    #expect(StrategyRegistry.register(mine) == FXAOT_ALREADY_EXISTS)
    #expect(StrategyRegistry.register(table(named: "fusion")) == FXAOT_ALREADY_EXISTS)
  }

  @Test func `tables that no engine could run are refused`() {
    func verdict(_ table: UnsafePointer<fxaot_strategy>) -> fxaot_status {
      StrategyRegistry.register(table)
    }
    #expect(verdict(table(named: "bad") { $0.abi_version = 99 }) == FXAOT_BAD_ABI)
    let bad = [
      table(named: ""), table(named: "bad") { $0.name = nil },
      table(named: "bad") { $0.state_bytes = nil }, table(named: "bad") { $0.reset = nil },
      table(named: "bad") { $0.step = nil }, table(named: "bad") { $0.feed_multiples = nil },
      table(named: "bad", multiples: []), table(named: "bad", multiples: [2]),
      table(named: "bad", multiples: [1, 0]),
      table(named: "bad", multiples: [UInt32](repeating: 1, count: 9)),
      table(named: "bad") { $0.param_count = 65 },
      table(named: "bad", parameters: [("a", 1, 0...2)]) { $0.params = nil },
      table(named: "bad", parameters: [(nil, 1, 0...2)]),
      table(named: "bad", parameters: [("", 1, 0...2)]),
      table(named: "bad", parameters: [("a", 3, 0...2)]),
      table(named: "bad", parameters: [("a", .nan, 0...2)]),
      table(named: "bad", parameters: [("a", 3, 0...Double.infinity)]),
      table(named: "bad", parameters: [("a", 1, 0...2), ("a", 1, 0...2)]),
    ]
    for (i, table) in bad.enumerated() { #expect(verdict(table) == FXAOT_BAD_ARGUMENT, "\(i)") }
    #expect(StrategyRegistry.find("bad") == nil)
  }

  @Test func `a hundred threads register and read at once`() async {
    await withTaskGroup(of: Bool.self) { group in
      for i in 0..<100 {
        group.addTask {
          let status = StrategyRegistry.register(table(named: "thread_\(i % 50)"))
          _ = StrategyRegistry.table(at: i)
          return status == FXAOT_OK
        }
      }
      var registered = 0
      for await isNew in group where isNew { registered += 1 }
      #expect(registered == 50)
    }
  }
}
