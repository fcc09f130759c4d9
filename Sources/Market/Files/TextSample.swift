import CFxaot

/// The first lines of a text, cut into columns.
struct TextSample {
  struct Row {
    /// From 1.
    var number: Int
    var line: LineCursor
    var fields: [LineField]
  }

  static let linesToTry = 256
  private static let delimiters: [UInt8] = [0x09, 0x3B, 0x7C, 0x2C]

  let delimiter: UInt8
  let rows: [Row]
  /// All lines of the beginning, blank ones too.
  let text: LineScanner

  /// nil if no line has two columns.
  init?(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, isWhole: Bool) {
    var scanner = LineScanner(from: start, to: end, isFinal: isWhole)
    text = scanner
    var lines: [(number: Int, line: LineCursor)] = []
    var number = 0
    while lines.count < TextSample.linesToTry, var line = scanner.line() {
      number += 1
      if number == 1 { line.skipByteOrderMark() }
      if !line.isAtEnd { lines.append((number, line)) }
    }
    guard let delimiter = TextSample.delimiter(lines.map(\.line)) else { return nil }
    self.delimiter = delimiter
    rows = lines.map {
      Row(number: $0.number, line: $0.line, fields: TextSample.fields($0.line, delimiter))
    }
  }

  static func fields(_ line: LineCursor, _ delimiter: UInt8) -> [LineField] {
    var line = line
    var fields: [LineField] = []
    while fields.count <= Int(FXAOT_COLUMNS_MAX), let field = line.field(delimiter, isFirst: fields.isEmpty) {
      fields.append(field)
    }
    return fields
  }

  /// The most frequent number of columns; of two equally frequent ones the larger.
  static func width(_ rows: some Sequence<Row>) -> Int {
    var counts: [Int: Int] = [:]
    for row in rows { counts[row.fields.count, default: 0] += 1 }
    return counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 0
  }

  /// The first delimiter that cuts most lines into the same number of columns. A comma is the decimal mark if
  /// another delimiter cuts too.
  private static func delimiter(_ lines: [LineCursor]) -> UInt8? {
    var second: UInt8?
    for delimiter in delimiters {
      var counts: [Int: Int] = [:]
      for line in lines { counts[fields(line, delimiter).count, default: 0] += 1 }
      guard let best = counts.filter({ $0.key > 1 }).max(by: { $0.value < $1.value }) else { continue }
      if best.key >= 3, best.value * 2 > lines.count { return delimiter }
      second = second ?? delimiter
    }
    return second
  }
}
