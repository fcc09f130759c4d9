import CFxaot

/// What became of one line.
enum LineOutcome {
  case read
  /// With the reason, FXAOT_LINE_*.
  case bad(UInt8)
  /// A row of a symbol that is not asked for.
  case otherSymbol
  /// Needs more of the text.
  case undecided
}

/// How the lines of one file format become quotes.
protocol LineFormat {
  /// Quotes that a good line makes.
  var quotesPerLine: Int { get }
  init(_ parser: fxaot_parser)
  /// Reads a line without its blanks at the end; `following` is the text after it. Writes
  /// `quotesPerLine` quotes to `out`, at any alignment, and only when the outcome is `.read`.
  mutating func read(
    _ line: LineCursor, following: LineScanner, into out: UnsafeMutableRawPointer
  ) -> LineOutcome
  /// Keeps the values that later pieces of the text need in the parser.
  func save(_ parser: inout fxaot_parser)
}

/// A format of one quote a line, without memory from line to line.
protocol QuoteLineFormat: LineFormat {
  func quote(_ line: inout LineCursor) -> fxaot_quote?
}

extension QuoteLineFormat {
  @inline(__always) var quotesPerLine: Int { 1 }
  func save(_ parser: inout fxaot_parser) {}

  @inline(__always)
  mutating func read(
    _ line: LineCursor, following: LineScanner, into out: UnsafeMutableRawPointer
  ) -> LineOutcome {
    var line = line
    guard let quote = quote(&line) else { return .bad(UInt8(FXAOT_LINE_OTHER)) }
    out.storeBytes(of: quote, as: fxaot_quote.self)
    return .read
  }
}

/// How many columns a row has, in formats whose first columns are always the same.
struct RowWidth {
  /// Columns after those that are read; nil if the layout does not say.
  private let more: Int?

  init(_ layout: fxaot_layout, read: Int) {
    more = layout.columns == 0 ? nil : Int(layout.columns) - read
  }

  /// Whether the line ends here. One further blank column is allowed.
  @inline(__always)
  func ends(_ line: inout LineCursor) -> Bool {
    guard let more else { return line.fieldEnd() }
    if line.isAtEnd { return more == 0 }
    return line.columnsLeft(more)
  }
}

extension LineCursor {
  /// `,bid,ask` and then the end of the line or columns that are not read.
  @inline(__always)
  mutating func quote(at time: Int64, symbol: UInt64, _ width: RowWidth) -> fxaot_quote? {
    guard comma(), let bid = price(), comma(), let ask = price(), width.ends(&self) else {
      return nil
    }
    return fxaot_quote(
      time_ns: time, symbol: symbol, bid: bid, ask: ask, bid_size: 0, ask_size: 0)
  }

  /// Whether exactly `count` columns follow, or one more that is blank.
  @inline(never)
  mutating func columnsLeft(_ count: Int) -> Bool {
    skipBlanks()
    var found = 0
    var lastStart = at
    while at < end {
      if at.pointee == 0x2C {
        found += 1
        lastStart = at + 1
      } else if found == 0 {
        return false
      }
      at += 1
    }
    if found == count { return true }
    return found == count + 1 && lastStart == end
  }
}
