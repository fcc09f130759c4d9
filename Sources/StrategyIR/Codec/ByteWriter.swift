/// Little-endian bytes. Whole numbers are written 7 bits a byte, the lowest first, signed ones in
/// zigzag; doubles as their 8 bytes; texts as length and UTF-8.
package struct ByteWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func byte(_ x: UInt8) { bytes.append(x) }

  package mutating func count(_ x: Int) { unsigned(UInt64(truncatingIfNeeded: x)) }

  package mutating func unsigned(_ x: UInt64) {
    var rest = x
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  package mutating func signed(_ x: Int32) {
    let wide = Int64(x)
    unsigned(UInt64(bitPattern: (wide << 1) ^ (wide >> 63)))
  }

  package mutating func double(_ x: Double) {
    // Every nan is written as the same one.
    word(x == x ? x.bitPattern : Double.nan.bitPattern)
  }

  package mutating func word(_ bits: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
    }
  }

  package mutating func text(_ x: String) {
    count(x.utf8.count)
    bytes.append(contentsOf: x.utf8)
  }

  package mutating func bool(_ x: Bool) { bytes.append(x ? 1 : 0) }

  package mutating func list<T>(_ values: [T], _ write: (inout ByteWriter, T) -> Void) {
    count(values.count)
    for value in values { write(&self, value) }
  }
}
