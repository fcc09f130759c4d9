import Records
import Testing

@Suite struct CRC32CTests {
  @Test func `The check value of the polynomial`() {
    #expect(CRC32C.sum(Array("123456789".utf8)) == 0xE306_9283)
  }

  /// RFC 3720, B.4.
  @Test func `The sums that iSCSI publishes`() {
    #expect(CRC32C.sum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.sum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.sum((0..<32).map { UInt8($0) }) == 0x46DD_794E)
    #expect(CRC32C.sum((0..<32).reversed().map { UInt8($0) }) == 0x113F_DB5C)
    #expect(CRC32C.sum([]) == 0)
  }

  @Test(arguments: 0..<40) func `The sum of two parts is that of the whole`(cut: Int) {
    let whole = (0..<40).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
    #expect(CRC32C.sum(Array(whole[cut...]), after: CRC32C.sum(Array(whole[..<cut]))) == CRC32C.sum(whole))
  }
}
