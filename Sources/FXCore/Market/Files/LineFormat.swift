import CFxaot

/// What became of one line.
enum LineOutcome {
  case read
  case bad
  /// Nothing can be said before more of the text is there.
  case undecided
}

/// How the lines of one file format become quotes.
protocol LineFormat {
  /// Quotes that a good line makes.
  static var quotesPerLine: Int { get }
  init(_ parser: fxaot_parser)
  /// Reads a line without its blanks at the end; `following` is the text after it. Writes
  /// `quotesPerLine` quotes to `out`, at any alignment, and only when the outcome is `.read`.
  mutating func read(
    _ line: LineCursor, following: LineScanner, into out: UnsafeMutableRawPointer
  ) -> LineOutcome
  /// Keeps in the parser what later pieces of the text need.
  func save(_ parser: inout fxaot_parser)
}

/// A format of one quote a line, without memory from line to line.
protocol QuoteLineFormat: LineFormat {
  func quote(_ line: inout LineCursor) -> fxaot_quote?
}

extension QuoteLineFormat {
  static var quotesPerLine: Int { 1 }
  func save(_ parser: inout fxaot_parser) {}

  @inline(__always)
  mutating func read(
    _ line: LineCursor, following: LineScanner, into out: UnsafeMutableRawPointer
  ) -> LineOutcome {
    var line = line
    guard let quote = quote(&line) else { return .bad }
    out.storeBytes(of: quote, as: fxaot_quote.self)
    return .read
  }
}

extension LineCursor {
  /// `,bid,ask` and then the end of the line or columns that are not read.
  @inline(__always)
  mutating func quote(at time: Int64, symbol: UInt64) -> fxaot_quote? {
    guard comma(), let bid = price(), comma(), let ask = price(), fieldEnd() else { return nil }
    return fxaot_quote(
      time_ns: time, symbol: symbol, bid: bid, ask: ask, bid_size: 0, ask_size: 0)
  }
}
