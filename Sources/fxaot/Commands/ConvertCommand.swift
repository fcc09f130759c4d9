import ArgumentParser
import CFxaot
import FXCore
import Market

/// `fxaot convert`: files of quotes or bars, whatever they are packed in, as plain quotes.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write files of quotes or bars as plain quotes, in the order of time.",
    discussion: """
      Reads what fxaot run reads (see docs/data-formats.md) and writes the format of fxaot \
      simulate: time_ns,bid,ask,bid_size,ask_size with times in UTC. A bar makes four quotes.

      Example:
        fxaot convert eurusd/2024/02/04/00h_ticks.bi5 -o eurusd.csv.gz
      """)

  @Argument(help: ArgumentHelp("Files, folders, or -.", valueName: "file"))
  var files: [String]

  @OptionGroup var fileOptions: FileOptions

  @Option(help: "Bad lines allowed in a file (default: one in a hundred).")
  var maxBadLines: UInt64?

  @Flag(help: "Write no notes to standard error.")
  var quiet = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write to instead of standard output.", valueName: "file"))
  var output: String?

  func run() throws {
    let sources = try QuoteSources(files)
    if let output { try sources.refuse(output: output) }
    let reader = try QuoteReader(
      sources.paths, fileOptions.reading(badLineLimit: maxBadLines))
    reader.label(Array("CHART".utf8).withUnsafeBytes { SymbolKey.make($0) })
    let file = try OutputFile(output)
    try file.write("time_ns,bid,ask,bid_size,ask_size\n")
    var quotes = [fxaot_quote](repeating: fxaot_quote(), count: 8_192)
    while true {
      try Interrupt.check()
      let count = try next(reader, &quotes)
      if count == 0 { break }
      for quote in quotes[..<count] { try file.append { Self.append(quote, to: &$0) } }
    }
    try file.finish()
    if !quiet { (reader.formats + reader.notes).forEach(StandardError.note) }
  }

  private func next(_ reader: QuoteReader, _ quotes: inout [fxaot_quote]) throws(ToolError) -> Int {
    var result: Result<Int, ToolError> = .success(0)
    let capacity = quotes.count
    quotes.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      do throws(ToolError) {
        result = .success(try reader.next(into: base, capacity: capacity))
      } catch {
        result = .failure(error)
      }
    }
    return try result.get()
  }

  private static func append(_ quote: fxaot_quote, to bytes: inout [UInt8]) {
    NumberText.append(quote.time_ns, to: &bytes)
    for number in [quote.bid, quote.ask, quote.bid_size, quote.ask_size] {
      bytes.append(0x2C)
      bytes.append(contentsOf: plain(number).utf8)
    }
    bytes.append(0x0A)
  }

  /// The shortest decimals that read back as the same number, without an exponent.
  static func plain(_ value: Double) -> String {
    let text = PlainNumber.text(value)
    let parts = text.split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else { return text }
    let digits = parts[0].filter { $0 != "." }
    let point =
      (parts[0].firstIndex(of: ".").map { parts[0].distance(from: parts[0].startIndex, to: $0) }
        ?? digits.count) + exponent
    if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
    if point >= digits.count { return digits + String(repeating: "0", count: point - digits.count) }
    return digits.prefix(point) + "." + digits.dropFirst(point)
  }
}
