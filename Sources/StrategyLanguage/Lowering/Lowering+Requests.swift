import StrategyIR

extension Lowering {
  /// Each request calculates the script again on its own bars.
  static let mostRequests = 64

  /// `request.security`: the expression is lowered inside the request, with the script's
  /// variables as they stand, and its results are read outside.
  func request(_ overload: Builtins.Overload, _ list: NodeList, at range: Range<Int>) -> Value {
    let syntax = tree.arguments[list.indices.clamped(to: 0..<tree.arguments.count)]
    guard syntax.count > 2 || syntax.contains(where: { $0.name != 0 }) else {
      let place = range.lowerBound..<range.lowerBound + overload.signature.name.utf8.count
      error(
        "'\(overload.signature.name)' needs a symbol, a timeframe and an expression", at: place,
        expected: overload.signature.spelling)
      return .unknown
    }
    var inner = Value.unknown
    var given: [EvaluatedArgument] = []
    var parts: [Value] = []
    var body = BlockRef.none
    for (index, argument) in syntax.enumerated() {
      let name = argument.name == 0 ? "" : tree.names[argument.name]
      let isExpression = name == "expression" || name.isEmpty && index == 2
      var value = Value.unknown
      if isExpression {
        body = block {
          inner = expression(argument.value)
          parts = (inner.type == .tuple ? inner.elements : [inner]).flatMap(carriedParts)
        }
      } else {
        value = single(argument.value)
      }
      given.append(
        EvaluatedArgument(
          name: name, nameRange: argument.nameRange, value: value,
          range: tree.range(of: argument.value)))
    }
    switch bind(given, to: overload.signature, at: range, place: range) {
    case .failure(let failure):
      error(
        failure.message, at: failure.range, expected: failure.expected,
        suggestion: failure.suggestion)
      return .unknown
    case .success(let bound):
      return request(bound, inner, parts, body, at: range)
    }
  }

  private func request(
    _ bound: BoundArguments, _ inner: Value, _ parts: [Value], _ body: BlockRef, at range: Range<Int>
  ) -> Value {
    guard let timeframe = bound["timeframe"], checkTimeframe(timeframe, bound) else {
      return .unknown
    }
    // All bars are there.
    if bound["calc_bars_count"] != nil { ignore("calc_bars_count", at: bound.range("calc_bars_count")) }
    if inner.type == .unknown || body.isNone { return .unknown }
    let name = bound.signature.name
    let elements = inner.type == .tuple ? inner.elements : [inner]
    guard elements.allSatisfy({ !$0.ref.isNone && $0.type != .na }) else {
      error("'\(name)' needs an expression with a value", at: bound.range("expression"))
      return .unknown
    }
    let isLower = name == "request.security_lower_tf"
    if let other = elements.first(where: { isLower ? $0.type.isReference : !isCarried($0.type) }) {
      error(
        "'\(name)' cannot answer \(described(other.type))", at: bound.range("expression"),
        expected: isLower ? "numbers, strings" : "numbers, strings, arrays of them, objects with such fields")
      return .unknown
    }
    guard mayRequest(name, at: range) else { return .unknown }
    let results = b.request(
      isLower ? .lowerBars : .security, timeframe: timeframe.ref, gaps: option("gaps", bound),
      lookahead: option("lookahead", bound)
    ) { _ in parts.map(\.ref) }
    var made = b.program.requests[b.program.requests.count - 1]
    complete(&made, bound, body)
    b.program.requests[b.program.requests.count - 1] = made
    var values: [Value] = []
    var rest = results[...]
    for element in elements {
      values.append(
        isLower
          ? array(rest.popFirst() ?? .none, of: element, bound) : value(of: element.type, from: &rest))
    }
    return inner.type == .tuple ? .tuple(values) : values[0]
  }

  private func array(_ ref: ExpressionRef, of element: Value, _ bound: BoundArguments) -> Value {
    guard let type = ElementType(element.type) else {
      error(
        "a collection cannot hold values of type \(element.type.spelling)", at: bound.range("expression"))
      return .unknown
    }
    return Value(ref, .array(type), .series)
  }

  private func mayRequest(_ name: String, at range: Range<Int>) -> Bool {
    // Its own world would go the way to it ahead, and change the objects once more.
    if b.changesObjectsUnderConditions {
      error(
        "'\(name)' stands under a condition, behind changes of objects", at: range,
        expected: "the request at the top level, its result in a variable")
      return false
    }
    guard b.program.requests.count < Self.mostRequests else {
      error("the script makes more than \(Self.mostRequests) requests", at: range)
      return false
    }
    return true
  }

