import Testing

@testable import Market

struct SymbolKeyTests {
  private func key(_ name: String) -> UInt64 {
    Array(name.utf8).withUnsafeBytes { SymbolKey.make($0) }
  }

  @Test func `up to eight bytes are the text itself first byte lowest`() {
    #expect(key("A") == 0x41)
    #expect(key("EURUSD") == 0x44_53_55_52_55_45)
    #expect(key("ABCDEFGH") == 0x48_47_46_45_44_43_42_41)
  }

  @Test func `longer names are hashed with the top bit set`() {
    #expect(key("ABCDEFGHI") == 0xCF24_1ED2_F628_862C)  // FNV-1a by another program
    #expect(key("ABCDEFGHI") >> 63 == 1)
    #expect(key("ABCDEFGHI") != key("ABCDEFGHJ"))
    #expect(key(String(repeating: "x", count: 31)) != 0)
  }

  @Test(arguments: [
    "", "EUR USD", " ", "EUR\u{0}USD", "EUR\tUSD", "EUR\u{7F}", "ÄÖÜ",
    String(repeating: "x", count: 32),
  ])
  func `what is no name has no key`(name: String) {
    #expect(key(name) == 0)
  }

  @Test func `a fixed buffer needs its nul`() {
    let text: [UInt8] = [0x45, 0x55, 0x52, 0, 0x58]
    #expect(text.withUnsafeBytes { SymbolKey.make(cString: $0) } == 0x52_55_45)
    let endless: [UInt8] = [0x45, 0x55, 0x52]
    #expect(endless.withUnsafeBytes { SymbolKey.make(cString: $0) } == 0)
  }
}
