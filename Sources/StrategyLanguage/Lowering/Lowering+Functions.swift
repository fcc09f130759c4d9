import StrategyIR

extension Lowering {
  /// Functions of one name.
  private static let mostForms = 32

  /// Declares a function for the text below it.
  func define(_ index: Int) {
    let function = tree.functions[index]
    if scopes.count > 1 {
      error("a function must be defined at the top level", at: function.nameRange)
      return
    }
    let earlier = functions[function.name] ?? []
    guard earlier.count < Self.mostForms else {
      error(
        "'\(tree.names[function.name])' has more than \(Self.mostForms) forms",
        at: function.nameRange)
      return
    }
    let isRepeated = earlier.contains {
      tree.functions[$0].parameters.count == function.parameters.count
        && tree.functions[$0].parameters.allSatisfy { $0.type == nil }
    }
    if isRepeated {
      error(
        "the function '\(tree.names[function.name])' is already defined with these parameters",
        at: function.nameRange)
    }
    functions[function.name, default: []].append(index)
  }

  /// The functions of this name that are defined before the place at hand.
  func userFunctions(_ name: NameID) -> [Int]? {
    let all = functions[name]?.filter { $0 < visibleFunctions }
    return all?.isEmpty == false ? all : nil
  }

  func callUser(
    _ candidates: [Int], _ given: [EvaluatedArgument], at range: Range<Int>, wanted: Bool
  ) -> Value {
    var best: BindingFailure?
    for index in ranked(candidates, given) {
      let module = tree.functions[index].module
      switch inModule(module, { bindUser(index, given, at: range) }) {
      case .success(let values):
        return deeper(range) {
          inLibrary(module, at: range) { expand(index, arguments: values, wanted: wanted) }
        }
      case .failure(let failure):
        if best == nil || failure.progress > best?.progress ?? 0 { best = failure }
      }
    }
    for index in candidates { called.insert(index) }
    if let best {
      error(best.message, at: best.range, expected: best.expected, suggestion: best.suggestion)
    }
    return .unknown
  }

  /// First the functions whose parameters have the arguments' types: an int stands for a float where no function takes
  /// it as it is. Of several such ones those that want to know the arguments earliest; else as they are defined.
  private func ranked(_ candidates: [Int], _ given: [EvaluatedArgument]) -> [Int] {
    guard candidates.count > 1 else { return candidates }
    let ranks = candidates.map { index -> (Int, Int) in
      let function = tree.functions[index]
      let form: Signature? = inModule(function.module) { signature(of: function) }
      return form.map { rank(given, $0.parameters) } ?? (0, 0)
    }
    return candidates.indices.sorted { (ranks[$0].0, ranks[$0].1, $0) < (ranks[$1].0, ranks[$1].1, $1) }
      .map { candidates[$0] }
  }

  private func rank(_ given: [EvaluatedArgument], _ parameters: [SignatureParameter]) -> (Int, Int) {
    var (conversions, late) = (0, 0)
    for (position, argument) in given.enumerated() {
      let named = parameters.firstIndex { $0.name == argument.name }
      guard let place = argument.name.isEmpty ? position : named, place < parameters.count else { continue }
      let (type, wanted) = (argument.value.type, parameters[place].type)
      if type != .na, type != .unknown, wanted != .one(type) { conversions += wanted == .any ? 2 : 1 }
      if parameters[place].qualifier == .series { late += 1 }
    }
    return (conversions, late)
  }

  /// A user function's parameters as a signature that takes anything where no type is written.
  private func signature(of function: FunctionSyntax) -> Signature? {
    guard var signature = Signature("f() void") else { return nil }
    signature.name = tree.names[function.name]
    for parameter in function.parameters {
      var type = ParameterType.any
      if let written = parameter.type, written.name != 0 {
        let name = tree.names[written.name]
        if let known = writtenType(name) {
          type = .one(known)
        } else {
          reportUnknownType(name, at: written.range)
        }
      }
      let qualifier: Qualifier =
        switch parameter.type?.qualifier {
        case .const: .const
        case .input: .input
        case .simple: .simple
        case .series, nil: .series
        }
      signature.parameters.append(
        SignatureParameter(
          name: tree.names[parameter.name], type: type, qualifier: qualifier,
          fallback: parameter.defaultValue == nil ? .required : .absent))
    }
    return signature
  }

  private func bindUser(
    _ index: Int, _ given: [EvaluatedArgument], at range: Range<Int>
  ) -> Result<[Value], BindingFailure> {
    let function = tree.functions[index]
    let place = range.lowerBound..<range.lowerBound + tree.names[function.name].utf8.count
    guard let signature = signature(of: function) else { return .success([]) }
    switch bind(given, to: signature, at: range, place: place) {
    case .failure(let failure): return .failure(failure)
    case .success(let bound):
      var values: [Value] = []
      for (value, parameter) in zip(bound.values, function.parameters) {
        values.append(value ?? defaultValue(of: parameter, in: index))
      }
      return .success(values)
    }
  }

  /// Names in it are those around the function, not its caller's.
  private func defaultValue(of parameter: ParameterSyntax, in function: Int) -> Value {
    guard let id = parameter.defaultValue else { return .unknown }
    let outer = (frame, visibleFunctions)
    (frame, visibleFunctions) = (scopes.count, function)
    defer { (frame, visibleFunctions) = outer }
    let value = single(id)
    guard let written = parameter.type, written.name != 0,
      let type = writtenType(tree.names[written.name])
    else { return value }
    return convert(value, to: type, at: tree.range(of: id)) {
      "'\(tree.names[parameter.name])' is \(type.spelling), but its default is \(value.described)"
    }
  }

  /// The function's body at this call: its parameters as variables of their own, then its
  /// statements; the value of the last.
  func expand(_ index: Int, arguments: [Value], wanted: Bool) -> Value {
    inModule(tree.functions[index].module) { expandHere(index, arguments: arguments, wanted: wanted) }
  }

  private func expandHere(_ index: Int, arguments: [Value], wanted: Bool) -> Value {
    let function = tree.functions[index]
    called.insert(index)
    let outer = (frame, visibleFunctions, loopDepth, b.line, assigned)
    scopes.append(Scope())
    let scopeCount = scopes.count
    frame = scopeCount - 1
    visibleFunctions = index
    loopDepth = 0
    assigned = function.assigned
    defer {
      scopes.removeLast(scopes.count - scopeCount + 1)
      (frame, visibleFunctions, loopDepth, b.line, assigned) = outer
    }
    for (parameter, value) in zip(function.parameters, arguments) {
      bindParameter(parameter, value)
    }
    return sequence(function.block, wanted: wanted)
  }

  private func bindParameter(_ parameter: ParameterSyntax, _ value: Value) {
    var value = value
    if value.type == .na { value = Value(b.na(.float), .na, value.qualifier, number: .nan) }
    let isPlain =
      value.ref.isNone || value.qualifier < .series || value.type == .na
    guard !isPlain else {
      bind(parameter.name, .value(value), at: parameter.range)
      return
    }
    let variable = b.variable(tree.names[parameter.name], carried(value.type))
    b.declare(variable, value.ref)
    var known = ScriptVariable(
      ref: variable, type: value.type, qualifier: .series, isFixed: true)
    known.isQuotient = value.isQuotient
    bind(parameter.name, .variable(known), at: parameter.range)
  }
}
