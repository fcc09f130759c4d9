import CFxaot

@testable import FXCore

/// Strategies registered through C tables, as a foreign library would.
enum Puppet {
  /// `puppet`: (close − center) × gain, or by mode: 1 NaN, 2 infinity, 3 −infinity, 4 gain itself.
  static let name: StaticString = "puppet"
  /// `feeds`: feeds of 1, 5 and 15; answers the feeds that closed since its last bar, oldest first,
  /// as decimal digits 1 … 3 behind the point: 0.321 for all three, longest first.
  static let feeds: StaticString = "feeds"

  /// Registers both once in the process.
  static let areRegistered: Bool = {
    let params = UnsafeMutablePointer<fxaot_param>.allocate(capacity: 3)
    let rows: [(StaticString, Double, ClosedRange<Double>)] = [
      ("center", 1.1, 0...1e9), ("gain", 1e9, -1e9...1e9), ("mode", 0, 0...4),
    ]
    for (i, row) in rows.enumerated() {
      (params + i).initialize(
        to: fxaot_param(
          name: row.0.cString, default_value: row.1, minimum: row.2.lowerBound,
          maximum: row.2.upperBound, is_integer: i == 2 ? 1 : 0, reserved: 0))
    }
    let puppet = table(
      name, params: params, count: 3, multiples: [1], stateBytes: { _ in 0 }, reset: { _, _ in },
      step: { params, _, _, bar in
        guard let params, let bar else { return 0 }
        switch params[2] {
        case 1: return .nan
        case 2: return .infinity
        case 3: return -.infinity
        case 4: return params[1]
        default: return (bar.pointee.close - params[0]) * params[1]
        }
      })
    let counting = table(
      feeds, params: nil, count: 0, multiples: [1, 5, 15], stateBytes: { _ in 16 },
      reset: { _, state in
        state?.assumingMemoryBound(to: Double.self)[0] = 0
        state?.assumingMemoryBound(to: Double.self)[1] = 0.1
      },
      step: { _, state, feed, _ in
        guard let sum = state?.assumingMemoryBound(to: Double.self) else { return 0 }
        sum[0] += Double(feed + 1) * sum[1]
        sum[1] /= 10
        if feed != 0 { return .nan }  // of other feeds no answer counts
        defer { (sum[0], sum[1]) = (0, 0.1) }
        return sum[0]
      })
    return StrategyRegistry.register(puppet) == FXAOT_OK
      && StrategyRegistry.register(counting) == FXAOT_OK
  }()

  private static func table(
    _ name: StaticString, params: UnsafePointer<fxaot_param>?, count: UInt32, multiples: [UInt32],
    stateBytes: @escaping StrategyFunctions.StateBytes, reset: @escaping StrategyFunctions.Reset,
    step: @escaping StrategyFunctions.Step
  ) -> UnsafePointer<fxaot_strategy> {
    let list = UnsafeMutablePointer<UInt32>.allocate(capacity: multiples.count)
    for (i, multiple) in multiples.enumerated() { (list + i).initialize(to: multiple) }
    let table = UnsafeMutablePointer<fxaot_strategy>.allocate(capacity: 1)
    table.initialize(
      to: fxaot_strategy(
        abi_version: FXAOT_ABI_VERSION, param_count: count, name: name.cString, params: params,
        feed_multiples: list, feed_count: UInt64(multiples.count), state_bytes: stateBytes,
        reset: reset, step: step, array: nil, check: nil))
    return UnsafePointer(table)
  }
}
