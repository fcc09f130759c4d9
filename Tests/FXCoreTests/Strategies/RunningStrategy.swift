import CFxaot
import Foundation
import Testing

@testable import FXCore

/// A strategy run through its C table, as the engine and foreign callers run it.
final class RunningStrategy {
  let table: UnsafePointer<fxaot_strategy>
  let params: UnsafeMutablePointer<Double>
  let state: UnsafeMutableRawPointer
  let stateBytes: Int

  init(_ name: String, _ values: KeyValuePairs<String, Double> = [:]) throws {
    table = try #require(StrategyRegistry.find(name))
    params = .allocate(capacity: Int(table.pointee.param_count))
    let names = values.map { strdup($0.key) }
    defer { for name in names { free(name) } }
    let list = zip(names, values).map { fxaot_param_value(name: $0, value: $1.value) }
    var bad: UInt64 = 0
    let status = StrategyParameters.resolve(
      table, list, count: list.count, into: params, badIndex: &bad)
    try #require(status == FXAOT_OK, "parameter \(bad)")
    let size = try #require(table.pointee.state_bytes)
    stateBytes = Int(size(params))
    state = .allocate(byteCount: stateBytes, alignment: 64)
    // Garbage, so that a reset which leaves something out is found.
    state.initializeMemory(as: UInt8.self, repeating: 0xA5, count: stateBytes)
    table.pointee.reset(params, state)
  }

  deinit {
    params.deallocate()
    state.deallocate()
  }

  func step(close: Double, volume: Double, feed: UInt32 = 0) -> Double {
    var bar = fxaot_bar()
    bar.close = close
    bar.volume = volume
    return table.pointee.step(params, state, feed, &bar)
  }

  func steps(closes: [Double], volumes: [Double]) -> [Double] {
    zip(closes, volumes).map { step(close: $0, volume: $1) }
  }

  func array(closes: [Double], volumes: [Double]) throws -> [Double] {
    let array = try #require(table.pointee.array)
    var signals = [Double](repeating: .nan, count: closes.count)
    signals.withUnsafeMutableBufferPointer {
      array(params, closes, volumes, $0.baseAddress, UInt64(closes.count))
    }
    return signals
  }
}

/// Fails unless all signals are within 1e-9 of the reference and none has another sign.
func expectAgreement(
  _ signals: [Double], _ reference: [Double], sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(signals.count == reference.count, sourceLocation: sourceLocation)
  let bad = zip(signals, reference).enumerated().filter { _, pair in
    let (signal, expected) = pair
    let near = (signal - expected).magnitude <= 1e-9
    return !(near && (signal > 0) == (expected > 0) && (signal < 0) == (expected < 0))
  }
  #expect(
    bad.isEmpty, "\(bad.count) differ, first \(String(describing: bad.first))",
    sourceLocation: sourceLocation)
}
