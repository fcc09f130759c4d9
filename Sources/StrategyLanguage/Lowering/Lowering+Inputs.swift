import StrategyIR

extension Lowering {
  /// `input.int(…)` and its kin: a parameter of the program.
  func input(_ kind: Parameter.Kind, _ bound: BoundArguments, at range: Range<Int>) -> Value {
    guard let initial = bound["defval"] else { return .unknown }
    if initial.type == .unknown || initial.isUnknown { return .unknown }
    if kind == .source { return source(initial, bound, at: range) }
    if kind == .enumeration { return choice(initial, bound) }
    guard let number = initialNumber(initial) else {
      error("the default of an input must be a constant", at: bound.range("defval"))
      return .unknown
    }
    var parameter = parameter(kind, number, bound)
    parameter.minimum = bound["minval"]?.number ?? .nan
    parameter.maximum = bound["maxval"]?.number ?? .nan
    parameter.step = bound["step"]?.number ?? .nan
    parameter.options = options(bound)
    check(parameter, bound)
    let type: StaticType =
      if case .one(let type) = bound.signature.result { type } else { .float }
    return Value(b.parameter(parameter), type, .input)
  }

  private func initialNumber(_ value: Value) -> Double? {
    if let text = value.text { return Double(b.textNumber(text)) }
    return value.number
  }

  private func parameter(
    _ kind: Parameter.Kind, _ initial: Double, _ bound: BoundArguments
  ) -> Parameter {
    let variable = declaredName == 0 ? "" : tree.names[declaredName]
    let title = bound["title"]?.text ?? ""
    var parameter = Parameter(
      kind: kind, variable: variable, title: title.isEmpty ? variable : title, initial: initial)
    parameter.group = bound["group"]?.text ?? ""
    declaredName = 0
    return parameter
  }

  private func options(_ bound: BoundArguments) -> [Double] {
    guard let tuple = bound["options"] else { return [] }
    var options: [Double] = []
    for element in tuple.elements where element.type != .unknown {
      guard let number = initialNumber(element) else {
        error("the options of an input must be constants", at: bound.range("options"))
        return []
      }
      options.append(number)
    }
    return options
  }

  private func check(_ parameter: Parameter, _ bound: BoundArguments) {
    let range = bound.range("defval")
    if !parameter.options.isEmpty, !parameter.options.contains(parameter.initial) {
      error("the default is not one of the options", at: range)
    } else if parameter.initial < parameter.minimum {
      error("the default is less than the minimum", at: range)
    } else if parameter.initial > parameter.maximum {
      error("the default is greater than the maximum", at: range)
    }
  }

  /// `input.enum(Side.long)`: the options are the enum's fields where none are given.
  private func choice(_ initial: Value, _ bound: BoundArguments) -> Value {
    guard case .enumeration(let index) = initial.type, let number = initialNumber(initial) else {
      error("the default must be a field of an enum", at: bound.range("defval"))
      return .unknown
    }
    var parameter = parameter(.enumeration, number, bound)
    parameter.options = options(bound)
    if parameter.options.isEmpty {
      for field in tree.enumerations[Int(index)].fields {
        parameter.options.append(Double(b.textNumber(tree.names[field.title])))
      }
    }
    check(parameter, bound)
    return Value(b.parameter(parameter), initial.type, .input)
  }

  /// `input.source(close)`: the choice of a bar's field.
  private func source(
    _ initial: Value, _ bound: BoundArguments, at range: Range<Int>
  ) -> Value {
    guard !initial.ref.isNone, initial.ref.index < b.program.expressions.count,
      case .bar(let field) = b.program.expressions[initial.ref.index]
    else {
      error(
        "the default of a source input must be a price of the bar",
        at: bound.range("defval"), expected: "open, high, low, close, hl2, hlc3, ohlc4 or hlcc4")
      return .unknown
    }
    let parameter = parameter(.source, Double(field.rawValue), bound)
    return Value(b.parameter(parameter), .float, .series)
  }

  /// `input(…)`: its default's type is the input's.
  func anyInput(_ bound: BoundArguments, at range: Range<Int>) -> Value {
    guard let initial = bound["defval"] else { return .unknown }
    if initial.qualifier == .series {
      return initial.type == .float
        ? source(initial, bound, at: range) : input(.int, bound, at: range)
    }
    switch initial.type {
    case .int: return typed(input(.int, bound, at: range), .int)
    case .float: return typed(input(.float, bound, at: range), .float)
    case .bool: return typed(input(.bool, bound, at: range), .bool)
    case .text: return typed(input(.text, bound, at: range), .text)
    case .color: return typed(input(.color, bound, at: range), .color)
    default:
      if initial.type != .unknown {
        error("\(initial.described) cannot be an input", at: bound.range("defval"))
      }
      return .unknown
    }
  }

  private func typed(_ value: Value, _ type: StaticType) -> Value {
    var value = value
    if value.type != .unknown { value.type = type }
    return value
  }
}
