import StrategyIR

extension StaticType {
  /// Where the built-in methods of its values are: `array.` for arrays.
  fileprivate var namespace: String? {
    switch self {
    case .array: "array."
    case .matrix: "matrix."
    case .map: "map."
    case .figure(let kind): "\(kind)."
    case .record(0): "chart.point."
    default: nil
    }
  }
}

extension Lowering {
  /// A call by name: a user function, a built-in one, or a method of a variable.
  func call(_ name: NameID, _ list: NodeList, at range: Range<Int>, wanted: Bool) -> Value {
    let text = tree.names[name]
    let place = range.lowerBound..<range.lowerBound + text.utf8.count
    let isInput = text == "input" || text.hasPrefix("input.")
    if !isInput { declaredName = 0 }
    if let candidates = userFunctions(name) {
      return callUser(candidates, arguments(list), at: range, wanted: wanted)
    }
    if text == "input", reportTypedInput(list) { return .unknown }
    if let overloads = overloads(of: text) ?? genericOverloads(of: text) {
      return callBuiltin(overloads, list, at: range, place: place, name: text)
    }
    if let dot = text.lastIndex(of: "."), recordNumbers[String(text[..<dot])] != nil,
      let value = recordCall(text, arguments(list), in: module, at: range, place: place)
    {
      return value
    }
    if let value = preludeCall(text, list, at: range, wanted: wanted) { return value }
    if let value = libraryCall(text, list, at: range, place: place, wanted: wanted) { return value }
    if let value = methodByPath(text, list, at: range, wanted: wanted) { return value }
    if !isBroken(name) { reportUnknownFunction(text, at: place) }
    _ = arguments(list)
    return .unknown
  }

  /// The forms of a built-in function; each row is read once, when it is needed.
  private func overloads(of name: String) -> [Builtins.Overload]? {
    if let known = overloads[name] { return known }
    guard var rows = Builtins.functions[name] else { return nil }
    if tree.version < 6 { rows += Builtins.functionsOfVersion5[name] ?? [] }
    var made = rows.compactMap(\.overload)
    if tree.version < 6 {
      for index in made.indices where made[index].isOutput { made[index].takeSeriesOffset() }
    }
    overloads[name] = made
    return made
  }

  /// `array.new<float>` is `array.new<type>`.
  private func genericOverloads(of name: String) -> [Builtins.Overload]? {
    guard let open = name.firstIndex(of: "<") else { return nil }
    return overloads(of: name[..<open] + "<type>")
  }

  private func reportUnknownFunction(_ name: String, at range: Range<Int>) {
    if diagnostics.isSettled(at: range) { return }
    if let need = Builtins.need(of: name) {
      diagnostics.need(need, at: range)
    } else {
      diagnostics.errorOnce(
        "unknown function '\(name)'", at: range,
        suggestion: Builtins.functionOfNow(name) ?? nearMissOfFunction(name))
    }
  }

  /// `input(14, type = input.integer)` of version 4 is one error, not one for each argument.
  private func reportTypedInput(_ list: NodeList) -> Bool {
    let given = tree.arguments[list.indices.clamped(to: 0..<tree.arguments.count)]
    guard let type = given.first(where: { $0.name != 0 && tree.names[$0.name] == "type" }) else {
      return false
    }
    var name = ""
    if case .name(let path) = tree[type.value] { name = tree.names[path] }
    error(
      "'input' has no parameter 'type' since version 5", at: type.nameRange,
      suggestion: Builtins.inputOfNow(name) + "(…)")
    return true
  }

  /// `name.method(…)` where `name` is a variable of the script.
  private func methodByPath(_ path: String, _ list: NodeList, at range: Range<Int>, wanted: Bool) -> Value? {
    guard let dot = path.lastIndex(of: ".") else { return nil }
    let receiver = String(path[..<dot])
    let known = tree.names.find(receiver).flatMap(lookup).map(value(of:))
    guard let value = known ?? fieldPath(receiver, at: range) ?? allFigures(receiver) ?? builtinVariable(receiver)
    else { return nil }
    let method = String(path[path.index(after: dot)...])
    return callMethod(method, on: value, list, at: range, wanted: wanted)
  }

  func method(
    on receiver: Value, _ name: NameID, _ list: NodeList, at range: Range<Int>, wanted: Bool
  ) -> Value {
    callMethod(tree.names[name], on: receiver, list, at: range, wanted: wanted)
  }

  private func callMethod(
    _ path: String, on owner: Value, _ list: NodeList, at range: Range<Int>, wanted: Bool
  ) -> Value {
    // `f(x).field.method(…)` comes as one name.
    var (method, receiver) = (path, owner)
    if let dot = path.lastIndex(of: ".") {
      receiver = field(String(path[..<dot]), of: owner, at: range)
      method = String(path[path.index(after: dot)...])
    }
    let others = arguments(list)
    if receiver.type == .unknown { return .unknown }
    let given = [EvaluatedArgument(name: "", nameRange: range, value: receiver, range: range)] + others
    let named = tree.names.find(method).flatMap { userFunctions($0) } ?? []
    let own = named.filter { tree.functions[$0].isMethod && isMethod($0, of: receiver) }
    let candidates = own + libraryMethods(method, of: receiver)
    if !candidates.isEmpty { return callUser(candidates, given, at: range, wanted: wanted) }
    if case .record = receiver.type, method == "copy" { return object(.recordCopy, [receiver.ref], receiver.type) }
    if let name = receiver.type.namespace.map({ $0 + method }), let overloads = overloads(of: name) {
      return callBuiltin(overloads, given, at: range, place: range, name: name)
    }
    let function = ["ta.", "math.", "str."].map { $0 + method }.first { Builtins.functions[$0] != nil }
    error("\(receiver.described) has no method '\(method)'", at: range, suggestion: function)
    return .unknown
  }

