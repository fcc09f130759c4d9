import CFxaot

// Finds the roles of columns from their values, where no header names them.
// Longer than a file should be: the rules share the sample and run in order.
extension TextSniffer {
  private static let bars = [
    FXAOT_COLUMN_OPEN, FXAOT_COLUMN_HIGH, FXAOT_COLUMN_LOW, FXAOT_COLUMN_CLOSE,
  ]

  mutating func findByContents() throws(TextRefusal) {
    try refuseNames()
    let width = TextSample.width(sample.rows.filter { $0.fields.count > 1 })
    guard width <= Int(FXAOT_COLUMNS_MAX) else {
      throw TextRefusal("it has more than \(FXAOT_COLUMNS_MAX) columns")
    }
    guard width > 1 else { throw unknown }
    let all = sample.rows.filter { $0.fields.count == width }
    rows = all
    try dropRowsOfWords()
    let isOpenEnded = width > 1 && rows.allSatisfy { $0.fields[width - 1].isEmpty }
    roles = [Int](repeating: FXAOT_COLUMN_OTHER, count: isOpenEnded ? width - 1 : width)
    guard !rows.isEmpty, let prices = findTimeColumns() else { throw unknown }
    style = TextSniffer.style(of: Array(prices).flatMap { fields($0) }, sample.delimiter) ?? style
    if takeBars(prices) || takeQuotes(prices) || takeOnePrice(prices) { return }
    throw unknown
  }

  private var unknown: TextRefusal {
    let row = rows.first ?? sample.rows.first
    return TextRefusal(
      "it has no header with open, high, low and close, or bid and ask, and its columns "
        + "match no known format; line \(row?.number ?? 1): \(row?.line.shown ?? "")")
  }

  /// A line with names that is not a header, such as a damaged one: it names the columns, but
  /// cannot be read.
  private func refuseNames() throws(TextRefusal) {
    for row in sample.rows.prefix(TextSniffer.headerLines) {
      guard row.fields.count(where: { ColumnNames.meaning(of: $0) != nil }) >= 2 else { continue }
      throw TextRefusal(
        "line \(row.number) names columns, but not open, high, low and close, nor bid and ask: "
          + row.line.shown)
    }
  }

  /// Drops a header of unknown words. A header that names only some columns is refused, not dropped: its names
  /// would be lost.
  private mutating func dropRowsOfWords() throws(TextRefusal) {
    guard let first = rows.first, rows.count > 1,
      !first.fields.contains(where: { $0.bytes.contains { $0 &- 0x30 < 10 } })
    else { return }
    if first.fields.contains(where: { ColumnNames.meaning(of: $0) != nil }) {
      throw TextRefusal(
        "its header names neither open, high, low and close nor bid and ask: \(first.line.shown)")
    }
    rows.removeFirst()
    format.layout.header_lines = UInt32(first.number)
  }

  /// Sets the roles of time and symbol and returns the columns after them.
  private mutating func findTimeColumns() -> Range<Int>? {
    var column = 0
    if fields(0).allSatisfy(\.isWord), roles.count > 1 {
      roles[0] = FXAOT_COLUMN_SYMBOL
      column = 1
    }
    if isSinceMidnight(column) {
      roles[column] = FXAOT_COLUMN_TIME
      format.layout.since_midnight = 1
      return column + 1..<roles.count
    }
    let times = fields(column)
    guard share(times, { $0.time(.dayFirst) != nil || $0.time(.monthFirst) != nil }) else {
      return nil
    }
    roles[column] = FXAOT_COLUMN_TIME
    let isDay = share(times) { $0.day(.dayFirst) != nil || $0.day(.monthFirst) != nil }
    let next = column + 1
    if isDay, next < roles.count,
      share(fields(next), { $0.isClock && ($0.bytes.contains(0x3A) || $0.count >= 6) })
    {
      roles[column] = FXAOT_COLUMN_DATE
      roles[next] = FXAOT_COLUMN_CLOCK
      return next + 1..<roles.count
    }
    return next..<roles.count
  }

