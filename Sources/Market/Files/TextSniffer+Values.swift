import CFxaot
import Calendar

// How numbers and times of the columns are written.
extension TextSniffer {
  private static let prices = [
    FXAOT_COLUMN_OPEN, FXAOT_COLUMN_HIGH, FXAOT_COLUMN_LOW, FXAOT_COLUMN_CLOSE, FXAOT_COLUMN_BID,
    FXAOT_COLUMN_ASK, FXAOT_COLUMN_PRICE,
  ]

  mutating func findNumbers() throws(TextRefusal) {
    var fields: [LineField] = []
    for (column, role) in roles.enumerated() where TextSniffer.prices.contains(role) {
      fields += self.fields(column)
    }
    guard let found = TextSniffer.style(of: fields, sample.delimiter) else {
      let example = fields.first { $0.bytes.contains(0x2C) }?.text ?? ""
      throw TextRefusal(
        "its prices are ambiguous: the comma in \"\(example)\" may mark decimals "
          + "or thousands; write them with a point")
    }
    style = found
    if style.grouping == 0, style.decimal == 0x2E, let volume = column(FXAOT_COLUMN_VOLUME) {
      // 12,345 shares in quotation marks.
      let volumes = self.fields(volume).filter { $0.bytes.contains(0x2C) }
      if !volumes.isEmpty, volumes.allSatisfy(\.hasGroups) { style.grouping = 0x2C }
    }
    if style.decimal == 0x2C { format.notes.append("decimal commas") }
  }

  /// nil when commas are ambiguous. A comma together with a point marks thousands, or the other way
  /// round: the last mark of a number is the decimal one.
  static func style(of fields: [LineField], _ delimiter: UInt8) -> NumberStyle? {
    var hasPoint = false
    var hasComma = false
    var isGroupOnly = true
    for field in fields {
      let point = field.bytes.lastIndex(of: 0x2E)
      let comma = field.bytes.lastIndex(of: 0x2C)
      if let point, let comma {
        return point > comma
          ? NumberStyle(decimal: 0x2E, grouping: 0x2C) : NumberStyle(decimal: 0x2C, grouping: 0x2E)
      }
      if point != nil { hasPoint = true }
      if comma != nil {
        hasComma = true
        if !field.hasGroups { isGroupOnly = false }
      }
    }
    guard hasComma else { return NumberStyle() }
    if hasPoint { return NumberStyle(decimal: 0x2E, grouping: isGroupOnly ? 0x2C : 0) }
    if delimiter == 0x2C, isGroupOnly { return nil }
    return NumberStyle(decimal: 0x2C)
  }

  mutating func findTimes() throws(TextRefusal) {
    guard format.layout.since_midnight == 0 else {
      format.times = "milliseconds since midnight UTC of the day in the name"
      return
    }
    guard let column = column(FXAOT_COLUMN_TIME) ?? column(FXAOT_COLUMN_DATE) else {
      throw TextRefusal("it has no time column")
    }
    try findDateOrder(column)
    try findZone(column)
  }

  /// Of dates like 03/04/2024, by one whose first or second number is above 12.
  private mutating func findDateOrder(_ column: Int) throws(TextRefusal) {
    var example: LineField?
    var order = DateOrder.unknown
    func look(_ field: LineField) {
      guard let numbers = field.ambiguousDate else { return }
      example = example ?? field
      if numbers.0 > 12, order == .unknown { order = .dayFirst }
      if numbers.1 > 12, order == .unknown { order = .monthFirst }
    }
    for field in fields(column) { look(field) }
    guard let first = example else { return }
    if order == .unknown {
      // The rest of the beginning may tell.
      var text = sample.text
      while order == .unknown, let line = text.line() {
        let fields = TextSample.fields(line, sample.delimiter)
        if column < fields.count { look(fields[column]) }
      }
    }
    guard order != .unknown else {
      throw TextRefusal(
        "its dates are ambiguous: \(first.text) may start with the day or the month; "
          + "write them as 2024-03-04")
    }
    self.order = order
    format.notes.append(
      order == .dayFirst ? "dates start with the day" : "dates start with the month")
  }

  private mutating func findZone(_ column: Int) throws(TextRefusal) {
    let clock = self.column(FXAOT_COLUMN_CLOCK)
    var locals = 0
    var days = 0
    var instants = 0
    for row in rows {
      let field = row.fields[column]
      let time = clock.map { field.time(clock: row.fields[$0], order) } ?? field.time(order)
      switch time {
      case .instant: instants += 1
      case .local(_, let isDay):
        locals += 1
        days += isDay ? 1 : 0
      case nil: break
      }
    }
    format.isDaily = days > 0 && days == locals && instants == 0
    if locals == 0, instants > 0 {
      let isEpoch = fields(column).contains { $0.bytes.allSatisfy { $0 < 0x3A } && $0.count >= 9 }
      format.times = isEpoch ? "times since 1970 UTC" : "times with their own zone"
      if zone != nil { format.times += " (--file-timezone has no effect)" }
      return
    }
    try setZone(named: header.flatMap { ColumnNames.zone(of: $0[column]) })
    if instants > 0 { format.times += ", unless a time names its zone" }
  }