  /// `request.dividends` and its like: the closes, by days, of the file that `--data` gives under the name made of the
  /// arguments, "NASDAQ:AAPL;DIVIDENDS;gross" or "ECONOMIC;US;GDP". na without one.
  func figures(_ bound: BoundArguments, at range: Range<Int>) -> Value {
    let name = bound.signature.name
    guard mayRequest(name, at: range) else { return .unknown }
    let kind = String(name.dropFirst("request.".count)).uppercased()
    var parts = [b.text(kind)]
    if let symbol = bound["ticker"] ?? bound["symbol"] { parts.insert(symbol.ref, at: 0) }
    parts += ["country_code", "financial_id", "period", "field"].compactMap { bound[$0]?.ref }
    guard !parts.contains(where: \.isNone) else { return .unknown }
    let symbol = parts.dropFirst().reduce(parts[0]) {
      b.function(.concatenate, [b.function(.concatenate, [$0, b.text(";")]), $1])
    }
    let isLong = b.binary(.greater, b.timeframe(.seconds), b.int(86_400))
    let results = b.request(
      timeframe: b.select(isLong, b.text(""), b.text("1D")), gaps: option("gaps", bound),
      lookahead: option("lookahead", bound)
    ) { [$0.bar(.close)] }
    let number = b.program.requests.count - 1
    b.program.requests[number].symbol = symbol
    b.program.requests[number].ignoresMissing = b.bool(true)
    return Value(results[0], .float, .series)
  }

  private func carriedParts(_ value: Value) -> [Value] {
    value.ref.isNone || !isCarried(value.type) ? [value] : parts(of: value)
  }

  /// A type for people.
  private func described(_ type: StaticType) -> String {
    if case .record(let number) = type { return "objects of the type '\(records[Int(number)].name)'" }
    return "values of the type \(type.spelling)"
  }

  private func option(_ name: String, _ bound: BoundArguments) -> ExpressionRef {
    guard let value = bound[name], value.number != 0 else { return .none }
    return value.ref
  }

  private func complete(_ request: inout Request, _ bound: BoundArguments, _ body: BlockRef) {
    request.block = body
    if let symbol = bound["symbol"], symbol.text != "", !symbol.ref.isNone {
      request.symbol = symbol.ref
    }
    if let currency = bound["currency"], currency.type == .text, currency.text != "NONE" {
      request.currency = currency.ref
    }
    let ignoresTimeframe = option("ignore_invalid_timeframe", bound)
    let ignoresSymbol = option("ignore_invalid_symbol", bound)
    let isBoth = !ignoresSymbol.isNone && !ignoresTimeframe.isNone
    request.ignoresMissing =
      isBoth ? b.or(ignoresSymbol, ignoresTimeframe) : ignoresSymbol.isNone ? ignoresTimeframe : ignoresSymbol
  }

  private func checkTimeframe(_ timeframe: Value, _ bound: BoundArguments) -> Bool {
    if timeframe.qualifier >= .series {
      error(
        "the timeframe of '\(bound.signature.name)' must be known before the first bar",
        at: bound.range("timeframe"), expected: "simple string")
      return false
    }
    guard let text = timeframe.text else {
      if let text = initialText(of: timeframe) {
        noteTimeframe(text, bound)
      }
      return true
    }
    noteTimeframe(text, bound)
    guard Self.isTimeframe(text) else {
      error(
        "'\(text)' is not a timeframe", at: bound.range("timeframe"),
        expected: "minutes such as \"60\", or \"30S\", \"D\", \"W\", \"M\", \"3M\"")
      return false
    }
    return true
  }

  /// Bars within the chart's bars are meant to be shorter.
  private func noteTimeframe(_ text: String, _ bound: BoundArguments) {
    if bound.signature.name == "request.security" { requestedTimeframes.append((text, bound.range("timeframe"))) }
  }

  /// The default of an input.
  private func initialText(of value: Value) -> String? {
    guard !value.ref.isNone, case .parameter(let n) = b.program.expressions[value.ref.index],
      let number = Int(exactly: b.program.parameters[Int(n)].initial),
      b.program.texts.indices.contains(number)
    else { return nil }
    return b.program.texts[number]
  }

  /// "", "15", "30S", "D", "1D", "2W", "12M".
  static func isTimeframe(_ text: String) -> Bool {
    var digits = text[...]
    if let unit = text.last, "SDWMT".contains(unit) { digits = digits.dropLast() }
    if digits.isEmpty { return true }
    guard digits.utf8.count <= 5, let number = Int(digits) else { return false }
    return number > 0 && digits.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
  }
}
