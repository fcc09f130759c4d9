import StrategyIR

extension Builtins {
  /// What exists in the language but not here, by the beginning of the name: what a script that
  /// names it needs.
  private static let missing: [(String, String)] = [
    ("request.footprint", "footprints"), ("footprint.", "footprints"),
    ("volume_row.", "footprints"), ("request.", "data from other sources"),
    ("ticker.", "other chart types"),
  ]

  /// The part of the language that this name belongs to ("arrays"); nil for a name that the language
  /// does not have.
  static func need(of name: String) -> String? {
    return missing.first { name.hasPrefix($0.0) }?.1
  }

  /// Variables of which no file of bars has the data.
  static let missingData: [String: StaticType] = {
    var all: [String: StaticType] = ["ask": .float, "bid": .float]
    for name in [
      "earnings.future_eps", "earnings.future_revenue", "dividends.future_amount", "syminfo.target_price_average",
      "syminfo.target_price_estimates", "syminfo.target_price_high", "syminfo.target_price_low",
      "syminfo.target_price_median", "syminfo.recommendations_buy", "syminfo.recommendations_buy_strong",
      "syminfo.recommendations_hold", "syminfo.recommendations_sell", "syminfo.recommendations_sell_strong",
      "syminfo.recommendations_total", "syminfo.shares_outstanding_float", "syminfo.shares_outstanding_total",
    ] { all[name] = .float }
    for name in [
      "earnings.future_period_end_time", "earnings.future_time", "dividends.future_ex_date",
      "dividends.future_pay_date", "syminfo.employees", "syminfo.shareholders", "syminfo.expiration_date",
      "syminfo.target_price_date", "syminfo.recommendations_date",
    ] { all[name] = .int }
    for name in ["syminfo.current_contract", "syminfo.isin"] { all[name] = .text }
    return all
  }()

  // MARK: Names of earlier versions

  private static let namesOfNow: [String: String] = [
    "study": "indicator", "iff": "a ? b : c", "offset": "x[n]", "n": "bar_index",
    "interval": "timeframe.multiplier", "resolution": "timeframe.period",
    "heikinashi": "ticker.heikinashi", "input.integer": "input.int",
    "input.resolution": "input.timeframe", "rgb": "color.rgb",
  ]

  private static let prefixesOfNow = [
    "math.", "ta.", "str.", "request.", "timeframe.", "syminfo.", "color.", "strategy.",
    "dayofweek.", "plot.style_", "hline.style_", "shape.", "location.", "size.", "currency.",
  ]

  /// The name of a function of an earlier version today: `sma` is `ta.sma`.
  static func functionOfNow(_ name: String) -> String? {
    if let renamed = namesOfNow[name] { return renamed }
    guard !name.contains(".") else { return nil }
    return prefixesOfNow.lazy.map { $0 + name }.first { functions[$0] != nil }
  }

  /// The name of a variable of an earlier version today: `red` is `color.red`.
  static func variableOfNow(_ name: String) -> String? {
    if let renamed = namesOfNow[name] { return renamed }
    guard !name.contains(".") else { return nil }
    return prefixesOfNow.lazy.map { $0 + name }.first { variables[$0] != nil }
  }

  /// The name of a parameter of an earlier version today.
  static func parameterOfNow(_ name: String, of function: String) -> String? {
    switch (function, name) {
    case ("input", "minval"), ("input", "maxval"), ("input", "step"): "input.int or input.float"
    case ("input", "options"): "input.string"
    case ("request.security", "resolution"), (_, "resolution"): "timeframe"
    case (_, "long"): "direction"
    default: nil
    }
  }

  /// Of `input(…, type = input.integer)`: the function that takes the place of the type.
  static func inputOfNow(_ type: String) -> String {
    if let renamed = namesOfNow[type] { return renamed }
    return functions[type] == nil ? "input.int" : type
  }
}
