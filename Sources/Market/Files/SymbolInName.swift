/// The symbol in the names of a file: the first built-in one that is a word of a zip member's, the file's or its folder's
/// name.
public enum SymbolInName {
  private static let separators = Set("-_. /()[],:;=@&+")
  /// Of a bar in minutes: MetaTrader 4 names files EURUSD1 … EURUSD43200.
  private static let periods: Set<Substring> = ["1", "5", "15", "30", "60", "240", "1440", "10080", "43200"]

  /// The names in the order in which they count. nil when none has a symbol. O(length).
  public static func find(_ names: some Sequence<String>) -> String? {
    for name in names {
      for text in name.uppercased().split(whereSeparator: separators.contains) {
        for word in [text, withoutPeriod(text)] where isBuiltIn(word) { return String(word) }
      }
    }
    return nil
  }

  private static func isBuiltIn(_ word: Substring) -> Bool {
    var bytes = Array(word.utf8)
    return bytes.withUnsafeMutableBytes { BuiltInInstruments.find(UnsafeRawBufferPointer($0)) != nil }
  }

  private static func withoutPeriod(_ word: Substring) -> Substring {
    let digits = word.reversed().prefix { $0.isNumber }.count
    return periods.contains(word.suffix(digits)) ? word.dropLast(digits) : word
  }
}
