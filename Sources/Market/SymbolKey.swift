/// The 64-bit key that stands for a symbol's name in quote records.
public enum SymbolKey {
  package static func make(_ name: String) -> UInt64 {
    var bytes = Array(name.utf8)
    return bytes.withUnsafeMutableBytes { make(UnsafeRawBufferPointer($0)) }
  }

  public static let maximumLength = 31

  /// Names of up to 8 bytes are their own key, first byte lowest, so that a record can be read in
  /// a hex dump. Longer ones are hashed (FNV-1a, 64 bit) with the top bit set, which no ASCII name
  /// has. 0 for a name that is empty, too long or not printable ASCII. O(length).
  public static func make(_ name: UnsafeRawBufferPointer) -> UInt64 {
    guard (1...maximumLength).contains(name.count) else { return 0 }
    guard name.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return 0 }
    if name.count <= 8 {
      return name.reversed().reduce(UInt64(0)) { ($0 << 8) | UInt64($1) }
    }
    let hash = name.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    return hash | (1 << 63)
  }
}
