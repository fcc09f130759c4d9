/// The text of one column in a line, without blanks and quotation marks around it.
struct LineField {
  var start: UnsafePointer<UInt8>
  var end: UnsafePointer<UInt8>

  @inline(__always) var isEmpty: Bool { start >= end }
  @inline(__always) var count: Int { end - start }
  @inline(__always) var cursor: LineCursor { LineCursor(at: start, end: end) }

  var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: start, count: max(0, end - start))
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// `-`, `null`, `nan`, `n/a`, `none` and nothing at all: no value.
  var isBlank: Bool {
    if isEmpty { return true }
    guard count <= 4 else { return false }
    var word: UInt32 = 0
    for byte in bytes { word = word << 8 | UInt32(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) }
    switch word {
    case 0x2D, 0x6E61, 0x6E_616E, 0x6E_2F61, 0x6E75_6C6C, 0x6E6F_6E65: return true
    default: return false
    }
  }
}

extension LineCursor {
  /// The next column up to `delimiter`, which is taken too. A column may stand in quotation marks,
  /// and then contain delimiters. nil at the line's end, and if text follows a quotation mark.
  @inline(__always)
  mutating func field(_ delimiter: UInt8, isFirst: Bool) -> LineField? {
    if !isFirst {
      guard at < end else { return nil }
      at += 1
    }
    while at < end, at.pointee == 0x20 || (at.pointee == 0x09 && delimiter != 0x09) { at += 1 }
    if at < end, at.pointee == 0x22 { return quotedField(delimiter) }
    let start = at
    while at < end, at.pointee != delimiter { at += 1 }
    var stop = at
    while stop > start, stop[-1] == 0x20 || stop[-1] == 0x09 { stop -= 1 }
    return LineField(start: start, end: stop)
  }

  @inline(never)
  private mutating func quotedField(_ delimiter: UInt8) -> LineField? {
    at += 1
    var start = at
    while at < end {
      if at.pointee == 0x22 {
        guard at + 1 < end, at[1] == 0x22 else { break }
        at += 1
      }
      at += 1
    }
    guard at < end else { return nil }
    var stop = at
    at += 1
    while at < end, at.pointee != delimiter {
      guard at.pointee == 0x20 || at.pointee == 0x09 else { return nil }
      at += 1
    }
    while start < stop, LineCursor.isBlank(start.pointee) { start += 1 }
    while stop > start, LineCursor.isBlank(stop[-1]) { stop -= 1 }
    return LineField(start: start, end: stop)
  }
}
