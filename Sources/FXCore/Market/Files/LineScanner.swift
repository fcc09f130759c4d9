/// Cuts a piece of text into lines.
///
/// The end of a line is `\n`; `\r`, spaces and tabs before it do not belong to the line.
struct LineScanner {
  private(set) var next: UnsafePointer<UInt8>
  private let end: UnsafePointer<UInt8>
  /// Whether bytes after the last `\n` are a line too.
  let isFinal: Bool

  init(from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>, isFinal: Bool) {
    self.next = start
    self.end = end
    self.isFinal = isFinal
  }

  /// The next whole line, nil when the piece has no further one. O(length of the line).
  @inline(__always)
  mutating func line() -> LineCursor? {
    guard next < end else { return nil }
    let start = next
    var stop = LineScanner.newline(from: start, to: end)
    if stop < end {
      next = stop + 1
    } else {
      guard isFinal else { return nil }
      next = end
    }
    while stop > start, LineCursor.isBlank(stop[-1]) { stop -= 1 }
    return LineCursor(at: start, end: stop)
  }

  /// The first `\n` in [start, end), or `end`; eight bytes a step.
  @inline(__always)
  private static func newline(
    from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8> {
    var at = start
    while end - at >= 8 {
      let word = UnsafeRawPointer(at).loadUnaligned(as: UInt64.self).littleEndian
      let x = word ^ 0x0A0A_0A0A_0A0A_0A0A
      let zeros = (x &- 0x0101_0101_0101_0101) & ~x & 0x8080_8080_8080_8080
      if zeros != 0 { return at + zeros.trailingZeroBitCount / 8 }
      at += 8
    }
    while at < end, at.pointee != 0x0A { at += 1 }
    return at
  }
}
