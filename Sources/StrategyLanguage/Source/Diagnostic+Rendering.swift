extension Diagnostic {
  /// `file:line:column: error: message`, the line, a caret under the place, and hints.
  public func rendered(in source: SourceText) -> String {
    let (line, column) = source.position(of: range.lowerBound)
    var text = "\(source.name):\(line):\(column): \(severity.rawValue): \(message)\n"
    let shown = source.excerpt(around: range.lowerBound)
    text += "  \(shown.text)\n  "
    text += String(repeating: " ", count: shown.column - 1)
    text += String(repeating: "^", count: caretWidth(in: source, line: line, shown: shown))
    text += "\n"
    if let expected { text += "  expected: \(expected)\n" }
    if let suggestion { text += "  did you mean '\(suggestion)'?\n" }
    return text
  }

  private func caretWidth(
    in source: SourceText, line: Int, shown: (text: String, column: Int)
  ) -> Int {
    let end = source.position(of: range.upperBound)
    let start = source.position(of: range.lowerBound)
    let room = max(1, shown.text.unicodeScalars.count - shown.column + 1)
    return end.line == line ? min(max(1, end.column - start.column), room) : room
  }

  /// One JSON object: severity, file, line, column, endLine, endColumn, message, and where they
  /// are known expected and suggestion; places where there are several.
  public func json(in source: SourceText) -> String {
    let start = source.position(of: range.lowerBound)
    let end = source.position(of: range.upperBound)
    var text = "{\"severity\":\"\(severity.rawValue)\",\"file\":\(jsonText(source.name))"
    text += ",\"line\":\(start.line),\"column\":\(start.column)"
    text += ",\"endLine\":\(end.line),\"endColumn\":\(end.column)"
    text += ",\"message\":\(jsonText(message))"
    if let expected { text += ",\"expected\":\(jsonText(expected))" }
    if let suggestion { text += ",\"suggestion\":\(jsonText(suggestion))" }
    if places > 1 { text += ",\"places\":\(places)" }
    return text + "}"
  }
}

/// A JSON string with its quotes (RFC 8259).
func jsonText(_ text: String) -> String {
  let digits = Array("0123456789abcdef".unicodeScalars)
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    default:
      if scalar.value < 32 {
        result += "\\u00"
        result.unicodeScalars.append(digits[Int(scalar.value >> 4)])
        result.unicodeScalars.append(digits[Int(scalar.value & 15)])
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }
  return result + "\""
}
