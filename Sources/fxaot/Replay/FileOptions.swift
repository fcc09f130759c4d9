import ArgumentParser

/// What data files do not say themselves, for every command that reads them.
struct FileOptions: ParsableArguments {
  @Option(help: "The symbol to read (default: from a column, or from the files' names).")
  var symbol: String?

  @Option(help: "Decimals of the symbol's prices, where they are not the usual ones.")
  var decimals: Int?

  @Option(
    help: ArgumentHelp(
      "The zone of times that name none (default: EST for HistData, else UTC).",
      valueName: "zone"))
  var fileTimezone: String?

  /// - Parameter badLineLimit: nil: one of a hundred lines.
  func reading(badLineLimit: UInt64?) -> QuoteReader.Options {
    QuoteReader.Options(
      symbol: symbol, zone: fileTimezone, badLineLimit: badLineLimit, decimals: decimals)
  }
}
