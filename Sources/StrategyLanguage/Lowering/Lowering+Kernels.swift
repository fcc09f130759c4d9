import StrategyIR

extension Lowering {
  /// A call of a function with state.
  func kernel(_ kernel: Kernel, _ bound: BoundArguments) -> Value {
    if kernel == .vwap || kernel == .vwapBands { return vwap(kernel, bound) }
    let refs = kernelArguments(kernel, bound)
    let results = b.kernels(kernel, refs)
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

  /// All arguments of the kernel: a shorter form leaves out the source, which is then the bar's
  /// high or low.
  private func kernelArguments(_ kernel: Kernel, _ bound: BoundArguments) -> [ExpressionRef] {
    var refs = bound.values.map { $0?.ref ?? .none }
    if refs.count < kernel.arguments.count {
      switch kernel {
      case .highest, .highestbars, .pivothigh: refs.insert(b.bar(.high), at: 0)
      case .lowest, .lowestbars, .pivotlow: refs.insert(b.bar(.low), at: 0)
      default: break
      }
    }
    return refs
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

  private func vwap(_ kernel: Kernel, _ bound: BoundArguments) -> Value {
    let source = bound["source"]?.ref ?? b.bar(.hlc3)
    let anchor = bound["anchor"]?.ref ?? newDay()
    guard kernel == .vwapBands else {
      return Value(b.kernel(.vwap, [source, anchor]), .float, .series)
    }
    let multiplier = bound["stdev_mult"]?.ref ?? b.float(1)
    return kernelTuple(
      b.kernels(.vwapBands, [source, anchor, multiplier]), [.float, .float, .float])
  }

  /// `timeframe.change("1D")`, the anchor of `ta.vwap` where none is given.
  private func newDay() -> ExpressionRef { b.kernel(.timeframeChange, [b.text("1D")]) }

  /// `ta.tr`, `ta.obv` … One that adds up from bar to bar counts the bars that reach the place where
  /// it stands; at the top level all places share one value a bar.
  func kernelVariable(_ kernel: Kernel) -> Value {
    let addsUp: Bool =
      switch kernel {
      case .tr, .iii, .wvad: false
      default: true
      }
    if addsUp, b.isNested { return Value(kernelVariableCall(kernel), .float, .series) }
    let variable = everyBar(.kernel(kernel)) { kernelVariableCall(kernel) }
    return Value(b.read(variable), .float, .series)
  }

  private func kernelVariableCall(_ kernel: Kernel) -> ExpressionRef {
    switch kernel {
    case .tr: b.kernel(.tr, [b.bool(false)])
    case .vwap: b.kernel(.vwap, [b.bar(.hlc3), newDay()])
    default: b.kernel(kernel, [])
    }
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
    if let number = folded(function, bound) {
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
