import StrategyIR

extension Lowering {
  /// Gives each argument to its parameter and converts it to the parameter's type.
  func bind(
    _ given: [EvaluatedArgument], to signature: Signature, at range: Range<Int>,
    place: Range<Int>
  ) -> Result<BoundArguments, BindingFailure> {
    let count = signature.parameters.count
    var bound = BoundArguments(
      values: Array(repeating: nil, count: count), ranges: Array(repeating: place, count: count),
      signature: signature)
    var position = 0
    var sawName = false
    for (progress, argument) in given.enumerated() {
      var index = position
      if argument.name.isEmpty {
        if sawName { return .failure(.afterName(argument, progress)) }
        position += 1
      } else {
        sawName = true
        guard let named = signature.parameters.firstIndex(where: { $0.name == argument.name })
        else { return .failure(.unknownName(argument, signature, progress)) }
        index = named
      }
      if index >= count, !signature.isVariadic {
        return .failure(.tooMany(argument, signature, progress))
      }
      let parameter = signature.parameters[min(index, count - 1)]
      switch fitted(argument, to: parameter, of: signature, &bound.elements, progress) {
      case .failure(let failure): return .failure(failure)
      case .success(let value):
        if index >= count {
          bound.rest.append(value)
        } else if bound.values[index] != nil {
          // In version 5 the first one counts.
          if tree.version < 6 { continue }
          return .failure(.twice(argument, parameter, progress))
        } else {
          bound.values[index] = value
          bound.ranges[index] = argument.range
          bound.written.insert(index)
        }
      }
    }
    return completed(bound, given.count, at: place)
  }

  /// Fills in the defaults.
  private func completed(
    _ bound: BoundArguments, _ progress: Int, at place: Range<Int>
  ) -> Result<BoundArguments, BindingFailure> {
    var bound = bound
    for (index, parameter) in bound.signature.parameters.enumerated()
    where bound.values[index] == nil {
      if parameter.fallback == .required {
        return .failure(
          BindingFailure(
            message: "'\(bound.signature.name)' needs the argument '\(parameter.name)'",
            range: place, expected: bound.signature.spelling, progress: progress))
      }
      bound.values[index] = fallback(parameter)
    }
    return .success(bound)
  }

  /// A parameter's default; nil where it has none.
  func fallback(_ parameter: SignatureParameter) -> Value? {
    switch parameter.fallback {
    case .required, .absent: nil
    case .number(let number): constant(number, parameter.type == .one(.int) ? .int : .float)
    case .bool(let isTrue): Value(b.bool(isTrue), .bool, .const, number: isTrue ? 1 : 0)
    case .text(let text): textConstant(text)
    }
  }

  /// The argument as the parameter's type and no later known than the parameter wants.
  private func fitted(
    _ argument: EvaluatedArgument, to parameter: SignatureParameter, of signature: Signature,
    _ elements: inout CollectionTypes, _ progress: Int
  ) -> Result<Value, BindingFailure> {
    let value = argument.value
    guard let result = accepted(value, as: parameter.type, elements) else {
      let expected = held(parameter.type, elements).map { $0.type.spelling }
      return .failure(
        BindingFailure(
          message: "'\(parameter.name)' of '\(signature.name)' cannot be \(value.described)",
          range: argument.range, expected: expected ?? parameter.expected, progress: progress))
    }
    elements.note(result.type)
    if value.type != .unknown, result.qualifier > parameter.qualifier {
      return .failure(
        BindingFailure(
          message: "'\(parameter.name)' of '\(signature.name)' must be known "
            + parameter.moment + ", but it is \(value.described)",
          range: argument.range, expected: parameter.expected, progress: progress))
    }
    return .success(result)
  }

  /// Of a parameter that takes what the call's first collection holds.
  private func held(_ type: ParameterType, _ elements: CollectionTypes) -> ElementType? {
    switch type {
    case .element: elements.element
    case .key: elements.key
    case .mapValue: elements.value
    default: nil
    }
  }

