import CFxaot
import Foundation
import Testing

@testable import FXCore

@Suite struct ParameterTests {
  struct Outcome: Equatable {
    let status: UInt32
    let badIndex: UInt64
    let values: [Double]
  }

  func resolve(
    _ strategy: String, _ values: KeyValuePairs<String, Double>
  ) throws -> Outcome {
    let table = try #require(StrategyRegistry.find(strategy))
    let names = values.map { strdup($0.key) }
    defer { for name in names { free(name) } }
    let list = zip(names, values).map { fxaot_param_value(name: $0, value: $1.value) }
    var out = [Double](repeating: .nan, count: Int(table.pointee.param_count))
    var bad: UInt64 = 77
    let status = StrategyParameters.resolve(
      table, list, count: list.count, into: &out, badIndex: &bad)
    return Outcome(status: status.rawValue, badIndex: bad, values: out)
  }

  func expectError(
    _ outcome: Outcome, _ status: fxaot_status, at index: UInt64,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      outcome.status == status.rawValue && outcome.badIndex == index,
      sourceLocation: sourceLocation)
  }

  @Test func `without values a strategy has the defaults of spec/strategies.md`() throws {
    #expect(try resolve("ma_crossover", [:]).values == [5, 20, 0.001, 1.2, 20, 3])
    #expect(try resolve("momentum_breakout", [:]).values == [14, 0.02, 10, 1.5, 20, 3])
    #expect(try resolve("mean_reversion", [:]).values == [20, 2, 0.8, 10, 2])
    #expect(
      try resolve("fusion", [:]).values == [
        0.5, 0.3, 0.2, 0.3, 5, 20, 0.001, 1.2, 20, 3, 14, 0.015, 10, 1.5, 20, 3, 20, 1.5, 0.8, 10,
        2,
      ])
  }

  @Test func `an exact name goes before a dotted one, and a dotted one may be cut to its last part`() throws {
    let outcome = try resolve(
      "fusion", ["threshold": 0.4, "momentum_breakout.threshold": 0.5, "band": 0.01, "k": 3])
    #expect(outcome.status == FXAOT_OK.rawValue)
    #expect([3, 11, 6, 17].map { outcome.values[$0] } == [0.4, 0.5, 0.01, 3])
  }

  @Test func `unknown, ambiguous and half names are unknown parameters`() throws {
    expectError(try resolve("ma_crossover", ["fastest": 1]), FXAOT_UNKNOWN_PARAMETER, at: 0)
    expectError(try resolve("fusion", ["band": 0, "cap": 2]), FXAOT_UNKNOWN_PARAMETER, at: 1)
    expectError(try resolve("fusion", ["reversion.k": 2]), FXAOT_UNKNOWN_PARAMETER, at: 0)
    expectError(try resolve("fusion", ["": 2]), FXAOT_UNKNOWN_PARAMETER, at: 0)
  }

  @Test func `values outside the limits, nan, and fractions of a bar are out of range`() throws {
    for bad in [0, 5001, 5.5, .nan, .infinity, -.infinity, -5] {
      expectError(
        try resolve("ma_crossover", ["band": 0.1, "fast": bad]), FXAOT_PARAMETER_RANGE, at: 1)
    }
    expectError(try resolve("mean_reversion", ["cap": 0]), FXAOT_PARAMETER_RANGE, at: 0)
    #expect(try resolve("mean_reversion", ["window": 5000]).status == FXAOT_OK.rawValue)
  }

  @Test func `fast must be below slow, and weights must not exceed 1 together`() throws {
    for fast in [20.0, 21] {
      expectError(
        try resolve("ma_crossover", ["fast": fast]), FXAOT_PARAMETER_RANGE, at: .max)
    }
    expectError(
      try resolve("fusion", ["slow": 10, "fast": 10]), FXAOT_PARAMETER_RANGE, at: .max)
    expectError(try resolve("fusion", ["weight_momentum": 0.4]), FXAOT_PARAMETER_RANGE, at: .max)
    let table = try #require(StrategyRegistry.find("fusion"))
    let check = try #require(table.pointee.check)
    var values = try resolve("fusion", [:]).values
    #expect(check(values) == 0)
    values[4] = 20
    #expect(check(values) == 5)
  }
}
