import CFxaot
import StrategyIR
import StrategyVM

/// An input of a version of a strategy, as shown to users.
struct VersionInput: Equatable {
  /// Its title; its variable where it has none.
  let name: String
  let initial: ParameterValue
  let value: ParameterValue

  /// na equals na.
  static func == (a: VersionInput, b: VersionInput) -> Bool {
    a.name == b.name && same(a.initial, b.initial) && same(a.value, b.value)
  }

  private static func same(_ a: ParameterValue, _ b: ParameterValue) -> Bool {
    if case .number(let x) = a, case .number(let y) = b { return x == y || (x != x && y != y) }
    return a == b
  }

  /// The inputs of a script with the given values, by title or variable, as `ScriptRunner` takes them.
  static func list(
    _ program: Program, given: [(name: String, value: ParameterValue)]
  ) -> [VersionInput] {
    var values = program.parameters.map { initial($0, program.texts) }
    let initials = values
    for (name, value) in given {
      let index =
        program.parameters.firstIndex { $0.title == name }
        ?? program.parameters.firstIndex { $0.variable == name && !name.isEmpty }
      if let index { values[index] = settled(program.parameters[index], value) }
    }
    return program.parameters.indices.map { index in
      let parameter = program.parameters[index]
      return VersionInput(
        name: parameter.title.isEmpty ? parameter.variable : parameter.title,
        initial: initials[index], value: values[index])
    }
  }

  /// Of a strategy with a table.
  static func list(
    _ table: UnsafePointer<fxaot_strategy>, _ values: UnsafePointer<Double>
  ) -> [VersionInput] {
    let params = UnsafeBufferPointer(
      start: table.pointee.params, count: Int(table.pointee.param_count))
    return params.enumerated().map { index, param in
      VersionInput(
        name: param.name.map { String(cString: $0) } ?? "",
        initial: .number(param.default_value), value: .number(values[index]))
    }
  }

  private static func initial(_ parameter: StrategyIR.Parameter, _ texts: [String]) -> ParameterValue {
    let x = parameter.initial
    if parameter.kind == .source {
      let field = UInt8(exactly: x).flatMap { BarField(rawValue: $0) }
      return field.map { .text("\($0)") } ?? .number(x)
    }
    switch parameter.type {
    case .bool: return .bool(x != 0)
    case .text:
      let index = Int(exactly: x) ?? -1
      return .text(texts.indices.contains(index) ? texts[index] : "")
    default: return .number(x)
    }
  }

  /// A text may be given as its digits.
  private static func settled(_ parameter: StrategyIR.Parameter, _ value: ParameterValue) -> ParameterValue {
    guard parameter.type == .text, case .number(let x) = value else { return value }
    var digits: [UInt8] = []
    NumberFormat.plain.append(x, to: &digits)
    return .text(String(decoding: digits, as: UTF8.self))
  }
}

/// The differences between two versions of a strategy.
enum VersionChange: Equatable {
  case inputAdded(VersionInput)
  case inputRemoved(VersionInput)
  case inputChanged(from: VersionInput, to: VersionInput)
  case outputAdded(String)
  case outputRemoved(String)

  /// Inputs and outputs that have the same name are the same. O(n²) in the number of inputs.
  static func list(
    inputs old: [VersionInput], _ new: [VersionInput], outputs oldOutputs: [String],
    _ newOutputs: [String]
  ) -> [VersionChange] {
    var changes: [VersionChange] = []
    for input in new {
      if let before = old.first(where: { $0.name == input.name }) {
        if before != input { changes.append(.inputChanged(from: before, to: input)) }
      } else {
        changes.append(.inputAdded(input))
      }
    }
    for input in old where !new.contains(where: { $0.name == input.name }) {
      changes.append(.inputRemoved(input))
    }
    for output in newOutputs where !oldOutputs.contains(output) {
      changes.append(.outputAdded(output))
    }
    for output in oldOutputs where !newOutputs.contains(output) {
      changes.append(.outputRemoved(output))
    }
    return changes
  }
}
