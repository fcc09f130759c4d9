import CFxaot

// Roles by the names in a header.
extension TextSniffer {
  static let headerLines = 20

  /// False if no line names columns.
  mutating func findHeader() throws(TextRefusal) -> Bool {
    guard let index = sample.rows.prefix(TextSniffer.headerLines).firstIndex(where: isHeader) else {
      return false
    }
    let line = sample.rows[index]
    var names = line.fields
    if names.count > 1, names.last?.isEmpty == true { names.removeLast() }
    guard names.count <= Int(FXAOT_COLUMNS_MAX) else {
      throw TextRefusal("it has more than \(FXAOT_COLUMNS_MAX) columns")
    }
    header = names
    var first = index + 1
    let more = try yfinanceRows(after: index, &names)
    first += more
    format.layout.header_lines = UInt32(sample.rows[first - 1].number)
    takeRows(sample.rows[first...], width: names.count)
    try checkWidth(names.count, sample.rows[first...])
    try takeRoles(names)
    return true
  }

  /// A line that names a price and something else, and holds no number.
  private func isHeader(_ row: TextSample.Row) -> Bool {
    let known = row.fields.compactMap { ColumnNames.meaning(of: $0)?.kind }
    let isPrice = known.contains { kind in
      (FXAOT_COLUMN_OPEN...FXAOT_COLUMN_CLOSE).contains(kind) || kind == FXAOT_COLUMN_BID
        || kind == FXAOT_COLUMN_ASK || kind == FXAOT_COLUMN_PRICE
    }
    return isPrice && Set(known).count >= 2
      && !row.fields.contains { $0.number(NumberStyle()) != nil }
  }

  /// yfinance writes up to three lines of names: Price,Close,High …; Ticker,EURUSD=X …; Date,,,
  private mutating func yfinanceRows(
    after index: Int, _ names: inout [LineField]
  ) throws(TextRefusal) -> Int {
    var count = 0
    for row in sample.rows[(index + 1)...].prefix(2) {
      guard let first = row.fields.first else { break }
      let name = ColumnNames.plain(first.bytes)
      if name == "ticker" {
        let tickers = Set(row.fields.dropFirst().filter { !$0.isEmpty }.map(\.text))
        guard tickers.count <= 1 else {
          throw TextRefusal(
            "its columns belong to several symbols (\(tickers.sorted().joined(separator: ", "))): "
              + "save one symbol per file")
        }
        format.symbol = tickers.first.map { ticker in
          String(decoding: SymbolText.plain(ticker.utf8), as: UTF8.self)
        }
      } else if row.fields.dropFirst().allSatisfy(\.isEmpty), ColumnNames.meaning(of: first) != nil {
        names[0] = first
        header?[0] = first
      } else {
        break
      }
      count += 1
      format.name = "yfinance table"
    }
    return count
  }

  mutating func takeRows(_ all: ArraySlice<TextSample.Row>, width: Int) {
    var all = all
    if sample.delimiter == 0x09 {
      // Blank columns at a line's end are cut with the blanks.
      for index in all.indices {
        let blank = LineField(start: all[index].line.end, end: all[index].line.end)
        while all[index].fields.count < width { all[index].fields.append(blank) }
      }
    }
    rows = all.filter { row in
      row.fields.count == width || (row.fields.count == width + 1 && row.fields[width].isEmpty)
    }
  }

  /// Most rows have as many columns as the header has names.
  private func checkWidth(
    _ width: Int, _ all: ArraySlice<TextSample.Row>
  ) throws(TextRefusal) {
    guard !all.isEmpty, rows.isEmpty else { return }
    throw TextRefusal(
      "its header names \(width) columns, but its rows have \(TextSample.width(all)) "
        + "(line \(all.first?.number ?? 0): \(all.first?.line.shown ?? ""))")
  }

