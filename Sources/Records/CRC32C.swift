/// The checksum of a record: CRC-32C (Castagnoli; polynomial 0x1EDC6F41, reflected 0x82F63B78), as in iSCSI (RFC 3720,
/// appendix B.4). The sum of the nine digits "123456789" is 0xE3069283.
package enum CRC32C {
  /// Eight bytes a step: `tables[k][b]` is the sum of byte `b` with `k` zero bytes after it.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var sum = UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0x82F6_3B78 : sum >> 1 }
      tables[byte] = sum
    }
    for step in 1..<8 {
      for byte in 0..<256 {
        let before = tables[(step - 1) * 256 + byte]
        tables[step * 256 + byte] = before >> 8 ^ tables[Int(before & 0xFF)]
      }
    }
    return tables
  }()

  /// The sum of `bytes`, following others whose sum is `before`. O(n).
  package static func sum(_ bytes: UnsafeRawBufferPointer, after before: UInt32 = 0) -> UInt32 {
    tables.withUnsafeBufferPointer { tables in
      var sum = ~before
      var place = 0
      while place &+ 8 <= bytes.count {
        let low = bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self).littleEndian ^ sum
        let high = bytes.loadUnaligned(fromByteOffset: place &+ 4, as: UInt32.self).littleEndian
        sum =
          tables[7 * 256 + Int(low & 0xFF)] ^ tables[6 * 256 + Int(low >> 8 & 0xFF)]
          ^ tables[5 * 256 + Int(low >> 16 & 0xFF)] ^ tables[4 * 256 + Int(low >> 24)]
          ^ tables[3 * 256 + Int(high & 0xFF)] ^ tables[2 * 256 + Int(high >> 8 & 0xFF)]
          ^ tables[256 + Int(high >> 16 & 0xFF)] ^ tables[Int(high >> 24)]
        place &+= 8
      }
      while place < bytes.count {
        sum = sum >> 8 ^ tables[Int(sum & 0xFF ^ UInt32(bytes[place]))]
        place &+= 1
      }
      return ~sum
    }
  }

  package static func sum(_ bytes: [UInt8], after before: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { sum($0, after: before) }
  }
}
