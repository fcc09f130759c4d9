import CFxaot
import Calendar

/// A table with a known layout of columns.
struct ColumnsFormat: LineFormat {
  private let layout: fxaot_layout
  private let roles: InlineArray<64, UInt8>
  private let style: NumberStyle
  private let order: DateOrder
  private let symbol: UInt64
  private let day: Int64
  private let length: Int64
  private let hasSymbols: Bool
  private let hasOnePrice: Bool
  private let hasClock: Bool
  private var zone: LocalClock
  private var carriedBid, carriedAsk: Double

  init(_ parser: fxaot_parser) {
    layout = parser.layout
    var roles = InlineArray<64, UInt8>(repeating: 0)
    var found = Set<UInt8>()
    withUnsafeBytes(of: parser.layout.roles) { bytes in
      for index in 0..<min(64, Int(parser.layout.columns)) {
        // A parser is untrusted: unknown roles are not read.
        roles[index] = bytes[index] < UInt8(FXAOT_COLUMN_KINDS) ? bytes[index] : 0
        found.insert(roles[index])
      }
    }
    self.roles = roles
    style = NumberStyle(decimal: layout.decimal, grouping: layout.grouping)
    order = DateOrder(rawValue: layout.date_order) ?? .unknown
    symbol = parser.symbol
    day = parser.day_ns
    length = parser.bar_ns > 0 ? parser.bar_ns : FileBar.minute
    hasSymbols = layout.symbol != 0 && found.contains(UInt8(FXAOT_COLUMN_SYMBOL))
    hasOnePrice = found.contains(UInt8(FXAOT_COLUMN_PRICE))
    hasClock = found.contains(UInt8(FXAOT_COLUMN_CLOCK))
    zone = LocalClock(parser)
    carriedBid = parser.carried_bid
    carriedAsk = parser.carried_ask
  }

  @inline(__always) var quotesPerLine: Int { layout.is_bars != 0 ? 4 : 1 }

  func save(_ parser: inout fxaot_parser) {
    parser.carried_bid = carriedBid
    parser.carried_ask = carriedAsk
    zone.save(&parser)
  }

  /// Why a line is bad, FXAOT_LINE_*.
  func reason(_ line: LineCursor) -> UInt8 {
    var copy = self
    let scratch = UnsafeMutableRawPointer.allocate(
      byteCount: 4 * MemoryLayout<fxaot_quote>.stride, alignment: 8)
    defer { scratch.deallocate() }
    let nothing = LineScanner(from: line.end, to: line.end, isFinal: true)
    if case .bad(let reason) = copy.read(line, following: nothing, into: scratch) { return reason }
    return UInt8(FXAOT_LINE_OTHER)
  }

  mutating func read(
    _ line: LineCursor, following: LineScanner, into out: UnsafeMutableRawPointer
  ) -> LineOutcome {
    let nothing = LineField(start: line.end, end: line.end)
    var fields = InlineArray<16, LineField>(repeating: nothing)
    guard split(line, into: &fields) else { return .bad(UInt8(FXAOT_LINE_COLUMNS)) }
    if hasSymbols, SymbolText.key(fields[Int(FXAOT_COLUMN_SYMBOL)].bytes) != layout.symbol {
      return .otherSymbol
    }
    guard let time = time(fields) else { return .bad(UInt8(FXAOT_LINE_TIME)) }
    return layout.is_bars != 0 ? readBar(time, fields, out) : readQuote(time, fields, out)
  }

  /// Finds the columns by their roles; false if their number is wrong.
  @inline(__always)
  private func split(_ line: LineCursor, into fields: inout InlineArray<16, LineField>) -> Bool {
    var line = line
    let wanted = Int(layout.columns)
    var index = 0
    var last: LineField?
    while let field = line.field(layout.delimiter, isFirst: index == 0) {
      if index < wanted, index < 64 { fields[Int(roles[index])] = field }
      last = field
      index += 1
    }
    guard line.isAtEnd, let last else { return false }
    if index == wanted { return true }
    // Tabs at the line's end were cut with the blanks; a delimiter there is one column too many.
    if index < wanted { return layout.delimiter == 0x09 && layout.carries != 0 }
    return index == wanted + 1 && last.isEmpty
  }

