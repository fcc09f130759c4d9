import Trading

/// The result of a run, for people and as JSON. Money is in whole units of the account currency.
struct RunSummary: Codable, Equatable {
  var strategy: String
  var symbol: String
  var files: Int
  /// How the files were read, a sentence each.
  var data: [String]
  var quotes, accepted, crossed, late: UInt64
  /// Quotes with prices, sizes or times that the engine does not take.
  var refused: UInt64
  var badLines: UInt64
  /// Rows that were sorted in, and rows that are the same as the one before.
  var sorted, repeated: UInt64
  var bars, signals, orders, fills, rejects: UInt64
  /// Base units, signed.
  var position: Int64
  var realised, unrealised: Double
  var currency: String
  var seconds, quotesPerSecond: Double

  private enum CodingKeys: String, CodingKey {
    case strategy, symbol, files, data, sorted, repeated, quotes, accepted, crossed, late, refused
    case badLines = "bad_lines"
    case bars, signals, orders, fills, rejects, position, realised, unrealised, currency, seconds
    case quotesPerSecond = "quotes_per_second"
  }

  func json() throws(ToolError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    guard let data = try? encoder.encode(self) else {
      throw .failed("cannot write the summary as JSON")
    }
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  var table: String {
    let rows: [(String, String)] =
      data.map { ("data", $0) } + [
        ("strategy", "\(strategy) on \(symbol)"),
        ("quotes", "\(quotes) (\(crossed) crossed, \(late) late, \(refused) refused)"),
        ("rows", "\(sorted) sorted in, \(repeated) repeated, \(badLines) bad lines"),
        ("bars", "\(bars)"),
        ("signals", "\(signals)"),
        ("orders", "\(orders)"),
        ("fills", "\(fills)"),
        ("rejects", "\(rejects)"),
        ("position", "\(position)"),
        ("profit", money(realised)),
        ("open profit", money(unrealised)),
        (
          "time",
          PlainNumber.fixed(seconds, places: 2) + " s, "
            + PlainNumber.fixed(quotesPerSecond / 1e6, places: 1) + " M quotes/s"
        ),
      ]
    // No label has more than 12 letters.
    return rows.map { $0 + String(repeating: " ", count: 13 - $0.count) + $1 + "\n" }.joined()
  }

  private func money(_ amount: Double) -> String {
    PlainNumber.fixed(amount, places: 2) + " " + currency
  }
}
