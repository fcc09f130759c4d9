import CFxaot
import Calendar

/// Identifies the contents of a text of quotes or bars by the names in its header, else by the values in its
/// columns. Every guess is shown in `TextFormat`.
///
///     bytes ▶ TextSample (delimiter, columns) ▶ roles, by header or by contents
///           ▶ numbers, times and zone ▶ name ▶ the fastest parser that reads just this
public struct TextSniffer {
  /// Names around the text, the innermost first: a zip's member, the file.
  let names: [String]
  /// The zone of times without one; nil if the user names none.
  let zone: String?
  let sample: TextSample

  var format = TextFormat()
  /// Roles of the columns, FXAOT_COLUMN_*.
  var roles: [Int] = []
  var header: [LineField]?
  /// Rows of data, all of one width.
  var rows: [TextSample.Row] = []
  var order = DateOrder.unknown
  var style = NumberStyle()

  /// `names`: the text's own name and that of the file it is in. `zone`: an IANA name for times
  /// without a zone. O(bytes) at most; mostly O(first 256 lines).
  public static func sniff(
    _ bytes: UnsafeRawBufferPointer, isWhole: Bool, names: [String] = [], zone: String? = nil
  ) throws(TextRefusal) -> TextFormat {
    try refuseOtherKinds(bytes)
    guard let base = bytes.baseAddress, !bytes.isEmpty else { throw TextRefusal("it is empty") }
    let start = base.assumingMemoryBound(to: UInt8.self)
    // A last line without an end may be cut. It counts only if there are hardly any others.
    var found = TextSample(start, start + bytes.count, isWhole: false)
    if isWhole, (found?.rows.count ?? 0) < 2 {
      found = TextSample(start, start + bytes.count, isWhole: true)
    }
    guard let sample = found else {
      throw TextRefusal("no line has columns separated by commas, semicolons, tabs or bars")
    }
    var sniffer = TextSniffer(names: names, zone: zone, sample: sample)
    return try sniffer.find()
  }

  init(names: [String], zone: String?, sample: TextSample) {
    self.names = names
    self.zone = zone
    self.sample = sample
  }

  private mutating func find() throws(TextRefusal) -> TextFormat {
    format.layout.delimiter = sample.delimiter
    if try !findHeader() { try findByContents() }
    format.layout.columns = UInt8(clamping: roles.count)
    try findNumbers()
    try findTimes()
    findSymbol()
    withUnsafeMutableBytes(of: &format.layout.roles) { bytes in
      for (index, role) in roles.prefix(bytes.count).enumerated() { bytes[index] = UInt8(role) }
    }
    format.layout.date_order = order.rawValue
    format.layout.decimal = style.decimal
    format.layout.grouping = style.grouping
    let isBars = roles.contains(FXAOT_COLUMN_OPEN)
    format.layout.is_bars = isBars ? 1 : 0
    try refuseScaledPrices()
    nameFormat()
    chooseParser()
    describe()
    if isBars { format.barLength = commonStep() }
    return format
  }

  func has(_ role: Int) -> Bool { roles.contains(role) }
  func column(_ role: Int) -> Int? { roles.firstIndex(of: role) }

  /// The fields of a column in the rows.
  func fields(_ column: Int) -> [LineField] {
    rows.compactMap { column < $0.fields.count ? $0.fields[column] : nil }
  }

  /// Refuses text that is not a table.
  private static func refuseOtherKinds(_ bytes: UnsafeRawBufferPointer) throws(TextRefusal) {
    func starts(_ text: StaticString) -> Bool {
      bytes.prefix(text.utf8CodeUnitCount).elementsEqual(
        UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
    if starts("PAR1") {
      throw TextRefusal(
        "it is a Parquet file, which fxaot cannot read; convert it with: python3 -c \"import "
          + "pandas,sys; pandas.read_parquet(sys.argv[1]).to_csv(sys.argv[2])\" IN.parquet OUT.csv")
    }
    if starts("ARROW1") || starts("FEA1") {
      throw TextRefusal(
        "it is an Arrow file, which fxaot cannot read; convert it with: python3 -c \"import "
          + "pandas,sys; pandas.read_feather(sys.argv[1]).to_csv(sys.argv[2])\" IN.feather OUT.csv")
    }
    if starts("\u{D0}\u{CF}") || bytes.prefix(4).elementsEqual([0xD0, 0xCF, 0x11, 0xE0]) {
      throw TextRefusal("it is an Excel workbook: save it as CSV")
    }
    if bytes.prefix(2).elementsEqual([0xFF, 0xFE]) || bytes.prefix(2).elementsEqual([0xFE, 0xFF]) {
      throw TextRefusal("its text is UTF-16, not UTF-8")
    }
    if bytes.prefix(4_096).contains(0) { throw TextRefusal("it is not text: it contains zero bytes") }
    let first = bytes.first { $0 > 0x20 && $0 < 0x80 }
    if first == 0x7B || first == 0x5B {
      throw TextRefusal("it is JSON, which fxaot cannot read: convert it to CSV")
    }
    if starts("<!") || starts("<html") || starts("<HTML") || starts("<?xml") {
      throw TextRefusal("it is a web page, not data; the download may have failed")
    }
  }

  /// Files of other programs with misleading prices.
  private func refuseScaledPrices() throws(TextRefusal) {
    guard format.isBars, header == nil, !rows.isEmpty, let open = column(FXAOT_COLUMN_OPEN) else {
      return
    }
    let isLean =
      format.layout.since_midnight != 0
      || rows.allSatisfy { row in
        guard let time = column(FXAOT_COLUMN_TIME) else { return false }
        let bytes = row.fields[time].bytes
        return bytes.count == 14 && bytes.contains(0x20) && bytes.contains(0x3A)
      }
    guard isLean else { return }
    let prices = rows.flatMap { $0.fields[open..<min(open + 4, $0.fields.count)] }
    if prices.allSatisfy({ $0.count >= 5 && $0.bytes.allSatisfy { $0 &- 0x30 < 10 } }) {
      throw TextRefusal(
        "it looks like LEAN's bars of shares, whose prices are in ten-thousandths of a dollar: "
          + "divide them by 10,000 and give the file a header")
    }
  }

  /// The step between rows that comes most often, of several the shortest; a minute for one row.
  private func commonStep() -> Int64 {
    var parser = format.parser(symbol: 0)
    parser.day_ns = 0
    let times = rows.compactMap { TextSniffer.time(of: $0.line, parser) }
    var counts: [Int64: Int] = [:]
    for (a, b) in zip(times, times.dropFirst()) where a != b { counts[abs(b - a), default: 0] += 1 }
    return counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key
      ?? (format.isDaily ? CivilMoment.nanosecondsPerDay : FileBar.minute)
  }

  private static func time(of line: LineCursor, _ parser: fxaot_parser) -> Int64? {
    var columns = ColumnsFormat(parser)
    var out = [fxaot_quote](repeating: fxaot_quote(), count: 4)
    let nothing = LineScanner(from: line.end, to: line.end, isFinal: true)
    return out.withUnsafeMutableBytes { bytes -> Int64? in
      guard let base = bytes.baseAddress,
        case .read = columns.read(line, following: nothing, into: base)
      else { return nil }
      return base.loadUnaligned(as: Int64.self)
    }
  }
}
