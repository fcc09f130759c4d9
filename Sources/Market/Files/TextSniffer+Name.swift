import CFxaot

// The format's name, its parser, and the sentence that describes both.
extension TextSniffer {
  mutating func nameFormat() {
    let kind = format.isBars ? "bars" : "quotes"
    let own = header.map { $0.map { ColumnNames.plain($0.bytes) } }
    if let name = own.flatMap({ nameByHeader($0, kind) }) ?? nameByContents(kind) {
      format.name = name
    } else if format.name.isEmpty {
      format.name = own == nil ? "\(kind) without a header" : "\(kind) by the header's names"
    }
    if format.name == "MetaTrader 5 ticks" { format.layout.carries = 1 }
  }

  private func nameByHeader(_ names: [String], _ kind: String) -> String? {
    let raw = header?.map(\.text) ?? []
    if !format.name.isEmpty { return format.name }
    if raw.first?.hasPrefix("<") == true {
      if names.contains("ticker") || names.contains("dtyyyymmdd") {
        return isHistData ? "HistData \(kind), MetaStock form" : "MetaStock \(kind)"
      }
      return format.isBars ? "MetaTrader 5 bars" : "MetaTrader 5 ticks"
    }
    switch names {
    case ["timens", "bid", "ask", "bidsize", "asksize"]: return "quotes of fxaot simulate"
    case ["timestamp", "askprice", "bidprice", "askvolume", "bidvolume"],
      ["timestamp", "askprice", "bidprice"]:
      return "dukascopy-node ticks"
    case ["time", "ask", "bid", "askvolume", "bidvolume"]: return "duka ticks"
    case ["timestamp", "bid", "ask"]: return "TrueFX quotes"
    default: break
    }
    if names.first == "gmttime" || (names.first == "localtime" && raw.first == "Local time") {
      return "Dukascopy \(kind)"
    }
    if names.contains("adjclose") { return "Yahoo bars" }
    if Array(raw.prefix(5)) == ["time", "open", "high", "low", "close"] { return "TradingView export" }
    if names.count >= 11, names.first == "opentime", names.contains("closetime") {
      return "Binance klines"
    }
    return nil
  }

  private func nameByContents(_ kind: String) -> String? {
    guard header == nil else { return nil }
    if format.layout.since_midnight != 0 { return "LEAN \(kind)" }
    if isHistData {
      let form =
        has(FXAOT_COLUMN_SYMBOL)
        ? "MetaStock" : has(FXAOT_COLUMN_CLOCK) ? "MetaTrader" : has(FXAOT_COLUMN_PRICE) ? "NinjaTrader" : "ASCII"
      return "HistData \(format.isBars ? "bars" : "ticks"), \(form) form"
    }
    if has(FXAOT_COLUMN_SYMBOL), !format.isBars { return "TrueFX quotes" }
    if has(FXAOT_COLUMN_BID_SIZE) { return "quotes of fxaot simulate" }
    if format.isBars, has(FXAOT_COLUMN_CLOCK), roles.count == 7,
      rows.first?.fields.first?.bytes.contains(0x2E) == true
    {
      return "MetaTrader 4 bars"
    }
    if format.isBars, roles.count == 12 { return "Binance klines" }
    if format.isBars, roles.count == 6, let time = column(FXAOT_COLUMN_TIME),
      fields(time).allSatisfy({ $0.count == 13 })
    {
      return "ccxt candles"
    }
    return nil
  }

