import CFxaot

/// LEAN: `ms_since_midnight,bid,ask[,…]`; milliseconds may have a fraction.
struct LeanFormat: QuoteLineFormat {
  private let day: Int64
  private let symbol: UInt64
  private let width: RowWidth

  init(_ parser: fxaot_parser) {
    day = parser.day_ns
    symbol = parser.symbol
    width = RowWidth(parser.layout, read: 3)
  }

  @inline(__always)
  func quote(_ line: inout LineCursor) -> fxaot_quote? {
    guard let milliseconds = line.integer(), milliseconds <= 86_400_000 else { return nil }
    var nanoseconds = milliseconds &* 1_000_000
    if line.take(0x2E) {
      guard let part = line.fraction(places: 6) else { return nil }
      nanoseconds &+= part
    }
    let (time, overflow) = day.addingReportingOverflow(nanoseconds)
    guard !overflow, let time = LineCursor.inRange(time) else { return nil }
    return line.quote(at: time, symbol: symbol, width)
  }
}

/// TrueFX: `timestamp,bid,ask[,…]` with ISO 8601 times.
struct TrueFXFormat: QuoteLineFormat {
  private let symbol: UInt64
  private let width: RowWidth

  init(_ parser: fxaot_parser) {
    symbol = parser.symbol
    width = RowWidth(parser.layout, read: 3)
  }

  @inline(__always)
  func quote(_ line: inout LineCursor) -> fxaot_quote? {
    line.skipBlanks()
    guard let time = line.isoTime() else { return nil }
    return line.quote(at: time, symbol: symbol, width)
  }
}

/// HistData: `YYYYMMDD HHMMSSmmm,bid,ask[,…]` in EST. Its volume column is always 0 and not read.
struct HistDataFormat: QuoteLineFormat {
  private let symbol: UInt64
  private let width: RowWidth

  init(_ parser: fxaot_parser) {
    symbol = parser.symbol
    width = RowWidth(parser.layout, read: 3)
  }

  @inline(__always)
  func quote(_ line: inout LineCursor) -> fxaot_quote? {
    line.skipBlanks()
    guard let time = line.histDataTime() else { return nil }
    return line.quote(at: time, symbol: symbol, width)
  }
}

/// QUOTES: `time_ns,bid,ask,bid_size,ask_size[,…]`.
struct QuotesFormat: QuoteLineFormat {
  private let symbol: UInt64
  private let width: RowWidth

  init(_ parser: fxaot_parser) {
    symbol = parser.symbol
    width = RowWidth(parser.layout, read: 5)
  }

  @inline(__always)
  func quote(_ line: inout LineCursor) -> fxaot_quote? {
    guard let value = line.longInteger(), let time = LineCursor.inRange(value),
      line.comma(), let bid = line.price(), line.comma(), let ask = line.price(),
      line.comma(), let bidSize = line.decimal(), line.comma(), let askSize = line.decimal(),
      width.ends(&line)
    else { return nil }
    return fxaot_quote(
      time_ns: time, symbol: symbol, bid: bid, ask: ask, bid_size: bidSize, ask_size: askSize)
  }
}
