import CFxaot
import StrategyVM
import Testing

@testable import FXCore
@testable import Market

/// Reloads in a test's engine.
extension World {
  func basis(
    _ ref: UInt64 = 100, kind: Int = FXAOT_TF_MINUTES, count: UInt32 = 1, price: Int = FXAOT_MID
  ) throws -> ReloadBasis {
    try engine.pointee.reloadBasis(
      ref: ref, timeframe: fxaot_timeframe(kind: UInt32(kind), count: count), price: UInt32(price))
  }

  func swap(_ prepared: PreparedVersion, ref: UInt64 = 100) throws {
    try engine.pointee.swap(ref: ref, prepared)
  }

  /// Basis, new version and swap in one.
  @discardableResult
  func reload(
    script text: String, ref: UInt64 = 100, kind: Int = FXAOT_TF_MINUTES, count: UInt32 = 1,
    parameters: [(name: String, value: ParameterValue)] = []
  ) throws -> PreparedVersion {
    let version = try prepare(
      script: text, try basis(ref, kind: kind, count: count), parameters: parameters)
    try swap(version, ref: ref)
    return version
  }

  func prepare(
    script text: String, _ basis: ReloadBasis,
    parameters: [(name: String, value: ParameterValue)] = []
  ) throws -> PreparedVersion {
    try Scripts.program(text).encoded().withUnsafeBytes {
      try PreparedVersion.script($0, parameters: parameters, on: basis)
    }
  }

  func prepare(
    _ strategy: StaticString, _ basis: ReloadBasis,
    params: KeyValuePairs<StaticString, Double> = [:]
  ) throws -> PreparedVersion {
    let values = params.map { fxaot_param_value(name: $0.key.cString, value: $0.value) }
    return try values.withUnsafeBufferPointer {
      var deployment = fxaot_deployment()
      deployment.strategy = strategy.cString
      deployment.params = $0.baseAddress
      deployment.param_count = UInt32($0.count)
      return try PreparedVersion.table(deployment, on: basis)
    }
  }

  @discardableResult
  func reload(
    _ strategy: StaticString, ref: UInt64 = 100, kind: Int = FXAOT_TF_MINUTES, count: UInt32 = 1,
    params: KeyValuePairs<StaticString, Double> = [:]
  ) throws -> PreparedVersion {
    let version = try prepare(strategy, try basis(ref, kind: kind, count: count), params: params)
    try swap(version, ref: ref)
    return version
  }
}

extension fxaot_event {
  /// All that matters of it, to the bit.
  var whole: String {
    [
      text, "\(sequence)", "\(time_ns)", "\(strategy_ref)", "\(order_id)",
      "\(price.bitPattern) \(strength.bitPattern) \(profit_micro)",
    ].joined(separator: " ")
  }
}

func refusal(_ body: () throws -> Void) -> EngineRefusal? {
  do {
    try body()
    return nil
  } catch {
    return error as? EngineRefusal
  }
}
