package enum CurrencyName {
  /// The name of a currency's key: up to 8 characters, the first one lowest.
  package static func text(_ key: UInt64) -> String {
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: key >> (8 * UInt64($0))) }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
