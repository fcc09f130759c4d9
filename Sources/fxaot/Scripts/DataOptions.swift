import ArgumentParser

/// Histories of other symbols than the chart's.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Bars of another symbol, for request.security and for conversions between currencies; may be \
      repeated.
      """, valueName: "symbol=file"))
  var data: [String] = []
}

extension DataOptions {
  /// The files of each symbol, in the order in which the symbols are first named.
  func files() throws(ToolError) -> [(symbol: String, paths: [String])] {
    var found: [(symbol: String, paths: [String])] = []
    for text in data {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw .failed("--data: '\(text)' has no file; write it as --data EURUSD=eurusd-1h.csv")
      }
      let (symbol, path) = (String(parts[0]), String(parts[1]))
      if let known = found.firstIndex(where: { $0.symbol == symbol }) {
        found[known].paths.append(path)
      } else {
        found.append((symbol, [path]))
      }
    }
    return found
  }
}