  /// Nine of ten fields.
  private func share(_ fields: [LineField], _ test: (LineField) -> Bool) -> Bool {
    !fields.isEmpty && fields.count(where: test) * 10 >= fields.count * 9
  }

  /// LEAN: numbers up to a day of milliseconds that are not all dates.
  private func isSinceMidnight(_ column: Int) -> Bool {
    let times = fields(column)
    let isSmall = share(times) { field in
      var cursor = field.cursor
      guard let value = cursor.integer(), value <= 86_400_000 else { return false }
      if cursor.take(0x2E), cursor.fraction(places: 6) == nil { return false }
      return cursor.isAtEnd
    }
    return isSmall && !times.allSatisfy { $0.day(.unknown) != nil }
  }

  private func numbers(_ columns: Range<Int>) -> [[Double]] {
    rows.compactMap { row in
      let values = row.fields[columns].map { $0.number(style) ?? .nan }
      return values.contains(where: \.isNaN) ? nil : values
    }
  }

  private mutating func takeBars(_ columns: Range<Int>) -> Bool {
    guard columns.count >= 4 else { return false }
    let four = columns.lowerBound..<columns.lowerBound + 4
    let values = numbers(four)
    guard values.count * 10 >= rows.count * 9, isOneScale(values), !areQuotesAndSizes(four),
      var places = TextSniffer.barPlaces(values)
    else { return false }
    // Newest first, each bar goes on from the one below it.
    let inTime = isNewestFirst ? values.reversed() : values
    if let swapped = TextSniffer.continuity(inTime, places), swapped {
      places.swapAt(0, 3)
      format.notes.append("close comes before open: each bar continues from that price")
    }
    for (role, place) in zip(TextSniffer.bars, places) { roles[four.lowerBound + place] = role }
    if format.layout.since_midnight != 0, columns.count == 10 {
      format.notes.append("bid bars; the ask's columns are not read")
    } else if columns.count > 4, !isPriceColumn(four.upperBound, beside: four.lowerBound) {
      roles[four.upperBound] = FXAOT_COLUMN_VOLUME
    }
    return true
  }

  /// Numbers with decimals that all lie near the prices: an adjusted close, no volume.
  private func isPriceColumn(_ column: Int, beside price: Int) -> Bool {
    rows.allSatisfy { row in
      guard let value = row.fields[column].number(style), row.fields[column].bytes.contains(style.decimal),
        let near = row.fields[price].number(style)
      else { return false }
      return abs(value - near) <= 0.1 * near
    }
  }

  /// Whether the first row is later than the last one.
  private var isNewestFirst: Bool {
    guard let first = rows.first, let last = rows.last,
      let place = column(FXAOT_COLUMN_TIME) ?? column(FXAOT_COLUMN_DATE)
    else { return false }
    let clock = column(FXAOT_COLUMN_CLOCK)
    func time(_ row: TextSample.Row) -> Int64? {
      if format.layout.since_midnight != 0 {
        var cursor = row.fields[place].cursor
        return cursor.integer()
      }
      // Any order of day and month shows the direction if it reads both rows.
      for order in [DateOrder.dayFirst, .monthFirst] {
        let found =
          clock.map { row.fields[place].time(clock: row.fields[$0], order) }
          ?? row.fields[place].time(order)
        switch found {
        case .instant(let time), .local(let time, _): return time
        case nil: continue
        }
      }
      return nil
    }
    guard let start = time(first), let end = time(last) else { return false }
    return start > end
  }

  /// Prices of one bar lie near each other: sizes do not.
  private func isOneScale(_ values: [[Double]]) -> Bool {
    let near = values.count { row in
      guard let low = row.min(), let high = row.max() else { return false }
      return low > 0 && high <= low * 2
    }
    return near * 10 >= values.count * 9
  }

  /// Places of open, high, low and close; the usual order if it fits nine of ten rows.
  private static func barPlaces(_ values: [[Double]]) -> [Int]? {
    func fits(_ high: Int, _ low: Int) -> Bool {
      let good = values.count { row in
        row.allSatisfy { $0 <= row[high] && $0 >= row[low] }
      }
      return good * 10 >= values.count * 9
    }
    if fits(1, 2) { return [0, 1, 2, 3] }
    for high in 0..<4 {
      for low in 0..<4 where low != high && fits(high, low) {
        let others = (0..<4).filter { $0 != high && $0 != low }
        return [others[0], high, low, others[1]]
      }
    }
    return nil
  }

