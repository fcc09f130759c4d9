import Calendar

/// Instants on the command line, and in what is written.
enum TimeOption {
  /// Milliseconds since 1970 of `2025-03-31`, `2025-03-31T00:15:00Z`, or such a number itself.
  static func parse(_ text: String, option: String) throws(ToolError) -> Int64 {
    if text.utf8.count >= 9, let milliseconds = Int64(text), milliseconds >= 0 {
      return milliseconds
    }
    if let instant = DateText.milliseconds(of: text) { return instant }
    throw .failed(
      "\(option): '\(text)' is not a time; write it as 2025-03-31 or 2025-03-31T00:15:00Z")
  }

  /// `2025-03-31T00:15:00Z`, with milliseconds where there are any.
  static func text(_ milliseconds: Int64) -> String {
    let moment = CivilMoment(local: milliseconds)
    let date = moment.date
    var text = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    text += "T\(padded(moment.hour, 2)):\(padded(moment.minute, 2)):\(padded(moment.second, 2))"
    if moment.millisecond != 0 { text += ".\(padded(moment.millisecond, 3))" }
    return text + "Z"
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}
