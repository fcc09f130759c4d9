/// The bytes of one script and where its lines begin.
///
/// Offsets are byte offsets; lines and columns count from 1, columns in Unicode scalars.
public struct SourceText: Sendable {
  public let name: String
  public let bytes: [UInt8]
  let lineStarts: [Int32]

  /// O(n) in the length of the text.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    var starts: [Int32] = [0]
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(Int32(truncatingIfNeeded: index + 1))
    }
    lineStarts = starts
  }

  public init(name: String, text: String) {
    self.init(name: name, bytes: Array(text.utf8))
  }

  /// Line and column of a byte offset. O(log lines + line length).
  public func position(of offset: Int) -> (line: Int, column: Int) {
    let line = line(of: offset)
    let end = min(max(offset, 0), bytes.count)
    return (line, scalars(from: Int(lineStarts[line - 1]), to: end) + 1)
  }

  /// O(log lines).
  func line(of offset: Int) -> Int {
    let target = Int32(truncatingIfNeeded: min(max(offset, 0), bytes.count))
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= target { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The line around a byte offset, of a very long one the part around it, and the column of the
  /// offset in what is shown. Control characters are shown as spaces.
  func excerpt(around offset: Int) -> (text: String, column: Int) {
    let reach = 100
    let place = min(max(offset, 0), bytes.count)
    let lineStart = Int(lineStarts[line(of: place) - 1])
    var start = max(lineStart, place - reach)
    while start > lineStart, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    var end = place
    while end < bytes.count, end < place + reach, bytes[end] != UInt8(ascii: "\n") { end += 1 }
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    var shown = ""
    for scalar in text(start..<end).unicodeScalars {
      shown.unicodeScalars.append(scalar.value < 32 ? " " : scalar)
    }
    while shown.utf8.last == UInt8(ascii: " ") { shown.removeLast() }
    return (shown, scalars(from: start, to: place) + 1)
  }

  /// Malformed UTF-8 is repaired with U+FFFD.
  func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }

  private func scalars(from start: Int, to end: Int) -> Int {
    var count = 0
    for index in start..<max(start, end) where bytes[index] & 0xC0 != 0x80 { count += 1 }
    return count
  }
}