  private mutating func takeRoles(_ names: [LineField]) throws(TextRefusal) {
    var best: [Int: (column: Int, rank: Int)] = [:]
    for (column, name) in names.enumerated() {
      guard let meaning = ColumnNames.meaning(of: name) else { continue }
      if let known = best[meaning.kind], known.rank <= meaning.rank { continue }
      best[meaning.kind] = (column, meaning.rank)
    }
    roles = [Int](repeating: FXAOT_COLUMN_OTHER, count: names.count)
    let bars = [FXAOT_COLUMN_OPEN, FXAOT_COLUMN_HIGH, FXAOT_COLUMN_LOW, FXAOT_COLUMN_CLOSE]
    var wanted: [Int]
    if bars.allSatisfy({ best[$0] != nil }) {
      wanted = bars + [FXAOT_COLUMN_VOLUME]
    } else if best[FXAOT_COLUMN_BID] != nil, best[FXAOT_COLUMN_ASK] != nil {
      wanted = [
        FXAOT_COLUMN_BID, FXAOT_COLUMN_ASK, FXAOT_COLUMN_BID_SIZE, FXAOT_COLUMN_ASK_SIZE,
      ]
    } else if bars.contains(where: { best[$0] != nil && $0 != FXAOT_COLUMN_CLOSE }) {
      let missing = zip(bars, ["open", "high", "low", "close"]).filter { best[$0.0] == nil }
      throw TextRefusal(
        "its header names no column for \(missing.map(\.1).joined(separator: " and ")): "
          + names.map(\.text).joined(separator: ", "))
    } else {
      let one = [
        FXAOT_COLUMN_PRICE, FXAOT_COLUMN_CLOSE, FXAOT_COLUMN_BID, FXAOT_COLUMN_ASK,
      ].first { best[$0] != nil }
      guard let one, let place = best[one] else { throw TextRefusal("its header names no price") }
      if one == FXAOT_COLUMN_BID || one == FXAOT_COLUMN_ASK {
        try refuseOtherPrices(place.column, names)
      }
      best[FXAOT_COLUMN_PRICE] = place
      wanted = [FXAOT_COLUMN_PRICE]
      format.notes.append("one price a row, taken as bid and ask")
    }
    wanted.append(FXAOT_COLUMN_SYMBOL)
    for kind in wanted { if let place = best[kind] { roles[place.column] = kind } }
    try takeTimeColumns(names, best)
  }

  /// One named price next to a column of similar numbers, which may be the other side.
  private func refuseOtherPrices(_ column: Int, _ names: [LineField]) throws(TextRefusal) {
    let style = TextSniffer.style(of: fields(column), sample.delimiter) ?? NumberStyle()
    let prices = fields(column).map { $0.number(style) ?? .nan }
    for (other, name) in names.enumerated()
    where other != column && ColumnNames.meaning(of: name) == nil {
      let near = zip(fields(other), prices).count { field, price in
        guard let value = field.number(style) else { return false }
        return abs(value - price) <= 0.25 * price
      }
      guard near == 0 || near * 2 < rows.count else {
        throw TextRefusal(
          "its header names one side, \(names[column].text), but the column '\(name.text)' also "
            + "has prices: name it bid or ask")
      }
    }
  }

  private mutating func takeTimeColumns(
    _ names: [LineField], _ best: [Int: (column: Int, rank: Int)]
  ) throws(TextRefusal) {
    let stamp = best[FXAOT_COLUMN_TIME]?.column
    let date = best[FXAOT_COLUMN_DATE]?.column
    let clock = best[FXAOT_COLUMN_CLOCK]?.column
    if let stamp, let date, isClockColumn(stamp) {
      roles[date] = FXAOT_COLUMN_DATE
      roles[stamp] = FXAOT_COLUMN_CLOCK
    } else if let stamp, !(names[stamp].isIndexName && (date ?? clock) != nil) {
      roles[stamp] = FXAOT_COLUMN_TIME
    } else if let date, let clock, isClockColumn(clock) {
      roles[date] = FXAOT_COLUMN_DATE
      roles[clock] = FXAOT_COLUMN_CLOCK
    } else if let clock, !isClockColumn(clock) || rows.isEmpty {
      roles[clock] = FXAOT_COLUMN_TIME
    } else if let date {
      roles[date] = FXAOT_COLUMN_TIME
      takeUnnamedClock(beside: date, names)
    } else if names.first?.isEmpty == true, roles[0] == FXAOT_COLUMN_OTHER {
      // The index of a pandas frame has no name.
      roles[0] = FXAOT_COLUMN_TIME
    } else {
      throw TextRefusal(
        "its header names no column for the "
          + (clock == nil ? "time: " : "day: ") + names.map(\.text).joined(separator: ", "))
    }
  }

  /// Days in one column, and times of the day in a column with an unknown name.
  private mutating func takeUnnamedClock(beside date: Int, _ names: [LineField]) {
    let days = fields(date).count { $0.day(.dayFirst) != nil || $0.day(.monthFirst) != nil }
    guard days * 2 > rows.count else { return }
    let clocks = names.indices.filter { column in
      roles[column] == FXAOT_COLUMN_OTHER
        && fields(column).count { $0.isClock && $0.bytes.contains(0x3A) } * 2 > rows.count
    }
    guard let clock = clocks.first else { return }
    roles[date] = FXAOT_COLUMN_DATE
    roles[clock] = FXAOT_COLUMN_CLOCK
    format.notes.append("column \(clock + 1) taken as the time of day, from its contents")
  }

  private func isClockColumn(_ column: Int) -> Bool {
    !rows.isEmpty && rows.prefix(16).contains { $0.fields[column].isClock }
  }
}

extension LineField {
  fileprivate var isIndexName: Bool { ColumnNames.plain(bytes) == "index" }
}

extension LineCursor {
  /// The line for a message, shortened.
  var shown: String {
    let bytes = UnsafeBufferPointer(start: at, count: max(0, end - at))
    let text = String(decoding: bytes.prefix(80), as: UTF8.self)
    return bytes.count > 80 ? text + "…" : text
  }
}
