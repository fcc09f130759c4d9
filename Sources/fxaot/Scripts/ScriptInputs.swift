import Calendar
import StrategyIR
import StrategyVM

/// `--param name=value` for a script: by an input's title or by its variable's name.
enum ScriptInputs {
  static func values(
    _ texts: [String], of program: Program
  ) throws(ToolError) -> [(name: String, value: ParameterValue)] {
    var values: [(name: String, value: ParameterValue)] = []
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw .failed("'\(text)' is not a parameter; write name=value, as in --param Length=14")
      }
      let name = String(parts[0])
      let parameter = try find(name, program)
      values.removeAll { $0.name == name }
      values.append((name, try value(String(parts[1]), of: parameter, name, program)))
    }
    return values
  }

  private static func find(_ name: String, _ program: Program) throws(ToolError) -> Parameter {
    let all = program.parameters
    if let found = all.first(where: { $0.title == name })
      ?? all.first(where: { $0.variable == name })
    {
      return found
    }
    let names = all.flatMap { [$0.title, $0.variable] }.filter { !$0.isEmpty }
    let hint = NearMiss.hint(name, among: names)
    let list =
      all.isEmpty
      ? "; it has none" : "; it has " + all.map { label($0) }.joined(separator: ", ")
    throw .failed("the script has no input '\(name)'" + (hint.isEmpty ? list : hint))
  }

  private static func label(_ parameter: Parameter) -> String {
    parameter.title.isEmpty ? parameter.variable : parameter.title
  }

  private static func value(
    _ text: String, of parameter: Parameter, _ name: String, _ program: Program
  ) throws(ToolError) -> ParameterValue {
    switch parameter.type {
    case .bool:
      switch text.lowercased() {
      case "true", "1", "yes", "on": return .bool(true)
      case "false", "0", "no", "off": return .bool(false)
      default: throw .failed("the input \(name) needs true or false, not '\(text)'")
      }
    case .text: return .text(text)
    default:
      if parameter.kind == .source { return try source(text, name) }
      if parameter.kind == .time { return .number(Double(try TimeOption.parse(text, option: name))) }
      guard let number = Double(text), number.isFinite else {
        throw .failed("the input \(name) needs a number, not '\(text)'")
      }
      return .number(number)
    }
  }

  private static func source(_ text: String, _ name: String) throws(ToolError) -> ParameterValue {
    let fields: [BarField] = [.open, .high, .low, .close, .volume, .hl2, .hlc3, .ohlc4, .hlcc4]
    let names = fields.map { "\($0)" }
    if names.contains(text) { return .text(text) }
    throw .failed(
      "the input \(name) needs one of " + names.joined(separator: ", ") + ", not '\(text)'")
  }
}
