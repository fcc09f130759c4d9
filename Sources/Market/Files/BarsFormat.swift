import CFxaot
import Calendar

/// BARS: `timestamp,open,high,low,close[,volume][,…]`, the time in ISO 8601 or as milliseconds.
///
/// A bar becomes four quotes with bid = ask, in the order open, the nearer of high and low, the
/// other one, close, at 0, ¼, ½ and ¾ of the bar's length. Each side of each quote has an eighth
/// of the volume, so that bars built from the quotes have the file's volume again, to the bit.
/// A bar whose open or close lies outside low … high is a bad line.
struct BarsFormat: LineFormat {
  @inline(__always) var quotesPerLine: Int { 4 }

  private let symbol: UInt64
  private var length: Int64
  private let columns: Int

  init(_ parser: fxaot_parser) {
    symbol = parser.symbol
    length = parser.bar_ns
    columns = Int(parser.layout.columns)
  }

  func save(_ parser: inout fxaot_parser) { parser.bar_ns = length }

  mutating func read(
    _ line: LineCursor, following: LineScanner, into out: UnsafeMutableRawPointer
  ) -> LineOutcome {
    guard let bar = FileBar(line, columns: columns) else { return .bad(UInt8(FXAOT_LINE_OTHER)) }
    if length <= 0 {
      guard let step = step(from: bar, following) else { return .undecided }
      length = step
    }
    bar.write(to: out, length: length, symbol: symbol)
    return .read
  }

  /// The most frequent step from `bar` over the next lines; of equally frequent ones the shortest, because a
  /// longer one may be a gap; a minute without a step. nil while those lines are missing, so the result does
  /// not depend on how the text is cut.
  private func step(from bar: FileBar, _ following: LineScanner) -> Int64? {
    var following = following
    var last = bar.time
    var counts: [Int64: Int] = [:]
    for _ in 0..<Self.stepLines {
      guard let line = following.line() else {
        if following.isFinal { break }
        return nil
      }
      guard let next = FileBar(line, columns: columns) else { continue }
      if next.time > last { counts[next.time - last, default: 0] += 1 }
      last = next.time
    }
    return counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key ?? FileBar.minute
  }

  private static var stepLines: Int { 16 }
}

/// A line of a bar file.
struct FileBar {
  static let minute: Int64 = 60 * CivilMoment.nanosecondsPerSecond

  let time: Int64
  let open, high, low, close: Double
  let volume: Double

  init(time: Int64, open: Double, high: Double, low: Double, close: Double, volume: Double) {
    self.time = time
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    self.volume = volume
  }

  /// `timestamp,open,high,low,close[,volume]`; `columns` is how many a row has, 0 for any number.
  init?(_ line: LineCursor, columns: Int) {
    var line = line
    line.skipBlanks()
    guard let time = FileBar.time(&line), line.comma(), let open = line.price(), line.comma(),
      let high = line.price(), line.comma(), let low = line.price(), line.comma(),
      let close = line.price(), line.fieldEnd(),
      low <= min(open, close), high >= max(open, close)
    else { return nil }
    var volume = 0.0
    if line.isAtEnd {
      guard columns <= 5 else { return nil }
    } else {
      guard columns != 5, let value = line.decimal(), line.fieldEnd(),
        columns == 0 || line.isAtEnd
      else { return nil }
      volume = value
    }
    self.init(time: time, open: open, high: high, low: low, close: close, volume: volume)
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

  /// The bar's four quotes, from its start on to ¾ of its length.
  @inline(__always)
  func write(to out: UnsafeMutableRawPointer, length: Int64, symbol: UInt64) {
    let highFirst = high - open < open - low
    write(to: out, 0, open, length, symbol)
    write(to: out, 1, highFirst ? high : low, length, symbol)
    write(to: out, 2, highFirst ? low : high, length, symbol)
    write(to: out, 3, close, length, symbol)
  }

  @inline(__always)
  private func write(
    to out: UnsafeMutableRawPointer, _ quarter: Int, _ price: Double, _ length: Int64,
    _ symbol: UInt64
  ) {
    let last = FXAOT_MAX_TIME_NS
    // A bar at the very end of time keeps its quotes inside it.
    let (time, overflow) = time.addingReportingOverflow(length / 4 &* Int64(quarter))
    let quote = fxaot_quote(
      time_ns: overflow ? last : min(time, last), symbol: symbol,
      bid: price, ask: price, bid_size: volume / 8, ask_size: volume / 8)
    out.storeBytes(
      of: quote, toByteOffset: quarter * MemoryLayout<fxaot_quote>.stride, as: fxaot_quote.self)
  }
}
