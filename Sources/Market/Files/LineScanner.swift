/// Cuts a piece of text into lines.
///
/// The end of a line is `\n`, `\r\n` or a `\r` alone, also mixed; spaces and tabs before it do not
/// belong to the line.
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
    var stop = LineScanner.lineEnd(from: start, to: end)
    if stop < end {
      if stop.pointee == 0x0A {
        next = stop + 1
      } else if stop + 1 < end {
        next = stop[1] == 0x0A ? stop + 2 : stop + 1
      } else {
        // Whether a newline follows the `\r` is not known yet.
        guard isFinal else { return nil }
        next = end
      }
    } else {
      guard isFinal else { return nil }
      next = end
    }
    while stop > start, LineCursor.isBlank(stop[-1]) { stop -= 1 }
    return LineCursor(at: start, end: stop)
  }

  /// The first `\n` or `\r` in [start, end), or `end`; eight bytes a step.
  @inline(__always)
  private static func lineEnd(
    from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8> {
    var at = start
    while end - at >= 8 {
      let word = UnsafeRawPointer(at).loadUnaligned(as: UInt64.self).littleEndian
      let newline = word ^ 0x0A0A_0A0A_0A0A_0A0A
      let carriageReturn = word ^ 0x0D0D_0D0D_0D0D_0D0D
      let ones: UInt64 = 0x0101_0101_0101_0101
      let zeros =
        (((newline &- ones) & ~newline) | ((carriageReturn &- ones) & ~carriageReturn))
        & 0x8080_8080_8080_8080
      if zeros != 0 { return at + zeros.trailingZeroBitCount / 8 }
      at += 8
    }
    while at < end, at.pointee != 0x0A, at.pointee != 0x0D { at += 1 }
    return at
  }
}
