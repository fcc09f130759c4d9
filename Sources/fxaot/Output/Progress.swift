/// A line on a terminal that tells how far long work has come; silent elsewhere.
final class Progress {
  private let total: UInt64?
  private let isShown = isatty(2) == 1
  private let begin = ContinuousClock.now
  private var lastShown = 0.0
  private var hasLine = false
  private var done: UInt64 = 0

  /// `total` in the units of `add`, nil when it is not known.
  init(total: UInt64?) { self.total = total }

  deinit { clear() }

  var seconds: Double {
    let elapsed = (ContinuousClock.now - begin).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
  }

  func add(_ count: Int) { done += UInt64(count) }

  func show(quotes: UInt64) { show(quotes, "quotes") }
  func show(bars: UInt64) { show(bars, "bars") }

  /// Draws the line again, at most ten times a second and not in the first second.
  private func show(_ count: UInt64, _ noun: String) {
    guard isShown else { return }
    let seconds = seconds
    guard seconds > 1, seconds - lastShown > 0.1 else { return }
    lastShown = seconds
    hasLine = true
    var line = "\r"
    if let total, total > 0 {
      let share = min(Double(done) / Double(total), 1)
      let filled = Int(share * 24)
      line += "[" + String(repeating: "#", count: filled)
      line += String(repeating: ".", count: 24 - filled) + "] "
      line += PlainNumber.fixed(share * 100, places: 0) + " %  "
    }
    let millions = Double(count) / 1e6
    line += PlainNumber.fixed(millions, places: 1) + " M \(noun), "
    line += PlainNumber.fixed(millions / seconds, places: 1) + " M/s "
    StandardError.write(line)
  }

  /// Takes the line away again.
  func clear() {
    if hasLine { StandardError.write("\r\u{1B}[K") }
    hasLine = false
  }
}

/// Messages to the user. Failing to write them is no further error.
enum StandardError {
  static func write(_ text: String) {
    var text = text
    text.withUTF8 { _ = System.writeBytes(2, UnsafeRawBufferPointer($0)) }
  }

  static func note(_ sentence: String) { write("fxaot: \(sentence)\n") }
}
