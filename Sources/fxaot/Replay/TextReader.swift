import CFxaot
import FXCore
import Market

/// The rows of one text in its own order, in bounded memory.
final class TextReader {
  /// Bytes that are in memory at a time; more only for a longer line.
  private static let window = 1 << 20
  private static let longestLine = 16 << 20

  let name: String
  let format: TextFormat
  private let text: TextQueue.Text
  private let options: QuoteReader.Options
  private(set) var parser: fxaot_parser
  private var buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: TextReader.window, alignment: 16)
  /// Read and not yet parsed.
  private var unread = 0..<0
  private var isAtEnd = false

  /// `symbol` is the key that the quotes get.
  init(
    _ surveyed: SurveyedText, symbol: UInt64, _ options: QuoteReader.Options,
    onRead: @escaping (Int) -> Void
  ) throws(ToolError) {
    name = surveyed.entry.name
    format = surveyed.format
    self.options = options
    parser = format.parser(symbol: symbol)
    parser.day_ns = surveyed.day
    parser.bad_line_limit = options.badLineLimit ?? .max
    parser.earliest_ns = FXAOT_MIN_TIME_NS
    parser.latest_ns = TextReader.latest
    if let symbol = options.symbol, format.layout.symbol != 0 {
      parser.layout.symbol = SymbolText.key(symbol.utf8)
    }
    if let head = surveyed.open {
      text = head.text
      if head.bytes.count > buffer.count {
        buffer.deallocate()
        buffer = .allocate(byteCount: head.bytes.count * 2, alignment: 16)
      }
      buffer.copyBytes(from: head.bytes)
      unread = 0..<head.bytes.count
    } else {
      text = try TextQueue.open(surveyed.entry, onRead: onRead)
    }
  }

  deinit { buffer.deallocate() }

  /// Two years after the system's clock: no quote is of then.
  private static var latest: Int64 {
    let now = Int64(clamping: time(nil))
    return min(now + 2 * 366 * 86_400, FXAOT_MAX_TIME_NS / 1_000_000_000) * 1_000_000_000
  }

  /// Writes up to `capacity` (4 or more) quotes to `out`; 0 after the last one.
  func next(into out: UnsafeMutableRawPointer, capacity: Int) throws(ToolError) -> Int {
    while true {
      try fill()
      let status = QuoteParser.parse(
        &parser, UnsafeRawBufferPointer(rebasing: buffer[unread]), into: out, capacity: capacity)
      unread = unread.lowerBound + Int(parser.consumed)..<unread.upperBound
      if status.rawValue != FXAOT_OK.rawValue { throw failure(status) }
      if parser.written > 0 { return Int(parser.written) }
      if isAtEnd, unread.isEmpty || parser.consumed == 0 { return 0 }
      if parser.consumed == 0 { try makeRoom() }
    }
  }

  /// Moves the unread rest to the front of the buffer and reads until that is full or all is read.
  private func fill() throws(ToolError) {
    guard !isAtEnd, unread.count < buffer.count / 2 else { return }
    if unread.lowerBound > 0 {
      // copyMemory allows the two to overlap.
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[unread]))
      unread = 0..<unread.count
    }
    while unread.upperBound < buffer.count {
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer[unread.upperBound...])
      let count = try text.reader.read(into: room)
      if count == 0 {
        isAtEnd = true
        parser.final = 1
        return
      }
      unread = 0..<unread.upperBound + count
    }
  }

  /// The window holds no whole line: takes a larger one.
  private func makeRoom() throws(ToolError) {
    guard buffer.count < TextReader.longestLine else {
      // Lines before it may wait for what follows them.
      let waiting = UInt64(buffer[unread].count { $0 == 0x0A })
      throw .failed("line \(parser.lines + waiting + 1) of \(name) is longer than 16 MiB")
    }
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(buffer.count * 4, TextReader.longestLine), alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[unread]))
    buffer.deallocate()
    buffer = larger
    unread = 0..<unread.count
    try fill()
  }
}

// Facts about a text after its end.
extension TextReader {
  var badLines: UInt64 { parser.bad_lines }
  var rows: UInt64 { parser.rows }

