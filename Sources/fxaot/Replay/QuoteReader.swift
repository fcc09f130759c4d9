import CFxaot
import FXCore

/// Quotes of all sources as packed records, in bounded memory.
final class QuoteReader {
  /// Bytes of one text that are in memory at a time; more only for a longer line.
  private static let window = 1 << 20
  private static let longestLine = 16 << 20

  private var queue: TextQueue
  private let symbol: UInt64
  private let badLineLimit: UInt64
  private var text: TextQueue.Text?
  private var parser = fxaot_parser()
  private var buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: QuoteReader.window, alignment: 16)
  /// What is read and not yet parsed.
  private var unread = 0..<0
  private var isAtEnd = false

  /// The format of the text that is being read, FXAOT_FORMAT_*.
  var format: UInt32 { parser.format }
  private(set) var texts = 0
  private(set) var badLines: UInt64 = 0
  /// One sentence for each text with bad lines.
  private(set) var notes: [String] = []

  init(_ queue: TextQueue, symbol: UInt64, badLineLimit: UInt64) {
    self.queue = queue
    self.symbol = symbol
    self.badLineLimit = badLineLimit
  }

  deinit { buffer.deallocate() }

  /// Writes up to `capacity` (4 or more) quotes to `out`; 0 after the last one.
  func next(into out: UnsafeMutableRawPointer, capacity: Int) throws(ToolError) -> Int {
    while true {
      guard let text else {
        guard try begin() else { return 0 }
        continue
      }
      try fill(from: text)
      let status = QuoteParser.parse(
        &parser, UnsafeRawBufferPointer(rebasing: buffer[unread]), into: out, capacity: capacity)
      unread = unread.lowerBound + Int(parser.consumed)..<unread.upperBound
      if status.rawValue != FXAOT_OK.rawValue { throw failure(status, text) }
      if isAtEnd, unread.isEmpty { finish(text) }
      if parser.written > 0 { return Int(parser.written) }
      if parser.consumed == 0, !isAtEnd { try makeRoom(text) }
    }
  }

  /// Opens the next text and finds out its format.
  private func begin() throws(ToolError) -> Bool {
    guard let text = try queue.next() else { return false }
    self.text = text
    texts += 1
    unread = 0..<0
    isAtEnd = false
    parser = fxaot_parser()
    parser.symbol = symbol
    parser.bad_line_limit = badLineLimit
    try fill(from: text)
    guard !unread.isEmpty else { throw .failed("\(text.name) is empty") }
    parser.format = QuoteParser.detectFormat(UnsafeRawBufferPointer(rebasing: buffer[unread]))
    if parser.format == UInt32(FXAOT_FORMAT_UNKNOWN) {
      throw .failed(
        "\(text.name) holds no quotes in a format that fxaot knows "
          + "(LEAN, TrueFX, HistData, bars, or what `fxaot simulate` writes)")
    }
    if parser.format == UInt32(FXAOT_FORMAT_LEAN) { parser.day_ns = try day(of: text) }
    return true
  }

  private func day(of text: TextQueue.Text) throws(ToolError) -> Int64 {
    for name in text.dayNames {
      let last = name.split(separator: "/").last ?? ""
      if let day = CivilTime.midnight(inName: last.utf8) { return day }
    }
    throw .failed(
      "\(text.name) has times in milliseconds since midnight, so its name must hold the day "
        + "as YYYYMMDD, as in 20140501_eurusd.csv")
  }

  /// Moves the unread rest to the front of the buffer and reads until that is full or all is read.
  private func fill(from text: TextQueue.Text) throws(ToolError) {
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
  private func makeRoom(_ text: TextQueue.Text) throws(ToolError) {
    guard buffer.count < QuoteReader.longestLine else {
      throw .failed("line \(parser.lines + 1) of \(text.name) is longer than 16 MiB")
    }
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: buffer.count * 4, alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[unread]))
    buffer.deallocate()
    buffer = larger
    unread = 0..<unread.count
    try fill(from: text)
  }

  private func finish(_ text: TextQueue.Text) {
    self.text = nil
    guard parser.bad_lines > 0 else { return }
    badLines += parser.bad_lines
    let count = parser.bad_lines == 1 ? "1 bad line" : "\(parser.bad_lines) bad lines"
    notes.append("\(text.name): \(count) skipped (\(lineNumbers))")
  }

  private func failure(_ status: fxaot_status, _ text: TextQueue.Text) -> ToolError {
    guard status.rawValue == FXAOT_TOO_MANY_BAD_LINES.rawValue else {
      return .failed("\(text.name) cannot be parsed (status \(status.rawValue))")
    }
    return .failed(
      "\(text.name) has more than \(badLineLimit) bad lines (\(lineNumbers)); "
        + "see --max-bad-lines")
  }

  private var lineNumbers: String {
    let kept = Int(min(parser.bad_lines, UInt64(FXAOT_BAD_LINES_KEPT)))
    let numbers = withUnsafeBytes(of: parser.bad_line_numbers) { bytes in
      (0..<kept).map { String(bytes.load(fromByteOffset: $0 * 8, as: UInt64.self)) }
    }
    let more = parser.bad_lines > UInt64(kept) ? " …" : ""
    return "line \(numbers.joined(separator: ", "))\(more)"
  }
}
