import StrategyIR

extension Lowering {
  /// A call of a function with state.
  func kernel(_ kernel: Kernel, _ bound: BoundArguments) -> Value {
    let results = b.kernels(kernel, kernelArguments(kernel, bound))
    guard case .tuple(let types) = bound.signature.result else {
      let type = resultType(bound)
      if type == .bool { return Value(bool(results[0], of: kernel), .bool, .series) }
      return Value(results[0], type, .series)
    }
    return kernelTuple(results, types)
  }

  /// Before they have seen a value `fixnan` and `valuewhen` give na, which is false in version 6.
  private func bool(_ result: ExpressionRef, of kernel: Kernel) -> ExpressionRef {
    b.program.types[result.index] = carried(.bool)
    let mayBeNA = kernel == .fixnan || kernel == .valuewhen
    return mayBeNA && tree.version >= 6 ? b.unary(.truth, result) : result
  }

  /// The first result advances the kernel: it is taken at once, the others are read.
  private func kernelTuple(_ results: [ExpressionRef], _ types: [StaticType]) -> Value {
    var elements: [Value] = []
    for (index, type) in types.enumerated() where index < results.count {
      let ref = index == 0 ? b.eager(results[0]) : results[index]
      elements.append(Value(ref, type, .series))
    }
    return .tuple(elements)
  }

  /// All arguments of the kernel; in place of those that the form leaves out, what the catalogue gives.
  private func kernelArguments(_ kernel: Kernel, _ bound: BoundArguments?) -> [ExpressionRef] {
    guard let full = kernel.row.signatures.last else { return [] }
    return full.parameters.map { bound?[$0.name]?.ref ?? omitted($0, of: kernel) }
  }

  private func omitted(_ parameter: SignatureParameter, of kernel: Kernel) -> ExpressionRef {
    switch kernel.row.omitted[parameter.name] {
    case .bar(let field): b.bar(field)
    case .newDay: newDay()
    case nil: fallback(parameter)?.ref ?? .none
    }
  }

  /// The type of a result that follows the arguments, or the written one.
  func resultType(_ bound: BoundArguments) -> StaticType {
    guard bound.signature.result == .common else {
      if case .one(let type) = bound.signature.result { return type }
      return .float
    }
    var type: StaticType?
    for (parameter, value) in zip(bound.signature.parameters, bound.values) {
      guard let value, parameter.type == .number || parameter.type == .value else { continue }
      type = type.map { common($0, value.type) ?? .float } ?? value.type
    }
    for value in bound.rest { type = type.map { common($0, value.type) ?? .float } }
    return type ?? .float
  }

  /// `timeframe.change("1D")`, the anchor of `ta.vwap` where none is given.
  private func newDay() -> ExpressionRef { b.kernel(.timeframeChange, [b.text("1D")]) }

  /// `ta.tr`, `ta.obv` …: see `KernelRow.addsUp`.
  func kernelVariable(_ kernel: Kernel) -> Value {
    let call = { [self] in b.kernel(kernel, kernelArguments(kernel, nil)) }
    if kernel.row.addsUp, b.isNested { return Value(call(), .float, .series) }
    return Value(b.read(everyBar(.kernel(kernel), call)), .float, .series)
  }

  /// The variable that holds a built-in series, calculated at the beginning of each bar.
  func everyBar(_ series: EveryBar, _ value: () -> ExpressionRef) -> VariableRef {
    if let known = everyBar[series] { return known }
    let ref = value()
    let variable = b.variable("", b.type(ref))
    everyBar[series] = variable
    everyBarValues.append((variable, ref))
    return variable
  }

  // MARK: Functions without state

  func function(_ function: Function, _ bound: BoundArguments) -> Value {
    var refs: [ExpressionRef] = []
    var qualifier = Qualifier.const
    for value in bound.values.compactMap({ $0 }) + bound.rest {
      refs.append(value.ref)
      qualifier = max(qualifier, value.qualifier)
    }
    let type = resultType(bound)
    var result = Value(b.function(function, refs), type, qualifier)
    if bound.signature.result == .common, type == .float {
      result.isQuotient = (bound.values.compactMap { $0 } + bound.rest).allSatisfy(isWhole)
    }
    // A text has its number only in the program's own table, which the arithmetic here does not write.
    if type != .text, let number = folded(function, bound) {
      result.number = number
      result.ref = b.number(number, type.valueType)
    }
    return result
  }

  /// The value of a function of constants, for settings, lengths and an input's default.
  private func folded(_ function: Function, _ bound: BoundArguments) -> Double? {
    if function == .roundToMintick { return nil }
    var numbers: [Double] = []
    for value in bound.values.compactMap({ $0 }) + bound.rest {
      guard let number = value.number, value.text == nil else { return nil }
      numbers.append(number)
    }
    return arithmetic.evaluate(function, numbers, texts: 0)
  }
}
