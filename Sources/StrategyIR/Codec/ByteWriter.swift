/// Little-endian bytes. Whole numbers are written 7 bits a byte, the lowest first, signed ones in
/// zigzag; doubles as their 8 bytes; texts as length and UTF-8.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func byte(_ x: UInt8) { bytes.append(x) }

  mutating func count(_ x: Int) { unsigned(UInt64(truncatingIfNeeded: x)) }

  mutating func unsigned(_ x: UInt64) {
    var rest = x
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func signed(_ x: Int32) {
    let wide = Int64(x)
    unsigned(UInt64(bitPattern: (wide << 1) ^ (wide >> 63)))
  }

  mutating func double(_ x: Double) {
    // Every nan is written as the same one.
    let bits = x == x ? x.bitPattern : Double.nan.bitPattern
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
    }
  }

  mutating func text(_ x: String) {
    count(x.utf8.count)
    bytes.append(contentsOf: x.utf8)
  }

  mutating func bool(_ x: Bool) { bytes.append(x ? 1 : 0) }

  mutating func list<T>(_ values: [T], _ write: (inout ByteWriter, T) -> Void) {
    count(values.count)
    for value in values { write(&self, value) }
  }
}
