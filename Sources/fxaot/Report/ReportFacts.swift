import ArgumentParser
import Artifacts
import StrategyIR
import StrategyVM

/// Where a report's run comes from.
enum ReportFacts {
  static func tool() -> [(String, String)] {
    [
      ("tool", "fxaot \(Fxaot.configuration.version)"),
      ("command", CommandLine.arguments.dropFirst().reduce("fxaot") { $0 + " " + quoted($1) }),
    ]
  }

  /// The name of each file with its hash. Standard input cannot be read again.
  static func files(_ label: String, _ paths: [String]) throws(ToolError) -> [(String, String)] {
    var facts: [(String, String)] = []
    for path in paths {
      facts.append((label, path == "-" ? "standard input, without a hash" : "\(path), sha-256 \(try hash(of: path))"))
    }
    return facts
  }

  private static func hash(of path: String) throws(ToolError) -> String {
    let file = try SystemFile(reading: path)
    // What is no file, as a pipe, has been read already.
    guard file.status?.isRegular == true else { return "unknown" }
    var hasher = SHA256()
    let part = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 1)
    defer { part.deallocate() }
    while true {
      let count = try file.read(into: part)
      if count == 0 { return HexText.text(hasher.finish()) }
      hasher.update(UnsafeRawBufferPointer(rebasing: part[..<count]))
      try Interrupt.check()
    }
  }

  /// As a shell would need it.
  private static func quoted(_ text: String) -> String {
    let isPlain = !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || "-_./=:,+@%".contains($0) }
    return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }

  /// The inputs of a script with the values of a run.
  static func inputs(
    _ program: Program, _ given: [(name: String, value: ParameterValue)]
  ) -> [(name: String, value: String, initial: String?)] {
    program.parameters.enumerated().map { place, parameter in
      let name = parameter.title.isEmpty ? parameter.variable : parameter.title
      let initial = initial(parameter, program)
      // As the run finds them: by the title, else by the variable; of a name the first input.
      let value = given.last { given in
        let number =
          program.parameters.firstIndex { $0.title == given.name }
          ?? program.parameters.firstIndex { $0.variable == given.name && !given.name.isEmpty }
        return number == place
      }
      guard let value else { return (name, initial, nil) }
      let text = text(value.value)
      return (name, text, text == initial ? nil : initial)
    }
  }

  private static func text(_ value: ParameterValue) -> String {
    switch value {
    case .number(let x): PlainNumber.text(x)
    case .bool(let flag): flag ? "true" : "false"
    case .text(let text): text
    }
  }

  private static func initial(_ parameter: Parameter, _ program: Program) -> String {
    let x = parameter.initial
    switch parameter.type {
    case .bool: return x != 0 ? "true" : "false"
    case .text:
      guard let place = Int(exactly: x), program.texts.indices.contains(place) else { return "" }
      return program.texts[place]
    default:
      if parameter.kind == .source {
        return BarField.allCases.first { Double($0.rawValue) == x }.map { "\($0)" } ?? ""
      }
      if parameter.kind == .color, let bits = UInt32(exactly: x) {
        let digits = String(bits, radix: 16)
        return "#" + String(repeating: "0", count: 8 - digits.count) + digits
      }
      if parameter.kind == .time, let time = Int64(exactly: x) { return TimeOption.text(time) }
      return PlainNumber.text(x)
    }
  }
}