  private func accepted(_ value: Value, as type: ParameterType, _ elements: CollectionTypes) -> Value? {
    switch type {
    case .element, .key, .mapValue:
      guard let held = held(type, elements) else { return value }
      return converted(value, to: held.type)
    case .array(let rule):
      guard case .array(let held) = value.type else { return missingCollection(value) }
      return isHeld(held, by: rule, elements) ? value : nil
    case .matrix(let rule):
      guard case .matrix(let held) = value.type else { return missingCollection(value) }
      return isHeld(held, by: rule, elements) ? value : nil
    case .map:
      if case .map = value.type { return value }
      return missingCollection(value)
    case .any:
      return value.type == .tuple ? nil : value
    case .number:
      if value.type == .unknown { return converted(value, to: .float) }
      if value.type == .na { return converted(value, to: .float) }
      return value.type == .int || value.type == .float ? value : nil
    case .value:
      switch value.type {
      case .unknown, .na: return converted(value, to: .float)
      case .int, .float, .bool, .color, .text: return value
      case .drawing: return value
      default: return nil
      }
    case .one(.tuple): return value.type == .tuple || value.type == .unknown ? value : nil
    case .one(let wanted): return converted(value, to: wanted) ?? named(value, as: wanted)
    }
  }

  /// na, or a value with an error of its own, in the place of a collection.
  private func missingCollection(_ value: Value) -> Value? {
    guard value.type == .na || value.type == .unknown else { return nil }
    var made = value
    made.ref = b.na(.reference)
    return made
  }

  private func isHeld(_ type: ElementType, by rule: ElementRule, _ elements: CollectionTypes) -> Bool {
    switch rule {
    case .any: true
    case .number: type.isNumber
    case .one(let wanted): type == wanted
    case .element: elements.element == nil || elements.element == type
    }
  }

  /// `"cancel"` for `strategy.oca.cancel`, `"long"` for `strategy.long`: the constants are texts.
  private func named(_ value: Value, as type: StaticType) -> Value? {
    guard let text = value.text else { return nil }
    let prefix: String
    switch type {
    case .oca: prefix = "strategy.oca."
    case .direction: prefix = "strategy."
    default: return nil
    }
    guard let found = Builtins.variables[prefix + text], found.type == type,
      case .constant(.number(let number)) = found.meaning
    else { return nil }
    return constant(number, type)
  }
}

extension SignatureParameter {
  var expected: String {
    let type =
      switch type {
      case .one(let type): type.spelling
      case .number: "int or float"
      case .value: "int, float or color"
      case .any: "a value"
      case .array(.number), .matrix(.number): "a collection of numbers"
      default: typeText
      }
    return qualifier == .series ? type : "\(qualifier.spelling) \(type)"
  }

  var moment: String {
    switch qualifier {
    case .const: "when the script is compiled"
    case .input: "from constants and inputs"
    default: "before the first bar"
    }
  }
}

extension BindingFailure {
  static func afterName(_ argument: EvaluatedArgument, _ progress: Int) -> BindingFailure {
    BindingFailure(
      message: "an argument without a name follows a named one", range: argument.range,
      expected: "a name and '='", progress: progress)
  }

  static func unknownName(
    _ argument: EvaluatedArgument, _ signature: Signature, _ progress: Int
  ) -> BindingFailure {
    BindingFailure(
      message: "'\(signature.name)' has no parameter '\(argument.name)'",
      range: argument.nameRange, expected: signature.spelling,
      suggestion: Builtins.parameterOfNow(argument.name, of: signature.name)
        ?? NearMiss.find(argument.name, among: signature.parameters.map(\.name)),
      progress: progress)
  }

  static func tooMany(
    _ argument: EvaluatedArgument, _ signature: Signature, _ progress: Int
  ) -> BindingFailure {
    let count = signature.parameters.count
    return BindingFailure(
      message: "'\(signature.name)' takes at most \(counted(count, "argument"))",
      range: argument.range, expected: signature.spelling, progress: progress)
  }

  static func twice(
    _ argument: EvaluatedArgument, _ parameter: SignatureParameter, _ progress: Int
  ) -> BindingFailure {
    BindingFailure(
      message: "'\(parameter.name)' is given twice", range: argument.range, expected: nil,
      progress: progress)
  }
}
