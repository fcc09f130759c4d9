import CFxaot
import Market

/// Quotes as CSV, the format FXAOT_FORMAT_QUOTES: prices with all decimals of the symbol.
struct QuotesFile {
  private let file: OutputFile
  private let decimals: Int
  private let scale: Double

  /// `nil` or `-` is standard output.
  init(_ path: String?, decimals: Int) throws(ToolError) {
    self.decimals = decimals
    scale = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
    file = try OutputFile(path)
    try file.write("time_ns,bid,ask,bid_size,ask_size\n")
  }

  func write(_ quote: fxaot_quote) throws(ToolError) {
    try file.append { bytes in
      NumberText.append(quote.time_ns, to: &bytes)
      field(quote.bid, to: &bytes)
      field(quote.ask, to: &bytes)
      bytes.append(0x2C)
      NumberText.append(quote.bid_size, decimals: 0, scale: 1, to: &bytes)
      bytes.append(0x2C)
      NumberText.append(quote.ask_size, decimals: 0, scale: 1, to: &bytes)
      bytes.append(0x0A)
    }
  }

  private func field(_ price: Double, to bytes: inout [UInt8]) {
    bytes.append(0x2C)
    NumberText.append(price, decimals: decimals, scale: scale, to: &bytes)
  }

  func finish() throws(ToolError) { try file.finish() }
}
