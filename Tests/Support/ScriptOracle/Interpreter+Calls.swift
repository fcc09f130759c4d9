@testable import StrategyLanguage

extension Interpreter {
  /// Arguments as they are written: evaluated from left to right, before the call.
  struct Arguments {
    var values: [(name: String, value: OracleValue)] = []

    /// By name, else by position.
    func value(_ name: String, at position: Int) -> OracleValue? {
      if let named = values.first(where: { $0.name == name }) { return named.value }
      let positional = values.prefix { $0.name.isEmpty }
      return position < positional.count ? values[position].value : nil
    }

    func number(_ name: String, at position: Int) -> Double {
      value(name, at: position)?.number ?? .nan
    }

    func text(_ name: String, at position: Int) -> String { value(name, at: position)?.text ?? "" }
  }

  func call(_ id: NodeID, _ name: String, _ list: NodeList) throws -> OracleValue {
    if name == "request.security" { return try request(id, tree.arguments[list.indices]) }
    if let value = try objectCall(id, name, list) { return value }
    let arguments = try self.arguments(list)
    let candidates = functions(name)
    if !candidates.isEmpty {
      let function = try chosen(candidates, types(of: list, arguments.values))
      return try callUser(id, function, arguments, list)
    }
    if name.hasPrefix("input.") { return input(arguments) }
    if name == "strategy" {
      for (name, value) in arguments.values where name.hasPrefix("max_") { mostDrawings[name] = Int(value.number) }
      return .none
    }
    if name.hasPrefix("strategy.") {
      order(name, arguments)
      return .none
    }
    if let value = try function(id, name, arguments) { return value }
    throw OracleGap(what: name)
  }

  func arguments(_ list: NodeList) throws -> Arguments {
    var arguments = Arguments()
    for argument in tree.arguments[list.indices] {
      let value = try evaluate(argument.value)
      arguments.values.append((argument.name == 0 ? "" : tree.names[argument.name], value))
    }
    return arguments
  }

  /// A function sees its own names and the script's. Its state belongs to the call's path.
  ///
  /// - Parameter isMethod: The first argument stands before the list.
  func callUser(
    _ id: NodeID, _ function: FunctionSyntax, _ arguments: Arguments, _ list: NodeList, isMethod: Bool = false
  ) throws -> OracleValue {
    let outside = (frame, module, line)
    let path = frame.path.path(id)
    let first = isMethod ? 1 : 0
    for (position, parameter) in function.parameters.enumerated() {
      let series = path.series(.parameter(position))
      series.settle { position >= first && isKnown(parameter, at: position - first, list, of: function) }
      series.type = series.type ?? inModule(function.module) { written(parameter.type) }
    }
    let isTyped = function.parameters.indices.allSatisfy { path.series(.parameter($0)).type != nil }
    let types = isTyped ? [] : self.types(of: list, Array(arguments.values.dropFirst(first)))
    defer { (frame, module) = (outside.0, outside.1) }
    module = function.module
    frame = Frame(path: path, scopes: [[:]], assigned: function.assigned)
    var values: [OracleValue] = []
    for (position, parameter) in function.parameters.enumerated() {
      if let given = arguments.value(tree.names[parameter.name], at: position) {
        values.append(given)
      } else if let fallback = parameter.defaultValue {
        values.append(try evaluate(fallback))
      } else {
        throw OracleGap(what: "value for \(tree.names[parameter.name])")
      }
    }
    for (position, parameter) in function.parameters.enumerated() {
      let series = frame.path.series(.parameter(position))
      series.declare(values[position], at: bar)
      if series.type == nil {
        let given = types.firstIndex { $0.name == tree.names[parameter.name] } ?? position - first
        series.type = (types.indices.contains(given) ? types[given].type : nil) ?? type(of: values[position])
      }
      bind(parameter.name, series)
    }
    let value = try block(function.block)
    line = outside.2
    return value
  }

  /// By the argument, where the call stands, or by the default.
  private func isKnown(
    _ parameter: ParameterSyntax, at position: Int, _ list: NodeList, of function: FunctionSyntax
  ) -> Bool {
    let given = Array(tree.arguments[list.indices])
    if let named = given.first(where: { $0.name == parameter.name }) { return isKnown(named.value) }
    if position < given.prefix(while: { $0.name == 0 }).count { return isKnown(given[position].value) }
    guard let fallback = parameter.defaultValue else { return false }
    assumed = Assumed(scopes: [[:]], isFunction: true)
    defer { assumed = Assumed() }
    return inModule(function.module) { isKnown(fallback) }
  }

  private func input(_ arguments: Arguments) -> OracleValue {
    let fallback = arguments.value("defval", at: 0) ?? .none
    let given = inputs[arguments.text("title", at: 1)]
    // A field of an enum is given by its title.
    if case .choice(let number, _) = fallback, let given {
      let field = tree.enumerations[number].fields.firstIndex { tree.names[$0.title] == given.text }
      return field.map { .choice(number, $0) } ?? fallback
    }
    return given ?? fallback
  }

