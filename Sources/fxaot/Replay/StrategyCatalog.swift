import CFxaot
import FXCore
import StrategyIR

/// The registered strategies, by the names that a user types.
enum StrategyCatalog {
  struct Entry {
    let table: UnsafePointer<fxaot_strategy>
    let name: String
    let parameters: [fxaot_param]

    var parameterNames: [String] { parameters.map { String(cString: $0.name) } }
  }

  static var all: [Entry] {
    var entries: [Entry] = []
    while let table = StrategyRegistry.table(at: entries.count) {
      let count = Int(table.pointee.param_count)
      entries.append(
        Entry(
          table: table, name: String(cString: table.pointee.name),
          parameters: Array(UnsafeBufferPointer(start: table.pointee.params, count: count))))
    }
    return entries
  }

  static func find(_ name: String) throws(ToolError) -> Entry {
    let all = all
    if let entry = all.first(where: { $0.name == name }) { return entry }
    let hint = NearMiss.hint(name, among: all.map(\.name))
    throw .failed(
      "unknown strategy '\(name)'"
        + (hint.isEmpty ? "; `fxaot strategies` lists them" : hint))
  }
}

extension StrategyCatalog.Entry {
  /// `name=value` texts as the engine takes them. The names point into the strategy's table and
  /// are good for the life of the process; the last of several values of one name counts.
  func values(_ texts: [String]) throws(ToolError) -> [fxaot_param_value] {
    var values: [fxaot_param_value] = []
    for text in texts {
      let value = try value(text)
      values.removeAll { $0.name == value.name }
      values.append(value)
    }
    return values
  }

  private func value(_ text: String) throws(ToolError) -> fxaot_param_value {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw .failed("'\(text)' is not a parameter; write name=value, as in --param band=0.00005")
    }
    let name = String(parts[0])
    guard let index = parameterNames.firstIndex(of: name) else {
      let hint = NearMiss.hint(name, among: parameterNames)
      let list = "; it has " + parameterNames.joined(separator: ", ")
      throw .failed(
        "\(self.name) has no parameter '\(name)'" + (hint.isEmpty ? list : hint))
    }
    guard let value = Double(parts[1]), value.isFinite else {
      throw .failed("the parameter \(name) needs a number, not '\(parts[1])'")
    }
    let parameter = parameters[index]
    guard value >= parameter.minimum, value <= parameter.maximum,
      parameter.is_integer == 0 || value == value.rounded()
    else {
      throw .failed("\(name)=\(parts[1]) is out of range: \(limits(parameter))")
    }
    return fxaot_param_value(name: parameter.name, value: value)
  }

  /// What values a parameter takes, in words.
  func limits(_ parameter: fxaot_param) -> String {
    let kind = parameter.is_integer != 0 ? "a whole number " : ""
    return "\(kind)from \(PlainNumber.text(parameter.minimum)) "
      + "to \(PlainNumber.text(parameter.maximum))"
  }
}
