import StrategyVM

extension ScriptFailure {
  /// The source line it happened on, 0 where unknown.
  public var line: Int {
    switch self {
    case .budget(let line), .history(let line, _), .length(let line, _), .step(let line, _), .error(let line, _),
      .texts(let line), .orders(let line), .object(let line, _):
      line
    }
  }

  /// For people, without the line.
  public var sentence: String {
    switch self {
    case .budget: "the script exceeds its step limit on this bar"
    case .history(_, let offset):
      "bars ago must be from 0 to 5000 (10000 of open, high, low, close and time), or to a larger "
        + "max_bars_back, not \(number(offset))"
    case .length(_, let value):
      "a length must be from 1 to 5000, not \(number(value))"
    case .step(_, let value):
      value == 0
        ? "the step of a 'for' loop cannot be 0"
        : "a 'for' loop that counts up cannot have the step \(number(value))"
    case .error(_, let message): message
    case .texts: "the script creates too many different strings"
    case .object(_, let fault): fault.sentence
    case .orders: "the script places more than 10,000 orders on one bar"
    }
  }

  var report: String { line > 0 ? "line \(line): \(sentence)" : sentence }
}

extension ScriptError {
  /// For people; without the script's name.
  public var sentence: String {
    switch self {
    case .invalidProgram: "the compiled script is damaged"
    case .unknownParameter(let name): "the script has no input '\(name)'"
    case .parameterType(let name): "the input \(name) takes another type of value"
    case .parameterRange(let name, let minimum, let maximum):
      "the input \(name) must be " + ScriptError.range(minimum, maximum)
    case .parameterOption(let name): "the input \(name) takes only one of its options"
    case .notConstant(let line, let what):
      "line \(line): \(what) must be known before the first bar"
    case .unknownTimeframe(let text): "'\(text)' is not a timeframe"
    case .shorterTimeframe(let text):
      "the script requests bars of \(text), shorter than the chart's: give them with --data SYMBOL=FILE (in Erlang: "
        + "data => #{…})"
    case .longerTimeframe(let text):
      "request.security_lower_tf at \(text) is longer than the chart's timeframe"
    case .noData(let symbol):
      "request.security needs bars of \(symbol): give them with --data "
        + "\(symbol)=FILE (in Erlang: data => #{…})"
    case .coarseData(let symbol, let has, let wanted):
      "request.security needs \(symbol) at \(wanted), but its bars are of \(has)"
    case .noRate(let from, let to):
      "cannot convert \(from) to \(to): no \(from)\(to), no \(to)\(from), and "
        + "no two pairs that link them; give one with --data \(from)\(to)=FILE, or add it to the engine"
    case .lateRate(let from, let to):
      "cannot convert \(from) to \(to) on the first bar that may trade: the rates start later"
    case .unknownZone(let name): "this system has no time zone '\(name)'"
    case .badSession(let text): "'\(text)' is not a session; write it as 0930-1600 or 0930-1600:23456"
    case .tooLarge: "the script exceeds its memory limit"
    }
  }

  private static func range(_ minimum: Double, _ maximum: Double) -> String {
    if maximum.isNaN { return "at least \(number(minimum))" }
    if minimum.isNaN { return "at most \(number(maximum))" }
    return "from \(number(minimum)) to \(number(maximum))"
  }
}

/// The shortest text, without ".0" after whole numbers.
private func number(_ value: Double) -> String {
  let text = value.description
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
