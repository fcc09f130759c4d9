import CFxaot

/// Checks of every row, whatever its format: the time is within the parser's bounds, and no price is more
/// than ten times its neighbours, or less than a tenth.
///
/// A price is compared with the row before. Only if it is ten times away, it is compared with the medians of
/// the eight rows before and after it. It is bad if it is away from both: a spike is, a new level is not.
/// Fewer than two neighbours decide nothing.
struct RowCheck {
  /// Rows after the current one that are compared, and the lines searched for them.
  private static let rowsAhead = 8
  private static let linesAhead = 16

  private let earliest, latest: Int64
  private var floor: Double
  private var ceiling: Double
  private var neighbours: InlineArray<8, Double>
  private var count: UInt64
  private var rows: UInt64
  private var lastTime: Int64
  private var unordered, firstUnordered: UInt64

  init(_ parser: fxaot_parser) {
    let isBounded = parser.latest_ns != 0
    earliest = isBounded ? parser.earliest_ns : .min
    latest = isBounded ? parser.latest_ns : .max
    count = parser.neighbour_count
    rows = parser.rows
    lastTime = rows == 0 ? .min : parser.last_time_ns
    unordered = parser.unordered
    firstUnordered = parser.first_unordered
    var kept = InlineArray<8, Double>(repeating: 0)
    withUnsafeBytes(of: parser.neighbours) { bytes in
      for index in 0..<8 { kept[index] = bytes.load(fromByteOffset: index * 8, as: Double.self) }
    }
    neighbours = kept
    // Nothing is plain before the first row.
    (floor, ceiling) = (.infinity, 0)
    if count > 0 { level(kept[Int((count &- 1) & 7)]) }
  }

  func save(_ parser: inout fxaot_parser) {
    parser.neighbour_count = count
    parser.rows = rows
    parser.last_time_ns = lastTime
    parser.unordered = unordered
    parser.first_unordered = firstUnordered
    withUnsafeMutableBytes(of: &parser.neighbours) { bytes in
      for index in 0..<8 {
        bytes.storeBytes(of: neighbours[index], toByteOffset: index * 8, as: Double.self)
      }
    }
  }

  @inline(__always) private mutating func level(_ price: Double) {
    floor = price * 0.1
    ceiling = price * 10
  }

  /// Whether the row's quotes at `place` need no second look.
  @inline(__always)
  func isPlain(_ place: UnsafeMutableRawPointer, _ quotes: Int) -> Bool {
    let range = RowCheck.range(place, quotes)
    let time = place.loadUnaligned(as: Int64.self)
    return range.low >= floor && range.high <= ceiling && time >= earliest && time <= latest
  }

  @inline(__always)
  private static func range(
    _ place: UnsafeMutableRawPointer, _ quotes: Int
  ) -> (low: Double, high: Double) {
    if quotes == 1 {
      let bid = price(place, 0, 16)
      let ask = price(place, 0, 24)
      return bid < ask ? (bid, ask) : (ask, bid)
    }
    let first = price(place, 1, 16)
    let second = price(place, 2, 16)
    return first < second ? (first, second) : (second, first)
  }

  @inline(__always)
  private static func price(
    _ place: UnsafeMutableRawPointer, _ quote: Int, _ offset: Int
  ) -> Double {
    (place + quote * MemoryLayout<fxaot_quote>.stride + offset).loadUnaligned(as: Double.self)
  }

  /// A good row: the next ones are compared with it.
  @inline(__always)
  mutating func take(_ place: UnsafeMutableRawPointer, line: UInt64) {
    let price = RowCheck.price(place, 0, 16)
    neighbours[Int(count & 7)] = price
    count &+= 1
    level(price)
    rows &+= 1
    let time = place.loadUnaligned(as: Int64.self)
    if time < lastTime {
      if unordered == 0 { firstUnordered = line }
      unordered &+= 1
    }
    lastTime = time
  }

  /// The second look, with the rows that follow.
  @inline(never)
  func judge(
    _ place: UnsafeMutableRawPointer, _ format: some LineFormat, following: LineScanner
  ) -> LineOutcome {
    let time = place.loadUnaligned(as: Int64.self)
    guard time >= earliest, time <= latest else { return .bad(UInt8(FXAOT_LINE_RANGE)) }
    let (low, high) = RowCheck.range(place, format.quotesPerLine)
    guard let after = RowCheck.pricesAhead(format, following, bounds: earliest...latest) else {
      return .undecided
    }
    let before = (0..<Int(min(count, 8))).map { neighbours[$0] }
    guard before.count + after.count >= 2 else { return .read }
    // At the very beginning only the nearest rows count, because a new level may begin soon.
    let next = before.isEmpty ? Array(after.prefix(3)) : after
    func isAway(_ prices: [Double]) -> Bool {
      guard !prices.isEmpty else { return true }
      let sorted = prices.sorted()
      let middle = sorted[sorted.count / 2]
      return high > 10 * middle || low < middle / 10
    }
    return isAway(before) && isAway(next) ? .bad(UInt8(FXAOT_LINE_LEVEL)) : .read
  }

  /// Prices of the next rows; nil while their text is missing.
  private static func pricesAhead(
    _ format: some LineFormat, _ following: LineScanner, bounds: ClosedRange<Int64>
  ) -> [Double]? {
    var format = format
    var following = following
    var prices: [Double] = []
    let size = 4 * MemoryLayout<fxaot_quote>.stride
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 8)
    defer { scratch.deallocate() }
    for _ in 0..<linesAhead where prices.count < rowsAhead {
      guard let line = following.line() else {
        if following.isFinal { break }
        return nil
      }
      if case .read = format.read(line, following: following, into: scratch),
        bounds.contains(scratch.loadUnaligned(as: Int64.self))
      {
        prices.append(price(scratch, 0, 16))
      }
    }
    return prices
  }
}
