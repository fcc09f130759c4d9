/// Reads what `ByteWriter` writes. Whatever the bytes are, it neither traps nor allocates more than
/// they can fill; `isValid` is false once something was wrong, and all that is read then is 0.
package struct ByteReader {
  package let bytes: [UInt8]
  private var place = 0
  package private(set) var isValid = true
  /// The newest byte read.
  var last: UInt8 { place > 0 ? bytes[place - 1] : 0 }

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package var isAtEnd: Bool { place == bytes.count }

  package mutating func fail() { isValid = false }

  package mutating func byte() -> UInt8 {
    guard isValid, place < bytes.count else {
      isValid = false
      return 0
    }
    defer { place += 1 }
    return bytes[place]
  }

  package mutating func unsigned() -> UInt64 {
    var x: UInt64 = 0
    var shift: UInt64 = 0
    while isValid {
      let next = byte()
      guard shift < 63 else {
        fail()
        return 0
      }
      x |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return x }
      shift += 7
    }
    return 0
  }

  package mutating func signed() -> Int32 {
    let x = unsigned()
    let wide = Int64(bitPattern: (x >> 1) ^ (0 &- (x & 1)))
    guard let narrow = Int32(exactly: wide) else {
      fail()
      return 0
    }
    return narrow
  }

  /// A number of things of at least one byte each that are still to come.
  package mutating func count() -> Int {
    let x = unsigned()
    guard isValid, x <= UInt64(bytes.count - place) else {
      fail()
      return 0
    }
    return Int(x)
  }

  package mutating func double() -> Double {
    var bits: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bits |= UInt64(byte()) << shift }
    return isValid ? Double(bitPattern: bits) : 0
  }

  package mutating func text() -> String {
    let length = count()
    guard isValid else { return "" }
    defer { place += length }
    return String(decoding: bytes[place..<place + length], as: UTF8.self)
  }

  package mutating func bool() -> Bool {
    let x = byte()
    if x > 1 { fail() }
    return x == 1
  }

  package mutating func raw<T: RawRepresentable>(_ type: T.Type, otherwise: T) -> T
  where T.RawValue == UInt8 {
    guard let value = T(rawValue: byte()), isValid else {
      fail()
      return otherwise
    }
    return value
  }

  package mutating func list<T>(_ read: (inout ByteReader) -> T) -> [T] {
    let count = count()
    var values: [T] = []
    values.reserveCapacity(min(count, 4096))
    for _ in 0..<count where isValid { values.append(read(&self)) }
    return values
  }
}