  // MARK: Effects

  private func order(_ name: String, _ arguments: Arguments) {
    guard isChart else { return }
    if let when = arguments.value("when", at: .max), !when.isTrue { return }
    var order = OracleOrder(kind: String(name.dropFirst("strategy.".count)))
    if order.kind != "close_all" && order.kind != "cancel_all" {
      order.id = arguments.text("id", at: 0)
    }
    order.comment = arguments.text("comment", at: order.kind == "close_all" ? 0 : .max)
    switch order.kind {
    case "entry", "order":
      order.direction = arguments.number("direction", at: 1) > 0 ? 1 : -1
      order.quantity = arguments.number("qty", at: 2)
    case "close": order.quantity = arguments.number("qty", at: 2)
    case "exit": order.fromEntry = arguments.text("from_entry", at: 1)
    default: break
    }
    order.limit = arguments.number("limit", at: .max)
    order.stop = arguments.number("stop", at: .max)
    order.immediately = arguments.value("immediately", at: .max)?.isTrue ?? false
    step.orders.append(order)
  }

  private func plot(_ id: NodeID, _ arguments: Arguments) {
    guard isChart else { return }
    if plotNumbers[id] == nil {
      plotNumbers[id] = titles.count
      titles.append(arguments.text("title", at: 1))
      step.plots.append(.nan)
    }
    if let number = plotNumbers[id] { step.plots[number] = arguments.number("series", at: 0) }
  }

  // MARK: Built-in functions

  private func function(
    _ id: NodeID, _ name: String, _ arguments: Arguments
  ) throws -> OracleValue? {
    let values = arguments.values.map(\.value)
    let numbers = values.map(\.number)
    switch name {
    case "indicator": return OracleValue.none
    case "plot":
      plot(id, arguments)
      return OracleValue.none
    case "runtime.error":
      if isChart { throw OracleStop(message: values[0].text) }
      return OracleValue.none
    case "na": return .truth(values[0].isMissing)
    case "nz": return numbers[0].isNaN ? (values.count > 1 ? values[1] : .number(0)) : values[0]
    case "math.abs": return .number(abs(numbers[0]))
    case "math.sign": return .number(numbers[0] > 0 ? 1 : numbers[0] < 0 ? -1 : numbers[0])
    case "math.floor": return .number(numbers[0].rounded(.down))
    case "math.ceil": return .number(numbers[0].rounded(.up))
    case "math.max": return .number(numbers.contains(where: \.isNaN) ? .nan : numbers.max() ?? .nan)
    case "math.min": return .number(numbers.contains(where: \.isNaN) ? .nan : numbers.min() ?? .nan)
    case "int": return .number(numbers[0].rounded(.towardZero))
    case "float": return values[0]
    case "math.round": return .number(numbers[0].rounded())
    case "bool": return .truth(values[0].isTrue)
    // Casts of na, and of objects.
    case "string", "array", "line", "label", "box", "linefill", "polyline", "table": return values[0]
    default: break
    }
    if let value = textFunction(name, values) { return value }
    guard name.hasPrefix("ta.") || name == "math.sum" || name == "fixnan" else { return nil }
    return try frame.path.site(id).call(name, numbers, at: bar)
  }

  // MARK: Requests

  /// Where the bars have the request's length, the expression itself. Else what the newest bar of
  /// that length had which is over when this bar is.
  private func request(
    _ id: NodeID, _ list: ArraySlice<ArgumentSyntax>
  ) throws -> OracleValue {
    let arguments = Array(list)
    guard arguments.count == 3 else { throw OracleGap(what: "option of request.security") }
    let text = try evaluate(arguments[1].value).text
    let place = frame.path.calls + [id]
    if place == wanted {
      answer = try evaluate(arguments[2].value)
      return answer
    }
    let length = text.isEmpty ? chartMinutes : text == "D" || text == "1D" ? 1440 : Int(text) ?? 0
    if length == minutes { return try evaluate(arguments[2].value) }
    if let wanted, wanted.starts(with: frame.path.calls) {
      // The wanted one may stand in the expression of this one.
      _ = try evaluate(arguments[2].value)
    }
    // A request cannot need itself.
    if inside.contains(place) { return .none }
    if answers[place] == nil {
      let world = Interpreter(
        tree, source, chart: chart, minutes: length, chartMinutes: chartMinutes, inputs: inputs,
        wanted: place, inside: inside + [place])
      answers[place] = try world.answersOfRequest()
    }
    let now = bars[bar].timeClose
    let answer = answers[place]?.last { $0.end <= now }
    if let stop = answer?.stop { throw OracleStop(message: stop) }
    return answer?.value ?? .none
  }
}