  /// Whether the bars continue each other's price only if open and close are exchanged; nil if eight steps do
  /// not show it clearly. Rows may run backwards in time.
  private static func continuity(_ values: [[Double]], _ places: [Int]) -> Bool? {
    guard values.count >= 9 else { return nil }
    var forth = 0.0
    var back = 0.0
    for (a, b) in zip(values, values.dropFirst()) {
      forth += abs(b[places[0]] - a[places[3]])
      back += abs(b[places[3]] - a[places[0]])
    }
    if forth * 4 < back { return false }
    return back * 4 < forth ? true : nil
  }

  private mutating func takeQuotes(_ columns: Range<Int>) -> Bool {
    guard columns.count >= 2 else { return false }
    let pair = columns.lowerBound..<columns.lowerBound + 2
    let values = numbers(pair)
    let near = values.count { $0[0] > 0 && $0[1] > 0 && abs($0[0] - $0[1]) <= 0.25 * $0[0] }
    guard near > 0, near * 10 >= rows.count * 9, !isSizeColumn(pair) else { return false }
    let crossed = values.count { $0[0] > $0[1] }
    let isAskFirst = crossed * 2 > values.count
    roles[pair.lowerBound] = isAskFirst ? FXAOT_COLUMN_ASK : FXAOT_COLUMN_BID
    roles[pair.lowerBound + 1] = isAskFirst ? FXAOT_COLUMN_BID : FXAOT_COLUMN_ASK
    if isAskFirst {
      format.notes.append("the first price is the ask: it is the higher one in most rows")
    }
    if columns.count == 4, isNanoseconds, values.count == numbers(columns).count {
      roles[columns.lowerBound + 2] = isAskFirst ? FXAOT_COLUMN_ASK_SIZE : FXAOT_COLUMN_BID_SIZE
      roles[columns.lowerBound + 3] = isAskFirst ? FXAOT_COLUMN_BID_SIZE : FXAOT_COLUMN_ASK_SIZE
    }
    return true
  }

  /// Whole numbers next to a price with decimals are not prices.
  private func isSizeColumn(_ pair: Range<Int>) -> Bool {
    hasDecimals(pair.lowerBound) && !hasDecimals(pair.lowerBound + 1)
  }

  /// Two prices with decimals and two whole numbers, as near as they may lie: 1.1,1.1001,1,1.
  private func areQuotesAndSizes(_ four: Range<Int>) -> Bool {
    hasDecimals(four.lowerBound) && hasDecimals(four.lowerBound + 1)
      && !hasDecimals(four.lowerBound + 2) && !hasDecimals(four.lowerBound + 3)
  }

  private func hasDecimals(_ column: Int) -> Bool {
    fields(column).contains { $0.bytes.contains(style.decimal) }
  }

  private var isNanoseconds: Bool {
    column(FXAOT_COLUMN_TIME).map { fields($0).allSatisfy { (16...19).contains($0.count) } } ?? false
  }

  private mutating func takeOnePrice(_ columns: Range<Int>) -> Bool {
    guard let column = columns.first, columns.count <= 2, format.layout.since_midnight == 0 else {
      return false
    }
    guard share(fields(column), { ($0.number(style) ?? 0) > 0 }) else { return false }
    if columns.count == 2, !isSizeColumn(column..<column + 2) { return false }
    roles[column] = FXAOT_COLUMN_PRICE
    format.notes.append("one price a row, taken as bid and ask")
    return true
  }
}

extension LineField {
  /// A symbol: letters, perhaps with a mark between, and no date.
  fileprivate var isWord: Bool {
    guard count >= 3, count <= 20, let first = bytes.first, (0x41...0x5A).contains(first & 0xDF)
    else { return false }
    return time(.dayFirst) == nil && time(.monthFirst) == nil
  }
}
