import CFxaot
import Market

/// Closed bars with their signals as CSV; every double reads back to the same bits.
struct SignalsFile {
  private let file: OutputFile

  /// `nil` or `-` is standard output.
  init(_ path: String?) throws(ToolError) {
    file = try OutputFile(path)
    try file.write("open_time_ms,open,high,low,close,ticks,signal\n")
  }

  func write(_ bar: fxaot_bar, _ signal: Double) throws(ToolError) {
    try file.append { bytes in
      NumberText.append(bar.open_time_ns / 1_000_000, to: &bytes)
      for price in [bar.open, bar.high, bar.low, bar.close] {
        bytes.append(0x2C)
        NumberText.append(price, to: &bytes)
      }
      bytes.append(0x2C)
      NumberText.append(bar.ticks, to: &bytes)
      bytes.append(0x2C)
      NumberText.append(signal, to: &bytes)
      bytes.append(0x0A)
    }
  }

  func finish() throws(ToolError) { try file.finish() }
}