  @inline(__always)
  private mutating func time(_ fields: borrowing InlineArray<16, LineField>) -> Int64? {
    if layout.since_midnight != 0 {
      var cursor = fields[Int(FXAOT_COLUMN_TIME)].cursor
      guard let milliseconds = cursor.integer(), milliseconds <= 86_400_000 else { return nil }
      var nanoseconds = milliseconds &* 1_000_000
      if cursor.take(0x2E) {
        guard let part = cursor.fraction(places: 6) else { return nil }
        nanoseconds &+= part
      }
      let (time, overflow) = day.addingReportingOverflow(nanoseconds)
      return overflow || !cursor.isAtEnd ? nil : LineCursor.inRange(time)
    }
    let found =
      hasClock
      ? fields[Int(FXAOT_COLUMN_DATE)].time(clock: fields[Int(FXAOT_COLUMN_CLOCK)], order)
      : fields[Int(FXAOT_COLUMN_TIME)].time(order)
    switch found {
    case nil: return nil
    case .instant(let time): return LineCursor.inRange(time)
    case .local(let time, _): return LineCursor.inRange(zone.instant(time))
    }
  }

  /// A price, or the reason why the text is not a price.
  @inline(__always)
  private func price(_ field: LineField, _ reason: inout UInt8) -> Double {
    guard let value = field.number(style) else {
      reason =
        field.count > 1 && field.start.pointee == 0x2D
        ? UInt8(FXAOT_LINE_PRICE) : UInt8(FXAOT_LINE_NUMBER)
      return 0
    }
    if value <= 0 { reason = UInt8(FXAOT_LINE_PRICE) }
    return value
  }

  private func readBar(
    _ time: Int64, _ fields: borrowing InlineArray<16, LineField>,
    _ out: UnsafeMutableRawPointer
  ) -> LineOutcome {
    var reason: UInt8 = 0
    let open = price(fields[Int(FXAOT_COLUMN_OPEN)], &reason)
    let high = price(fields[Int(FXAOT_COLUMN_HIGH)], &reason)
    let low = price(fields[Int(FXAOT_COLUMN_LOW)], &reason)
    let close = price(fields[Int(FXAOT_COLUMN_CLOSE)], &reason)
    guard reason == 0 else { return .bad(reason) }
    guard low <= min(open, close), high >= max(open, close) else {
      return .bad(UInt8(FXAOT_LINE_BAR))
    }
    guard let volume = fields[Int(FXAOT_COLUMN_VOLUME)].volume(style) else {
      return .bad(UInt8(FXAOT_LINE_SIZE))
    }
    FileBar(time: time, open: open, high: high, low: low, close: close, volume: volume)
      .write(to: out, length: length, symbol: symbol)
    return .read
  }

  private mutating func readQuote(
    _ time: Int64, _ fields: borrowing InlineArray<16, LineField>,
    _ out: UnsafeMutableRawPointer
  ) -> LineOutcome {
    var reason: UInt8 = 0
    let bid: Double
    let ask: Double
    if hasOnePrice {
      bid = price(fields[Int(FXAOT_COLUMN_PRICE)], &reason)
      ask = bid
    } else {
      bid = side(fields[Int(FXAOT_COLUMN_BID)], carriedBid, &reason)
      ask = side(fields[Int(FXAOT_COLUMN_ASK)], carriedAsk, &reason)
    }
    if layout.carries != 0 {
      // Also from a row whose other side is still unknown.
      if bid > 0 { carriedBid = bid }
      if ask > 0 { carriedAsk = ask }
    }
    guard reason == 0 else { return .bad(reason) }
    guard let bidSize = fields[Int(FXAOT_COLUMN_BID_SIZE)].volume(style),
      let askSize = fields[Int(FXAOT_COLUMN_ASK_SIZE)].volume(style)
    else { return .bad(UInt8(FXAOT_LINE_SIZE)) }
    out.storeBytes(
      of: fxaot_quote(
        time_ns: time, symbol: symbol, bid: bid, ask: ask, bid_size: bidSize, ask_size: askSize),
      as: fxaot_quote.self)
    return .read
  }

  @inline(__always)
  private func side(_ field: LineField, _ carried: Double, _ reason: inout UInt8) -> Double {
    if layout.carries != 0, field.isEmpty, carried > 0 { return carried }
    return price(field, &reason)
  }
}
