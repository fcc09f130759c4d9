/// The named outputs of a script as CSV: one row a bar, nothing where the script plots na.
final class PlotsFile {
  private let file: OutputFile

  init(_ path: String, titles: [String]) throws(ToolError) {
    file = try OutputFile(path)
    let columns = titles.enumerated().map { index, title in
      CSVText.field(title.isEmpty ? "plot \(index + 1)" : title)
    }
    try file.write((["time"] + columns).joined(separator: ",") + "\n")
  }

  func write(_ time: Int64, _ values: some Sequence<Double>) throws(ToolError) {
    try file.append { bytes in
      bytes.append(contentsOf: TimeOption.text(time).utf8)
      for value in values {
        bytes.append(0x2C)
        if !value.isNaN { NumberText.append(value, to: &bytes) }
      }
      bytes.append(0x0A)
    }
  }

  func finish() throws(ToolError) { try file.finish() }
}
