import CFxaot
import FxaotExports
import Testing

/// An engine behind its opaque pointer, with EURUSD as instrument 1.
final class CWorld {
  private(set) var engine: OpaquePointer?

  init() throws {
    try #require(fxaot_engine_new(nil, &engine) == 0)
    var terms = fxaot_instrument()
    try #require(fxaot_instrument_builtin("EURUSD", &terms) == 0)
    try #require(fxaot_engine_add_instrument(engine, &terms, 1) == 0)
  }

  deinit { fxaot_engine_free(engine) }

  func deploy(_ strategy: String, ref: UInt64, _ params: [(String, Double)]) throws {
    var bad: UInt64 = 0
    try #require(try status(strategy, ref: ref, params, badParameter: &bad) == 0)
  }

  /// What add_strategy answers, on 1-minute mid bars.
  func status(
    _ strategy: String, ref: UInt64, _ params: [(String, Double)], badParameter: inout UInt64
  ) throws -> Int32 {
    let texts = ([strategy] + params.map(\.0)).map { text in
      let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: text.utf8.count + 1)
      _ = copy.initialize(from: text.utf8CString)
      return copy
    }
    defer { for text in texts { text.deallocate() } }
    let values = zip(texts.dropFirst(), params).map {
      fxaot_param_value(name: $0.baseAddress, value: $1.1)
    }
    return values.withUnsafeBufferPointer {
      var deployment = fxaot_deployment(
        strategy: texts[0].baseAddress, symbol_ref: 1,
        timeframe: fxaot_timeframe(kind: UInt32(FXAOT_TF_MINUTES), count: 1),
        price: UInt32(FXAOT_MID), param_count: UInt32($0.count), params: $0.baseAddress)
      return fxaot_engine_add_strategy(engine, &deployment, ref, &badParameter)
    }
  }
}
