import CFxaot

/// BARS: `timestamp,open,high,low,close[,volume][,…]`, the time in ISO 8601 or as milliseconds.
///
/// A bar becomes four quotes with bid = ask, in the order open, the nearer of high and low, the
/// other one, close, at 0, ¼, ½ and ¾ of the bar's length. Each side of each quote has an eighth
/// of the volume, so that bars built from the quotes have the file's volume again, to the bit.
/// A bar whose open or close lies outside low … high is a bad line.
struct BarsFormat: LineFormat {
  static var quotesPerLine: Int { 4 }
  private static let minute: Int64 = 60 * CivilTime.nanosecondsPerSecond

  private let symbol: UInt64
  private var length: Int64

  init(_ parser: fxaot_parser) {
    symbol = parser.symbol
    length = parser.bar_ns
  }

  func save(_ parser: inout fxaot_parser) { parser.bar_ns = length }

  mutating func read(
    _ line: LineCursor, following: LineScanner, into out: UnsafeMutableRawPointer
  ) -> LineOutcome {
    guard let bar = FileBar(line) else { return .bad }
    if length <= 0 {
      guard let step = BarsFormat.step(from: bar, following) else { return .undecided }
      length = step
    }
    let highFirst = bar.high - bar.open < bar.open - bar.low
    write(bar, quarter: 0, price: bar.open, to: out)
    write(bar, quarter: 1, price: highFirst ? bar.high : bar.low, to: out)
    write(bar, quarter: 2, price: highFirst ? bar.low : bar.high, to: out)
    write(bar, quarter: 3, price: bar.close, to: out)
    return .read
  }

  private func write(
    _ bar: FileBar, quarter: Int, price: Double, to out: UnsafeMutableRawPointer
  ) {
    let last = FXAOT_MAX_TIME_NS
    // A bar at the very end of time keeps its quotes inside it.
    let (time, overflow) = bar.time.addingReportingOverflow(length / 4 &* Int64(quarter))
    let quote = fxaot_quote(
      time_ns: overflow ? last : min(time, last), symbol: symbol,
      bid: price, ask: price, bid_size: bar.volume / 8, ask_size: bar.volume / 8)
    out.storeBytes(
      of: quote, toByteOffset: quarter * MemoryLayout<fxaot_quote>.stride, as: fxaot_quote.self)
  }

  /// The time from `bar` to the bar on the very next line, nil while that line is not there yet.
  /// Only the next line counts, so that the answer does not depend on how the text is cut.
  private static func step(from bar: FileBar, _ following: LineScanner) -> Int64? {
    var following = following
    guard let line = following.line() else { return following.isFinal ? minute : nil }
    guard let next = FileBar(line), next.time > bar.time else { return minute }
    return next.time - bar.time
  }
}

/// A line of a bar file.
struct FileBar {
  let time: Int64
  let open, high, low, close: Double
  let volume: Double

  init?(_ line: LineCursor) {
    var line = line
    line.skipBlanks()
    guard let time = FileBar.time(&line), line.comma(), let open = line.price(), line.comma(),
      let high = line.price(), line.comma(), let low = line.price(), line.comma(),
      let close = line.price(), line.fieldEnd(),
      low <= min(open, close), high >= max(open, close)
    else { return nil }
    self.time = time
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    guard !line.isAtEnd else {
      volume = 0
      return
    }
    guard let volume = line.decimal(), line.fieldEnd() else { return nil }
    self.volume = volume
  }

  private static func time(_ line: inout LineCursor) -> Int64? {
    let start = line
    if let time = line.isoTime() { return time }
    line = start
    guard let milliseconds = line.integer(),
      milliseconds <= FXAOT_MAX_TIME_NS / 1_000_000
    else { return nil }
    return milliseconds * 1_000_000
  }
}
