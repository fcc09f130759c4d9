import Calendar
import StrategyIR

extension Lowering {
  /// The functions whose lowering depends on their arguments' types.
  func special(
    _ special: SpecialFunction, _ bound: BoundArguments, at range: Range<Int>
  ) -> Value {
    switch special {
    case .na: return isNA(bound)
    case .nz: return nz(bound, at: range)
    case .int, .float, .bool, .string, .color: return cast(special, bound, at: range)
    case .time: return time(.time, bound, at: range)
    case .timeClose: return time(.timeClose, bound, at: range)
    case .timestamp: return timestamp(bound, at: range)
    case .timeframeSeconds:
      guard let timeframe = bound["timeframe"] else {
        return Value(b.timeframe(.seconds), .int, .simple)
      }
      let seconds = b.function(.timeframeSeconds, [timeframe.ref])
      return Value(seconds, .int, max(.simple, timeframe.qualifier))
    case .text: return tostring(bound, at: range)
    case .format: return format(bound, at: range)
    case .runtimeError:
      if let message = bound["message"] { b.fail(message.ref) }
      return .void
    case .toAccount: return money(bound, .multiply)
    case .toSymbol: return money(bound, .divide)
    case .ticker: return ticker(bound)
    case .newTicker: return newTicker(bound)
    case .heikinAshi: return heikinAshi(bound)
    case .currencyRate: return currencyRate(bound)
    case .changed: return changed(bound)
    case .request, .lowerRequest: return .unknown
    case .newArray, .newMatrix, .newMap: return .unknown
    case .arrayFrom: return arrayFrom(bound, at: range)
    case .line, .label, .box, .linefill, .polyline, .table: return bound["x"] ?? .unknown
    case .random: return random(bound)
    case .defaultQuantity: return defaultQuantity(bound)
    case .figures: return figures(bound, at: range)
    case .library:
      isDeclared = true
      b.program.settings.title = bound["title"]?.text ?? ""
      return .void
    case .newPoint, .pointOfIndex, .pointOfTime, .pointOfNow, .copyPoint: return point(special, bound)
    }
  }

  private func isNA(_ bound: BoundArguments) -> Value {
    guard let value = bound["x"], !value.ref.isNone, value.type != .na else {
      return Value(b.bool(true), .bool, .series)
    }
    if value.type == .bool, tree.version >= 6 {
      return Value(b.bool(false), .bool, value.qualifier)
    }
    return Value(b.unary(.isNA, value.ref), .bool, value.qualifier)
  }

  /// `ta.change` of a bool: whether it changed.
  private func changed(_ bound: BoundArguments) -> Value {
    guard let source = bound["source"], let length = bound["length"] else { return .unknown }
    let kept = b.variable("", .bool)
    b.declare(kept, source.ref)
    let before = b.read(kept, ago: length.ref)
    let isKnown = b.binary(.greaterOrEqual, b.bar(.index), length.ref)
    let differs = b.binary(.notEqual, b.read(kept), before)
    return Value(b.and(isKnown, differs), .bool, .series)
  }

  private func nz(_ bound: BoundArguments, at range: Range<Int>) -> Value {
    guard let value = bound["source"], !value.ref.isNone else { return .unknown }
    if value.type == .bool, tree.version >= 6 { return value }
    let zero = value.type == .text ? b.text("") : b.number(0, value.type.valueType)
    let given = bound["replacement"]
    let other = given ?? Value(zero, value.type, .const)
    guard let type = common(value.type, other.type), let first = converted(value, to: type),
      let second = converted(other, to: type)
    else {
      error(
        "\(value.described) cannot be replaced by \(other.described)",
        at: bound.range("replacement"))
      return .unknown
    }
    let ref = b.function(.nz, [first.ref, second.ref])
    return Value(ref, type, max(value.qualifier, other.qualifier))
  }

  private func cast(
    _ special: SpecialFunction, _ bound: BoundArguments, at range: Range<Int>
  ) -> Value {
    guard var value = bound["x"] else { return .unknown }
    switch special {
    case .int:
      if value.type == .int { return value }
      value.ref = b.unary(.truncate, value.ref)
      value.number = value.number.map { $0.rounded(.towardZero) }
      value.type = .int
      value.isQuotient = false
      return value
    case .float: return converted(value, to: .float) ?? value
    case .bool:
      if value.type == .bool { return value }
      if tree.version < 6, value.type == .na { return Value(b.na(.int), .bool, .const, number: .nan) }
      guard value.type.isNumber, !value.ref.isNone else {
        if value.type != .unknown {
          error("\(value.described) cannot be converted to bool", at: range)
        }
        return .unknown
      }
      if tree.version < 6 { return threeState(value) }
      return Value(b.unary(.truth, value.ref), .bool, value.qualifier)
    default: return value
    }
  }