  /// "line 5 of a.csv", where a row was first older than the one before.
  var firstUnordered: String? {
    parser.unordered > 0 ? "line \(parser.first_unordered) of \(name)" : nil
  }

  /// One sentence where lines were skipped.
  var notes: [String] {
    var notes: [String] = []
    if badLines > 0 {
      let count = badLines == 1 ? "1 bad line" : "\(badLines) bad lines"
      notes.append("\(name): \(count) skipped: \(shownLines)")
    }
    if parser.other_symbols > 0 {
      notes.append("\(name): \(parser.other_symbols) rows of other symbols skipped")
    }
    return notes
  }

  /// An error for a text without a good row, with more bad lines than it may have, or with rows
  /// of several symbols of which none was chosen.
  func checkEnd() throws(ToolError) {
    if parser.other_symbols > 0 {
      guard options.symbol != nil else {
        throw .failed(
          "\(name) has rows of several symbols (\(format.symbol ?? ""), and another at line "
            + "\(parser.first_other_symbol)): choose one with --symbol")
      }
      guard rows > 0 else {
        throw .failed(
          "\(name) has no row of \(options.symbol ?? ""): its first row is of "
            + "\(format.symbol ?? "")")
      }
    }
    guard badLines > 0 else {
      if rows == 0 { throw .failed("\(name) has no rows: \(format.sentence)") }
      return
    }
    if rows == 0 { throw .failed("\(name): every line is bad: \(shownLines); \(format.sentence)") }
    guard options.badLineLimit == nil, badLines * 100 > rows + badLines else { return }
    throw .failed(
      "\(name): \(badLines) of \(rows + badLines) lines are bad, more than one in a hundred: "
        + "\(shownLines); --max-bad-lines allows more")
  }

  private func failure(_ status: fxaot_status) -> ToolError {
    guard status.rawValue == FXAOT_TOO_MANY_BAD_LINES.rawValue else {
      return .failed("\(name) cannot be parsed (status \(status.rawValue))")
    }
    let limit = parser.bad_line_limit
    return .failed(
      "\(name) has more than \(limit) bad line\(limit == 1 ? "" : "s"): \(shownLines); "
        + "see --max-bad-lines")
  }

  /// The first bad lines: number, reason, text.
  private var shownLines: String {
    let kept = Int(min(badLines, UInt64(FXAOT_BAD_TEXTS_KEPT)))
    let room = Int(FXAOT_BAD_TEXT_BYTES)
    var parser = parser
    let shown = (0..<kept).map { index in
      let number = withUnsafeBytes(of: &parser.bad_line_numbers) {
        $0.load(fromByteOffset: index * 8, as: UInt64.self)
      }
      let reason = withUnsafeBytes(of: &parser.bad_reasons) { $0[index] }
      let text = withUnsafeBytes(of: &parser.bad_texts) { bytes in
        String(
          decoding: bytes[index * room..<(index + 1) * room].prefix { $0 != 0 }, as: UTF8.self)
      }
      return "line \(number) (\(BadLine.words(reason))): \(BadLine.printable(text))"
    }
    return shown.joined(separator: "; ") + (badLines > UInt64(kept) ? " …" : "")
  }
}

/// Words for what is wrong with a line.
enum BadLine {
  static func words(_ reason: UInt8) -> String {
    switch Int(reason) {
    case FXAOT_LINE_COLUMNS: "fewer or more columns than the other lines"
    case FXAOT_LINE_TIME: "no time"
    case FXAOT_LINE_RANGE: "a time before 1990 or years from now"
    case FXAOT_LINE_NUMBER: "a price is not a number"
    case FXAOT_LINE_PRICE: "a price is not above 0"
    case FXAOT_LINE_LEVEL: "a price ten times its neighbours, or a tenth"
    case FXAOT_LINE_BAR: "open or close is outside low to high"
    case FXAOT_LINE_SIZE: "a volume is not a number from 0 up"
    default: "not in the format"
    }
  }

  /// Without control characters.
  static func printable(_ text: String) -> String {
    String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
  }
}