  /// A parser of fixed columns if the rows fit one exactly, else the parser of any columns.
  mutating func chooseParser() {
    format.format = UInt32(FXAOT_FORMAT_COLUMNS)
    let isPlain =
      sample.delimiter == 0x2C && style.isPlain && format.layout.carries == 0
      && !rows.contains { row in
        UnsafeBufferPointer(start: row.line.at, count: row.line.end - row.line.at).contains(0x22)
      }
    guard isPlain, !has(FXAOT_COLUMN_SYMBOL), let time = column(FXAOT_COLUMN_TIME), time == 0 else {
      return
    }
    let isUTC = withUnsafeBytes(of: format.layout.zone) { $0[0] == 0 }
    let times = fields(time)
    let isQuote = roles.prefix(3) == [FXAOT_COLUMN_TIME, FXAOT_COLUMN_BID, FXAOT_COLUMN_ASK]
    if isQuote, !has(FXAOT_COLUMN_BID_SIZE) || roles.count == 5 {
      let hasSizes = has(FXAOT_COLUMN_BID_SIZE)
      if format.layout.since_midnight != 0, !hasSizes {
        format.format = UInt32(FXAOT_FORMAT_LEAN)
      } else if hasSizes, roles[3] == FXAOT_COLUMN_BID_SIZE, roles[4] == FXAOT_COLUMN_ASK_SIZE,
        times.allSatisfy({ $0.isDigits && (18...19).contains($0.count) })
      {
        format.format = UInt32(FXAOT_FORMAT_QUOTES)
      } else if !hasSizes, !has(FXAOT_COLUMN_ASK_SIZE), isUTC, !times.isEmpty, times.allSatisfy(\.isISOTime) {
        format.format = UInt32(FXAOT_FORMAT_TRUEFX)
      } else if !hasSizes, isHistData, zone == nil, !times.isEmpty,
        times.allSatisfy(\.isHistDataTime)
      {
        format.format = UInt32(FXAOT_FORMAT_HISTDATA)
      }
      return
    }
    let bars = [
      FXAOT_COLUMN_TIME, FXAOT_COLUMN_OPEN, FXAOT_COLUMN_HIGH, FXAOT_COLUMN_LOW,
      FXAOT_COLUMN_CLOSE,
    ]
    let isBar =
      roles == bars || (roles.count == 6 && roles == bars + [FXAOT_COLUMN_VOLUME])
    if isBar, isUTC, !times.isEmpty, format.layout.since_midnight == 0,
      times.allSatisfy({ $0.isISOTime || ($0.isDigits && $0.count == 13) })
    {
      format.format = UInt32(FXAOT_FORMAT_BARS)
    }
  }

  /// Reports names that contradict the data, but does not overrule them.
  private mutating func noteCrossed() {
    guard header != nil, let bid = column(FXAOT_COLUMN_BID), let ask = column(FXAOT_COLUMN_ASK)
    else { return }
    let crossed = zip(fields(bid), fields(ask)).count { bid, ask in
      (bid.number(style) ?? 0) > (ask.number(style) ?? .infinity)
    }
    if crossed * 2 > rows.count {
      format.notes.append("the bid is above the ask in most rows; check the header")
    }
  }

  mutating func describe() {
    noteCrossed()
    let words: [Int: String] = [
      FXAOT_COLUMN_TIME: "time", FXAOT_COLUMN_DATE: "date", FXAOT_COLUMN_CLOCK: "time of day",
      FXAOT_COLUMN_OPEN: "open", FXAOT_COLUMN_HIGH: "high", FXAOT_COLUMN_LOW: "low",
      FXAOT_COLUMN_CLOSE: "close", FXAOT_COLUMN_VOLUME: "volume", FXAOT_COLUMN_BID: "bid",
      FXAOT_COLUMN_ASK: "ask", FXAOT_COLUMN_BID_SIZE: "bid size",
      FXAOT_COLUMN_ASK_SIZE: "ask size", FXAOT_COLUMN_SYMBOL: "symbol",
      FXAOT_COLUMN_PRICE: "price",
    ]
    var parts: [String] = []
    for (column, role) in roles.enumerated() {
      guard let word = words[role] else { continue }
      let name = header.map { $0[column].text } ?? ""
      parts.append(name.isEmpty ? "\(word) in column \(column + 1)" : "\(word) from \(name)")
    }
    if format.isBars, !has(FXAOT_COLUMN_VOLUME) { parts.append("no volume") }
    format.columns = parts.joined(separator: ", ")
  }
}

extension LineField {
  var isDigits: Bool { !isEmpty && bytes.allSatisfy { $0 &- 0x30 < 10 } }

  /// A date and time of day as the fast parsers read it.
  var isISOTime: Bool {
    var cursor = cursor
    return cursor.isoTime() != nil && cursor.isAtEnd
  }

  var isHistDataTime: Bool {
    var cursor = cursor
    return cursor.histDataTime() != nil && cursor.isAtEnd
  }
}
