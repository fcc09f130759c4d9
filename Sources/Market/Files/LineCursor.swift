/// Reads the fields of one line from left to right.
///
/// Every read returns nil when the text does not match; the line is then a bad one
/// and the cursor's place means nothing. No read goes past `end`, none allocates except a number
/// of more than 15 digits or with an exponent.
struct LineCursor {
  var at: UnsafePointer<UInt8>
  let end: UnsafePointer<UInt8>

  @inline(__always)
  init(at: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>) {
    self.at = at
    self.end = end
  }

  @inline(__always) var isAtEnd: Bool { at >= end }

  /// The byte under the cursor, 0 at the end of the line.
  @inline(__always) var peek: UInt8 { at < end ? at.pointee : 0 }

  @inline(__always) static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D
  }

  @inline(__always) mutating func skipBlanks() {
    while at < end, LineCursor.isBlank(at.pointee) { at += 1 }
  }

  /// Takes `byte` if it is next.
  @inline(__always) mutating func take(_ byte: UInt8) -> Bool {
    guard at < end, at.pointee == byte else { return false }
    at += 1
    return true
  }

  /// Takes a comma with blanks around it.
  @inline(__always) mutating func comma() -> Bool {
    if take(0x2C) { return true }
    skipBlanks()
    return take(0x2C)
  }

  /// Takes a comma, or returns true at the end of the line: further columns are not read.
  @inline(__always) mutating func fieldEnd() -> Bool { isAtEnd || comma() }

  /// Exactly `count` digits, at most 9.
  @inline(__always) mutating func digits(_ count: Int) -> Int? {
    guard end - at >= count else { return nil }
    var value = 0
    for index in 0..<count {
      let digit = at[index] &- 0x30
      guard digit < 10 else { return nil }
      value = value &* 10 &+ Int(digit)
    }
    at += count
    return value
  }

  /// All digits up to something else: 1 to 18 of them.
  @inline(__always) mutating func integer() -> Int64? {
    skipBlanks()
    let start = at
    let value = run()
    let count = at - start
    return count > 0 && count <= 18 ? Int64(truncatingIfNeeded: value) : nil
  }

  /// As `integer`, for values of 19 digits within Int64, as nanoseconds since 2001 have.
  @inline(__always) mutating func longInteger() -> Int64? {
    skipBlanks()
    let start = at
    let value = run()
    let count = at - start
    return count > 0 && count <= 19 ? Int64(exactly: value) : nil
  }

  /// A run of digits, wrapping past 19 of them.
  @inline(__always) mutating func run() -> UInt64 {
    var value: UInt64 = 0
    while at < end {
      let digit = at.pointee &- 0x30
      guard digit < 10 else { break }
      value = value &* 10 &+ UInt64(digit)
      at += 1
    }
    return value
  }

  /// A fraction of a second or of a millisecond after the point, in units of 10^−`places`;
  /// a time with more digits is refused.
  @inline(__always) mutating func fraction(places: Int) -> Int64? {
    let start = at
    let value = run()
    let count = at - start
    guard count > 0, count <= places else { return nil }
    var scaled = Int64(truncatingIfNeeded: value)
    for _ in count..<places { scaled = scaled &* 10 }
    return scaled
  }
}