  private mutating func setZone(named headerZone: String?) throws(TextRefusal) {
    let found: String
    let why: String
    if let zone {
      (found, why) = (zone, "as given")
    } else if let headerZone {
      (found, why) = (headerZone, "by the header")
    } else if isHistData {
      (found, why) = ("UTC-5", "")
      format.times = "times in EST without daylight saving (UTC-5), as in HistData"
    } else {
      format.times = "times taken as UTC (another zone by --file-timezone)"
      return
    }
    guard let rules = SystemZones.rules(found) else {
      throw TextRefusal(
        "its times are in the zone '\(found)', unknown to this system: "
          + "give the zone with --file-timezone")
    }
    if !why.isEmpty { format.times = "times in \(found), \(why)" }
    guard rules != .utc else { return }
    guard found.utf8.count < Int(FXAOT_ZONE_BYTES) else {
      throw TextRefusal("the name of the zone '\(found)' is too long")
    }
    withUnsafeMutableBytes(of: &format.layout.zone) { $0.copyBytes(from: found.utf8) }
  }

  /// HistData by the file's name, or by the form of its times.
  var isHistData: Bool {
    let hasName = names.contains { name in
      let last = (name.split(separator: "/").last ?? "").uppercased()
      return last.contains("HISTDATA")
        || ["DAT_ASCII_", "DAT_MT_", "DAT_NT_", "DAT_MS_"].contains { last.contains($0) }
    }
    if hasName { return true }
    let isNinja = names.contains { name in
      [".last.", ".bid.", ".ask."].contains { name.lowercased().contains($0) }
    }
    guard header == nil, !isNinja, let time = column(FXAOT_COLUMN_TIME), !rows.isEmpty else {
      return false
    }
    // Ticks of four columns with commas; bars of six, and one price of three, with semicolons.
    let isTicks = sample.delimiter == 0x2C && has(FXAOT_COLUMN_BID) && roles.count == 4
    let isOther =
      sample.delimiter == 0x3B
      && (has(FXAOT_COLUMN_OPEN) ? roles.count == 6 : has(FXAOT_COLUMN_PRICE) && roles.count == 3)
    guard isTicks || isOther else { return false }
    let length = isTicks ? 18 : 15
    return fields(time).allSatisfy { field in
      let bytes = field.bytes
      return bytes.count == length && bytes[8] == 0x20
        && bytes.enumerated().allSatisfy { $0.offset == 8 || $0.element &- 0x30 < 10 }
    }
  }

  /// The symbol of a column: that of the first row.
  mutating func findSymbol() {
    guard let column = column(FXAOT_COLUMN_SYMBOL), let field = rows.first?.fields[column] else {
      return
    }
    let plain = SymbolText.plain(field.bytes)
    format.symbol = String(decoding: plain, as: UTF8.self)
    format.layout.symbol = SymbolText.key(field.bytes)
  }
}

extension LineField {
  /// Digits in groups of three after commas: 1,234 or 12,345,678.
  var hasGroups: Bool {
    let groups = bytes.split(separator: 0x2C, omittingEmptySubsequences: false)
    guard groups.count > 1, let first = groups.first, (1...3).contains(first.count) else {
      return false
    }
    return groups.dropFirst().allSatisfy { $0.count == 3 }
      && groups.allSatisfy { $0.allSatisfy { $0 &- 0x30 < 10 } }
  }

  /// The first two numbers of 3/4/2024 or 03-04-2024, nil for any other text.
  fileprivate var ambiguousDate: (Int, Int)? {
    var cursor = cursor
    func number(_ cursor: inout LineCursor) -> Int? {
      var value: Int?
      while cursor.peek &- 0x30 < 10, cursor.peek >= 0x30, (value ?? 0) < 100 {
        value = (value ?? 0) * 10 + Int(cursor.peek - 0x30)
        cursor.at += 1
      }
      return value
    }
    guard let a = number(&cursor), a < 100, cursor.at - start <= 2 else { return nil }
    let mark = cursor.peek
    guard mark == 0x2F || mark == 0x2D, cursor.take(mark), let b = number(&cursor),
      cursor.take(mark), cursor.digits(4) != nil
    else { return nil }
    return (a, b)
  }
}
