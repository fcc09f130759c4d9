import CFxaot

/// Turns named values into the array of doubles that a strategy's functions take.
public enum StrategyParameters {
  /// `badIndex` of values that are each valid but not consistent.
  public static let together = UInt64.max

  /// Fills `out[param_count]` from defaults and `count` named values; the last of two values for
  /// the same parameter counts. A name is a parameter's own, or what follows a dot in exactly one
  /// (`band` for `ma_crossover.band`). On an error `badIndex` is the index of the offending value
  /// or `together`, and `out` is undefined. O(count · param_count).
  ///
  /// Errors: `FXAOT_UNKNOWN_PARAMETER` for a name that none or several parameters have,
  /// `FXAOT_PARAMETER_RANGE` for a value outside the limits, NaN, or with a fraction if the
  /// parameter is an integer, and for values that are not consistent.
  public static func resolve(
    _ table: UnsafePointer<fxaot_strategy>, _ values: UnsafePointer<fxaot_param_value>?,
    count: Int, into out: UnsafeMutablePointer<Double>, badIndex: inout UInt64
  ) -> fxaot_status {
    let paramCount = Int(min(table.pointee.param_count, FXAOT_MAX_PARAMS))
    let params = UnsafeBufferPointer(start: table.pointee.params, count: paramCount)
    for (i, param) in params.enumerated() { out[i] = param.default_value }
    guard count <= 0 || values != nil else { return FXAOT_BAD_ARGUMENT }
    for (i, value) in UnsafeBufferPointer(start: values, count: max(count, 0)).enumerated() {
      badIndex = UInt64(i)
      guard let name = value.name, let index = index(of: name, in: params) else {
        return FXAOT_UNKNOWN_PARAMETER
      }
      guard allows(params[index], value.value) else { return FXAOT_PARAMETER_RANGE }
      out[index] = value.value
    }
    badIndex = together
    if let check = table.pointee.check, check(out) != 0 { return FXAOT_PARAMETER_RANGE }
    return FXAOT_OK
  }

  /// Whether a parameter accepts this value.
  static func allows(_ param: fxaot_param, _ value: Double) -> Bool {
    guard value >= param.minimum, value <= param.maximum else { return false }
    return param.is_integer == 0 || value.rounded(.towardZero) == value
  }

  private static func index(
    of name: UnsafePointer<CChar>, in params: UnsafeBufferPointer<fxaot_param>
  ) -> Int? {
    if let exact = params.firstIndex(where: { CText.equal($0.name, name) }) { return exact }
    let dotted = params.indices.filter { i in
      params[i].name.map { CText($0).hasDottedSuffix(name) } ?? false
    }
    return dotted.count == 1 ? dotted[0] : nil
  }
}