  /// Whether a method's first parameter takes the value.
  func isMethod(_ index: Int, of receiver: Value) -> Bool {
    guard let first = tree.functions[index].parameters.first else { return false }
    guard let written = first.type, written.name != 0, let type = writtenType(tree.names[written.name])
    else { return true }
    return converted(receiver, to: type) != nil
  }

  // MARK: Arguments

  func arguments(_ list: NodeList) -> [EvaluatedArgument] {
    var result: [EvaluatedArgument] = []
    for argument in tree.arguments[list.indices.clamped(to: 0..<tree.arguments.count)] {
      var value = expression(argument.value)
      let range = tree.range(of: argument.value)
      if value.type == .void {
        error("the expression has no value", at: range)
        value = .unknown
      }
      result.append(
        EvaluatedArgument(
          name: argument.name == 0 ? "" : tree.names[argument.name],
          nameRange: argument.nameRange, value: value, range: range))
    }
    return result
  }

  /// Tries the forms in their order; the error is that of the form that fits furthest.
  private func callBuiltin(
    _ overloads: [Builtins.Overload], _ list: NodeList, at range: Range<Int>, place: Range<Int>, name: String
  ) -> Value {
    let action = overloads[0].action
    switch action {
    case .special(.request), .special(.lowerRequest): return request(overloads[0], list, at: range)
    default: break
    }
    return callBuiltin(overloads, arguments(list), at: range, place: place, name: name)
  }

  private func callBuiltin(
    _ overloads: [Builtins.Overload], _ given: [EvaluatedArgument], at range: Range<Int>, place: Range<Int>,
    name: String
  ) -> Value {
    if let value = callByField(name, given, at: range, place: place) { return value }
    var worst: BindingFailure?
    for overload in overloads {
      switch bind(given, to: overload.signature, at: range, place: place) {
      case .success(let bound):
        checkTransparency(bound, of: overload)
        return apply(overload, bound, at: range, name: name)
      case .failure(let failure):
        if worst == nil || failure.progress > worst?.progress ?? 0 { worst = failure }
      }
    }
    if let worst {
      error(
        worst.message, at: worst.range, expected: worst.expected, suggestion: worst.suggestion)
    }
    return .unknown
  }

  private func checkRegex(_ bound: BoundArguments) {
    guard let pattern = bound["regex"]?.text else { return }
    do throws(RegularExpression.Fault) {
      _ = try RegularExpression(pattern)
    } catch {
      self.error("the regular expression \"\(pattern)\" cannot be used: \(error.sentence)", at: bound.range("regex"))
    }
  }

  private func checkTransparency(_ bound: BoundArguments, of overload: Builtins.Overload) {
    guard tree.version >= 6, overload.isOutput, bound.isWritten("transp") else { return }
    error(
      "'transp' is not part of version 6", at: bound.range("transp"),
      expected: "color = color.new(…, transp)")
  }

  private func apply(
    _ overload: Builtins.Overload, _ bound: BoundArguments, at range: Range<Int>, name: String
  ) -> Value {
    switch overload.action {
    case .kernel(let kernel): return self.kernel(kernel, bound)
    case .function(let function):
      if function == .textMatch { checkRegex(bound) }
      return self.function(function, bound)
    case .order(let kind): return order(kind, bound, at: range)
    case .risk(let kind): return risk(kind, bound, at: range)
    case .trade(let field, let isOpen):
      guard let index = bound["trade_num"] else { return .unknown }
      return Value(b.trade(field, open: isOpen, index: index.ref), field.row.type, .series)
    case .input(let kind): return input(kind, bound, at: range)
    case .anyInput: return anyInput(bound, at: range)
    case .indicator: return declareIndicator(bound, at: range)
    case .strategy: return declareStrategy(bound, at: range)
    case .plot: return plot(bound, at: range)
    case .ignored:
      if overload.signature.name == "max_bars_back", let bars = bound["num"]?.number {
        lookBack(Int(exactly: bars.rounded(.down)) ?? 0, at: range)
      }
      let place = recordDrawn(bound)
      ignore(overload.signature.name, at: range)
      return overload.signature.result == .one(.drawing) ? .drawing(at: place) : .void
    case .special(let special):
      if [.newArray, .newMatrix, .newMap].contains(special) { return newCollection(special, name, bound, at: range) }
      return self.special(special, bound, at: range)
    case .object(let function): return object(function, bound)
    case .figure(let effect): return figure(effect, bound, at: range)
    }
  }

  /// Notes a call without effect, once for its place.
  func ignore(_ name: String, at range: Range<Int>) {
    guard ignoredPlaces.count < 1000,
      ignoredPlaces.insert(range.lowerBound).inserted
    else { return }
    let (line, column) = source.position(of: range.lowerBound)
    b.program.settings.ignoredCalls.append(
      IgnoredCall(
        name: name, line: Int32(truncatingIfNeeded: line),
        column: Int32(truncatingIfNeeded: column)))
  }
}