  // MARK: Time

  private func time(
    _ function: Function, _ bound: BoundArguments, at range: Range<Int>
  ) -> Value {
    let empty = b.text("")
    let refs = ["timeframe", "session", "timezone"].map { bound[$0]?.ref ?? empty }
    var value = Value(b.function(function, refs), .int, .series)
    if let periods = bound["timeframe_bars_back"], periods.number != 0 {
      let range = bound.range("timeframe_bars_back")
      if let number = periods.number, !(number > 0) {
        error(
          "'timeframe_bars_back' must be 0 or more", at: range,
          expected: "bars that have been: the times of bars to come are not known")
        return value
      }
      let given = [value, periods].map { EvaluatedArgument(name: "", nameRange: range, value: $0, range: range) }
      let name = "period_before"
      value = preludeCall(name, of: Builtins.periodBefore, as: name, given, at: range) ?? value
    }
    guard let back = bound["bars_back"] else { return value }
    if let bars = back.number, !(bars >= 0 && bars <= Double(b.program.history())) {
      error(
        "'bars_back' must be 0 or more", at: bound.range("bars_back"),
        expected: "bars that have been: the times of bars to come are not known")
      return value
    }
    let kept = b.variable("", .int)
    b.declare(kept, value.ref)
    return Value(b.read(kept, ago: back.number.map { b.int(Int($0)) } ?? back.ref), .int, .series)
  }

  private func timestamp(_ bound: BoundArguments, at range: Range<Int>) -> Value {
    if let date = bound["dateString"] { return timestamp(of: date, at: bound.range("dateString")) }
    let zone = bound["timezone"] ?? textConstant("")
    var refs = [zone.ref]
    var qualifier = max(zone.qualifier, .simple)
    for name in ["year", "month", "day", "hour", "minute", "second"] {
      guard let part = bound[name] else { continue }
      refs.append(part.ref)
      qualifier = max(qualifier, part.qualifier)
    }
    return Value(b.function(.timestamp, refs), .int, qualifier)
  }

  private func timestamp(of date: Value, at range: Range<Int>) -> Value {
    guard let text = date.text else {
      return Value(b.function(.timestampOfText, [date.ref]), .int, date.qualifier)
    }
    guard let time = DateText.milliseconds(of: text) else {
      error(
        "'\(text)' is not a date in a known format", at: range,
        expected: "\"2024-01-31\", \"2024-01-31T09:30:00+01:00\" or \"31 Jan 2024 09:30 +0100\"")
      return .unknown
    }
    return Value(b.number(Double(time), .int), .int, .const, number: Double(time))
  }

  // MARK: Texts

  private func tostring(_ bound: BoundArguments, at range: Range<Int>) -> Value {
    guard let value = bound["value"] else { return .unknown }
    let format = bound["format"]
    // As a pattern it would be copied: "price2471".
    if let word = format?.text, ["price", "inherit"].contains(word) {
      error(
        "'format.\(word)' is for the script's outputs, not for 'str.tostring'", at: bound.range("format"),
        expected: "format.mintick, format.percent, format.volume or a pattern such as \"#.##\"")
      return .unknown
    }
    let qualifier = max(value.qualifier, format?.qualifier ?? .const)
    guard let ref = text(of: value, format: format, at: bound.range("value")) else {
      return Value(b.text(""), .text, .const)
    }
    return Value(ref, .text, qualifier)
  }

  private func text(of value: Value, format: Value?, at range: Range<Int>) -> ExpressionRef? {
    switch value.type {
    case .text, .enumeration: return value.ref
    case .bool: return b.function(.textOfBool, [value.ref])
    case .na: return b.function(.textOfNumber, [b.na(.float)])
    case .int, .float:
      if let format, !format.ref.isNone {
        return b.function(.textOfNumberFormatted, [value.ref, format.ref])
      }
      return b.function(.textOfNumber, [value.ref])
    case .unknown: return nil
    case .array, .matrix:
      return object(.textOfObject, [value.ref, format?.ref ?? b.na(.text)], .text).ref
    default:
      error("\(value.described) cannot be converted to a string", at: range, expected: "a number, bool or string")
      return nil
    }
  }

  private func format(_ bound: BoundArguments, at range: Range<Int>) -> Value {
    var refs: [ExpressionRef] = []
    var qualifier = Qualifier.const
    for value in bound.values.compactMap({ $0 }) + bound.rest {
      qualifier = max(qualifier, value.qualifier)
      switch value.type {
      case .int, .float, .text, .enumeration: refs.append(value.ref)
      default: refs.append(text(of: value, format: nil, at: range) ?? b.text(""))
      }
    }
    return Value(b.function(.textFormat, refs), .text, qualifier)
  }
}
