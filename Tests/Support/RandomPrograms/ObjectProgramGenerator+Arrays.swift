import StrategyIR

extension ObjectProgramGenerator {
  private static let any: [ObjectFunction] = [
    .arrayCopy, .arraySlice, .arrayConcat, .arrayGet, .arraySet, .arraySize, .arrayFirst, .arrayLast, .arrayPush,
    .arrayPush, .arrayPush, .arrayPush, .arrayPop, .arrayShift, .arrayUnshift, .arrayInsert, .arrayRemove, .arrayFill,
    .arrayReverse, .arrayIncludes, .arrayIndexOf, .arrayLastIndexOf,
  ]
  private static let ordered: [ObjectFunction] = [.arraySort, .arraySortIndices, .arrayJoin]
  private static let numeric: [ObjectFunction] = [
    .arrayBinarySearch, .arrayBinarySearchLeftmost, .arrayBinarySearchRightmost, .arraySum, .arrayAvg, .arrayMin,
    .arrayMax, .arrayRange, .arrayMedian, .arrayMode, .arrayStdev, .arrayVariance, .arrayCovariance,
    .arrayPercentileLinear, .arrayPercentileNearest, .arrayPercentRank, .arrayAbs, .arrayStandardize,
  ]

  private static func functions(_ type: ValueType) -> [ObjectFunction] {
    switch type {
    case .int, .float: any + ordered + numeric
    case .bool: any + ordered + [.arrayEvery, .arraySome]
    case .text: any + ordered + [.textSplit]
    case .color, .reference: any
    }
  }

  mutating func arrayCall() {
    let (variable, type) = random.pick(arrays)
    let array = b.read(variable)
    arrayCall(random.pick(Self.functions(type)), array, type)
  }

  private mutating func arrayCall(_ function: ObjectFunction, _ array: ExpressionRef, _ type: ValueType) {
    let size = count(.arraySize, array)
    switch function {
    case .arrayCopy, .arrayAbs, .arrayStandardize:
      held(call(function, [array], .reference, otherwise: array), type)
    case .arraySortIndices:
      if let indices = call(function, [array, order()], .reference) { arrays.append((indices, .int)) }
    case .arraySlice: slice(array, type, size)
    case .arrayConcat:
      let other = random.pick(arrays.filter { $0.type == type }).variable
      let isSmall = b.binary(.less, b.binary(.add, size, count(.arraySize, b.read(other))), b.int(60))
      held(call(function, [array, b.read(other)], .reference, where: isSmall, otherwise: array), type)
    case .arrayGet, .arrayRemove: call(function, [array, place(size)], type, where: isSome(size))
    case .arraySet: call(function, [array, place(size), value(type)], nil, where: isSome(size))
    case .arrayInsert:
      call(function, [array, place(b.binary(.add, size, b.int(1))), value(type)], nil)
    case .arrayFirst, .arrayLast, .arrayPop, .arrayShift: call(function, [array], type, where: isSome(size))
    case .arraySize: call(function, [array], .int)
    case .arrayPush, .arrayUnshift: call(function, [array, value(type)], nil)
    case .arrayFill:
      let from = random.below(2) == 0 ? b.int(0) : place(b.binary(.add, size, b.int(1)))
      call(function, [array, value(type), from, b.na(.int)], nil)
    case .arrayReverse: call(function, [array], nil)
    case .arraySort: call(function, [array, order()], nil)
    case .arrayIncludes: call(function, [array, value(type)], .bool)
    case .arrayIndexOf, .arrayLastIndexOf: call(function, [array, value(type)], .int)
    case .arrayJoin: call(function, [array, b.text(random.pick(["", ", ", "→"]))], .text)
    case .textSplit:
      held(call(function, [value(.text), b.text(random.pick(["", "a", ","]))], .reference), .text)
    default: statistics(function, array, type, size)
    }
  }

  private mutating func statistics(
    _ function: ObjectFunction, _ array: ExpressionRef, _ type: ValueType, _ size: ExpressionRef
  ) {
    switch function {
    case .arrayBinarySearch, .arrayBinarySearchLeftmost, .arrayBinarySearchRightmost:
      if random.below(2) == 0 { call(.arraySort, [array, b.int(1)], nil) }
      call(function, [array, value(type)], .int)
    case .arrayMin, .arrayMax: call(function, [array, random.below(2) == 0 ? b.int(0) : place(size)], type)
    case .arraySum, .arrayRange, .arrayMedian, .arrayMode: call(function, [array], type)
    case .arrayStdev, .arrayVariance: call(function, [array, b.bool(random.below(2) == 0)], .float)
    case .arrayCovariance:
      let other = random.pick(arrays.filter { $0.type == .float }).variable
      let fits = areEqual(size, count(.arraySize, b.read(other)))
      call(function, [array, b.read(other), b.bool(random.below(2) == 0)], .float, where: fits)
    case .arrayPercentileLinear, .arrayPercentileNearest:
      let percentage = random.pick([0, 25, 50, 66.6, 100])
      call(function, [array, b.float(percentage)], function == .arrayPercentileLinear ? .float : type)
    case .arrayPercentRank: call(function, [array, place(size)], .float, where: isSome(size))
    case .arrayEvery, .arraySome: call(function, [array], .bool)
    default: call(function, [array], .float)
    }
  }

  private mutating func order() -> ExpressionRef { b.int(random.below(2) == 0 ? 1 : -1) }

  /// A window on the array, and calls that go through it. Few outlive the bar: what the array loses ends the script.
  private mutating func slice(_ array: ExpressionRef, _ type: ValueType, _ size: ExpressionRef) {
    let from = b.eager(place(size))
    let rest = b.binary(.subtract, size, from)
    let end = b.binary(.add, from, place(b.binary(.add, rest, b.int(1))))
    guard
      let slice = call(
        .arraySlice, [array, from, random.below(3) == 0 ? b.na(.int) : end], .reference, where: isSome(size),
        otherwise: array)
    else { return }
    for _ in 0..<3 {
      b.line += 1
      let function = random.pick(Self.functions(type).filter { $0 != .arraySlice })
      arrayCall(function, b.read(slice), type)
    }
    if random.below(12) == 0 { held(slice, type) }
  }

  /// The result of a call can be used like other arrays, and may stay.
  func isKept(_ variable: VariableRef) -> Bool { b.program.variables[variable.index].name == "k" }

  private mutating func held(_ variable: VariableRef?, _ type: ValueType) {
    guard let variable else { return }
    let kept = arrays.filter { $0.type == type && isKept($0.variable) }
    if !kept.isEmpty, random.below(3) == 0 { b.assign(random.pick(kept).variable, b.read(variable)) }
    arrays.append((variable, type))
  }
}
