import Artifacts
import Testing

/// Against the examples of FIPS 180-4 (NIST, "Examples with Intermediate Values") and sha256sum.
struct SHA256Tests {
  private static let abc56 = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (abc56, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
  ])
  func `it has the values of the standard`(text: String, expected: String) {
    #expect(HexText.text(SHA256.hash(text.utf8)) == expected)
  }

  @Test func `a million letters have the value of the standard`() {
    var hasher = SHA256()
    let part = [UInt8](repeating: 0x61, count: 1_000)
    for _ in 0..<1_000 { hasher.update(part) }
    #expect(
      HexText.text(hasher.finish())
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  /// 55, 56, 63, 64 and 65 bytes end before, at and after the places where the padding changes.
  @Test(arguments: [
    (55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
    (56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
    (63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
    (64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
    (65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"),
  ])
  func `texts that end around a block are right`(count: Int, expected: String) {
    #expect(HexText.text(SHA256.hash(repeatElement(UInt8(0x61), count: count))) == expected)
  }

  @Test func `the way it is cut changes nothing`() {
    let bytes = (0..<500).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let whole = SHA256.hash(bytes)
    for cut in stride(from: 0, through: 500, by: 13) {
      var hasher = SHA256()
      hasher.update(bytes[..<cut])
      _ = hasher.finish()
      hasher.update(bytes[cut...])
      #expect(hasher.finish() == whole)
    }
  }

  @Test func `hexadecimal texts are read back and others refused`() {
    #expect(HexText.text([0, 0x0f, 0xa9, 0xff]) == "000fa9ff")
    #expect(HexText.bytes("000fa9ff") == [0, 0x0f, 0xa9, 0xff])
    for text in ["0", "0F", "zz", "0 ", "ä"] { #expect(HexText.bytes(text) == nil) }
  }
}
