import Research
import Trading

/// The trades of a run as CSV: closed ones in the order of their exits, then the open ones.
enum TradesFile {
  static let header =
    "trade,side,entry_time,entry_price,exit_time,exit_price,qty,profit,entry_id,exit_id\n"

  static func write(_ trades: [ListedTrade], to path: String) throws(ToolError) {
    let file = try OutputFile(path)
    try file.write(header)
    for trade in trades { try file.write(row(trade)) }
    try file.finish()
  }

  static func row(_ trade: ListedTrade) -> String {
    let exit = trade.exitTime.map { (TimeOption.text($0), trade.exitPrice.description) } ?? ("", "")
    // Money has no more than six places.
    let profit = (trade.profit * 1e6).rounded() / 1e6
    let columns = [
      String(trade.number), trade.isLong ? "long" : "short", TimeOption.text(trade.entryTime),
      trade.entryPrice.description, exit.0, exit.1, trade.quantity.description,
      profit.description, CSVText.field(trade.entryName), CSVText.field(trade.exitName),
    ]
    return columns.joined(separator: ",") + "\n"
  }
}

/// Texts in CSV files (RFC 4180).
enum CSVText {
  static func field(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
