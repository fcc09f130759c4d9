import StrategyIR

/// Sets a program's parameters: the user's values, by title or variable, else the initial
/// values.
struct ParameterValues {
  static func settle(
    _ program: Program, _ given: [(name: String, value: ParameterValue)], _ arena: TextArena
  ) throws(ScriptError) -> [Double] {
    var values = program.parameters.map(\.initial)
    for (name, value) in given {
      let number =
        program.parameters.firstIndex { $0.title == name }
        ?? program.parameters.firstIndex { $0.variable == name && !name.isEmpty }
      guard let number else { throw .unknownParameter(name) }
      let parameter = program.parameters[number]
      let chosen = try settled(parameter, name, value, arena)
      try check(parameter, name, chosen)
      values[number] = chosen
    }
    return values
  }

  private static func settled(
    _ parameter: Parameter, _ name: String, _ value: ParameterValue, _ arena: TextArena
  ) throws(ScriptError) -> Double {
    switch (parameter.kind, value) {
    case (.int, .number(let x)), (.time, .number(let x)):
      guard x == x.rounded(), x.magnitude < 9e15 else { throw .parameterType(name) }
      return x
    case (.float, .number(let x)), (.price, .number(let x)):
      guard x == x else { throw .parameterType(name) }
      return x
    case (.color, .number(let x)):
      guard UInt32(exactly: x) != nil else { throw .parameterType(name) }
      return x
    case (.bool, .bool(let x)): return x ? 1 : 0
    case (.source, .text(let text)):
      guard let field = BarField.allCases.first(where: { "\($0)" == text }),
        field.type == .float
      else { throw .parameterType(name) }
      return Double(field.rawValue)
    case (_, .text(let text)) where parameter.type == .text:
      guard let ref = arena.intern(text) else { throw .tooLarge }
      return Double(ref)
    case (_, .number(let x)) where parameter.type == .text:
      // A timeframe or a text of digits, such as 60.
      var digits: [UInt8] = []
      NumberFormat.plain.append(x, to: &digits)
      guard let ref = digits.withUnsafeBufferPointer({ arena.intern($0) }) else { throw .tooLarge }
      return Double(ref)
    default: throw .parameterType(name)
    }
  }

  private static func check(
    _ parameter: Parameter, _ name: String, _ x: Double
  ) throws(ScriptError) {
    if !parameter.options.isEmpty {
      guard parameter.options.contains(x) else { throw .parameterOption(name) }
    } else if x < parameter.minimum || x > parameter.maximum {
      throw .parameterRange(name, minimum: parameter.minimum, maximum: parameter.maximum)
    }
  }
}
