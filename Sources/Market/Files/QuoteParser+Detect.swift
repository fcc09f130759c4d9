import CFxaot

extension QuoteParser {
  /// The format of a text by its beginning, or FXAOT_FORMAT_UNKNOWN. `TextSniffer` returns the other facts that
  /// a parser needs. Mostly O(first 256 lines).
  public static func detectFormat(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    do throws(TextRefusal) {
      return try TextSniffer.sniff(bytes, isWhole: true).format
    } catch {
      return UInt32(FXAOT_FORMAT_UNKNOWN)
    }
  }
}
