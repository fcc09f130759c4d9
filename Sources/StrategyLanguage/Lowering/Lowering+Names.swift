import StrategyIR

extension Lowering {
  func lookup(_ name: NameID) -> Binding? {
    for level in (frame..<scopes.count).reversed() {
      if let binding = scopes[level].bindings[name] { return binding }
    }
    return scopes[0].bindings[name]
  }

  /// Whether a name is bound in the function or block at hand rather than outside the function.
  func isOwn(_ name: NameID) -> Bool {
    guard frame > 0 else { return true }
    return scopes[frame...].contains { $0.bindings[name] != nil }
  }

  func bind(_ name: NameID, _ binding: Binding, at range: Range<Int>) {
    if tree.names[name] == "_" { return }
    let top = scopes.count - 1
    if scopes[top].bindings[name] != nil {
      error(
        "'\(tree.names[name])' is already declared in this block", at: range,
        expected: "':=' to assign to it")
    }
    scopes[top].bindings[name] = binding
  }

  /// The value of a name or dotted path.
  func named(_ name: NameID, at range: Range<Int>) -> Value {
    if let binding = lookup(name) { return value(of: binding) }
    let text = tree.names[name]
    if let value = enumeration(text, at: range) { return value }
    if let value = fieldPath(text, at: range) { return value }
    if let value = libraryValue(text, at: range) { return value }
    if let value = allFigures(text) { return value }
    if let value = builtinVariable(text) { return value }
    if let value = visibleBarTime(text) ?? missingData(text, at: range) { return value }
    if isBroken(name) { return .unknown }
    reportUnknown(text, at: range)
    return .unknown
  }

  /// A name, or the beginning of a path, whose declaration did not parse.
  func isBroken(_ name: NameID) -> Bool {
    if tree.broken.contains(name) { return true }
    let text = tree.names[name]
    guard let dot = text.firstIndex(of: "."), let head = tree.names.find(text[..<dot])
    else { return false }
    if case .value(let value) = lookup(head), value.type == .unknown { return true }
    return tree.broken.contains(head)
  }

  /// Whether it is a field of an object rather than a name.
  func isFieldPath(_ name: NameID) -> Bool {
    let text = tree.names[name]
    guard let dot = text.firstIndex(of: "."), lookup(name) == nil,
      let head = tree.names.find(text[..<dot]), let binding = lookup(head)
    else { return false }
    if case .record = value(of: binding).type { return true }
    return false
  }

  func value(of binding: Binding) -> Value {
    switch binding {
    case .value(let value): return value
    case .variable(let variable):
      var value = Value(b.read(variable.ref), variable.type, variable.qualifier)
      value.isQuotient = variable.isQuotient
      return value
    }
  }

  func builtinVariable(_ name: String) -> Value? {
    guard let variable = Builtins.variables[name] else { return nil }
    switch variable.meaning {
    case .bar(let field): return Value(b.bar(field), variable.type, variable.qualifier)
    case .book(let field): return Value(b.book(field), variable.type, variable.qualifier)
    case .symbol(let field): return Value(b.symbol(field), variable.type, variable.qualifier)
    case .timeframe(let field):
      let field = field == .period && tree.version < 6 ? .shortPeriod : field
      return Value(b.timeframe(field), variable.type, variable.qualifier)
    case .kernel(let kernel): return kernelVariable(kernel)
    case .constant(.text(let text)): return textConstant(text)
    case .constant(.number(let number)): return constant(number, variable.type)
    case .special(.na): return Value(b.na(.float), .na, .const, number: .nan)
    case .special(.positionEntryName): return Value(b.positionEntryName(), variable.type, variable.qualifier)
    }
  }

  func constant(_ number: Double, _ type: StaticType) -> Value {
    Value(b.number(number, type.valueType), type, .const, number: number)
  }

  func textConstant(_ text: String) -> Value {
    Value(b.text(text), .text, .const, text: text)
  }

  func reportUnknown(_ name: String, at range: Range<Int>) {
    if diagnostics.isSettled(at: range) { return }
    if let need = Builtins.need(of: name) {
      diagnostics.need(need, at: range)
    } else if Builtins.functions[name] != nil || isFunction(name) {
      error("'\(name)' is a function, not a value", at: range, expected: "\(name)(…)")
    } else {
      diagnostics.errorOnce(
        "'\(name)' is not declared", at: range,
        suggestion: Builtins.variableOfNow(name) ?? nearMiss(name))
    }
  }

  private func isFunction(_ name: String) -> Bool {
    tree.names.find(name).map { functions[$0] != nil } ?? false
  }

  /// The most alike among the script's own names, else among the built-in ones.
  private func nearMiss(_ name: String) -> String? {
    var own: [String] = []
    for scope in scopes { own += scope.bindings.keys.map { tree.names[$0] } }
    return NearMiss.find(name, among: own) ?? NearMiss.find(name, among: Builtins.variables.keys)
  }

  func nearMissOfFunction(_ name: String) -> String? {
    NearMiss.find(name, among: functions.keys.map { tree.names[$0] })
      ?? NearMiss.find(name, among: Builtins.functions.keys.sorted())
  }
}
