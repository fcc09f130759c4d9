import CFxaot

extension QuoteParser {
  /// The format of a text by its beginning, FXAOT_FORMAT_UNKNOWN where there is none. What else
  /// a parser needs to know is in `TextSniffer`'s answer. O(first 256 lines) mostly.
  public static func detectFormat(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    do throws(TextRefusal) {
      return try TextSniffer.sniff(bytes, isWhole: true).format
    } catch {
      return UInt32(FXAOT_FORMAT_UNKNOWN)
    }
  }
}
