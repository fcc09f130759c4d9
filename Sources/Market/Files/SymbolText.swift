import CFxaot

/// Symbols as data files write them: `AUD/USD`, `FX:EURUSD`, `EURUSD=X`, `eur-usd`.
public enum SymbolText {
  /// Capitals and digits alone, without an exchange before a colon and a suffix after `=` or `.`.
  public static func plain(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    for byte in bytes {
      switch byte {
      case 0x3A: result.removeAll()
      case 0x3D, 0x2E: return result
      case 0x61...0x7A: result.append(byte & 0xDF)
      case 0x41...0x5A, 0x30...0x39: result.append(byte)
      default: break
      }
    }
    return result
  }

  /// The key of the plain symbol.
  public static func key(_ bytes: some Collection<UInt8>) -> UInt64 {
    plain(bytes).withUnsafeBytes { SymbolKey.make($0) }
  }
}
