import CFxaot
import Calendar
import FXCore

/// What one text holds, for people and as JSON.
struct TextReport: Encodable {
  private static let shownRows = 3
  private static let stepsKept = 4_096

  var file: String
  var format: String
  var columns: String
  var times: String
  var notes: [String]
  var symbol: String?
  var kind: String
  var rows: UInt64 = 0
  var from = ""
  var to = ""
  /// The most common step of bars in seconds; nil for quotes.
  var step: Double?
  /// Bars that stand off that step, and the first of them.
  var strays: UInt64 = 0
  var strayTimes: [String] = []
  /// Steps longer than the usual one, and the longest of them; for quotes over an hour.
  var gaps: UInt64 = 0
  var longestGap: String?
  var repeated: UInt64 = 0
  var crossed: UInt64 = 0
  var late: UInt64 = 0
  var badLines: UInt64 = 0
  var badLineNotes: [String] = []
  var first: [String] = []
  var last: [String] = []

  private enum CodingKeys: String, CodingKey {
    case file, format, columns, times, notes, symbol, kind, rows, from, to
    case step = "step_seconds"
    case strays
    case strayTimes = "stray_times"
    case gaps
    case longestGap = "longest_gap"
    case repeated, crossed, late
    case badLines = "bad_lines"
    case badLineNotes = "bad_line_notes"
    case first, last
  }

  /// Reads the text to its end.
  init(_ reader: TextReader) throws(ToolError) {
    let format = reader.format
    file = reader.name
    self.format = format.name
    columns = format.columns
    times = format.times
    notes = format.notes
    symbol = format.symbol
    kind = format.isBars ? "bars" : "quotes"
    let times = try read(reader)
    rows = reader.rows
    badLines = reader.badLines
    badLineNotes = reader.notes
    if rows == 0 { badLineNotes.append("every row is bad") }
    measure(times, isBars: format.isBars, usual: format.barLength)
  }

  /// Walks through all rows and answers their times.
  private mutating func read(_ reader: TextReader) throws(ToolError) -> [Int64] {
    let width = reader.format.isBars ? 4 : 1
    let capacity = 8_192
    var buffer = [fxaot_quote](repeating: fxaot_quote(), count: capacity)
    var times: [Int64] = []
    var tail: [String] = []
    var before: [fxaot_quote] = []
    while true {
      try Interrupt.check()
      var failure: ToolError?
      var count = 0
      buffer.withUnsafeMutableBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        do throws(ToolError) {
          count = try reader.next(into: base, capacity: capacity)
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      if count == 0 { break }
      for index in stride(from: 0, to: count - count % width, by: width) {
        let row = Array(buffer[index..<index + width])
        if let time = times.last, row[0].time_ns < time { late += 1 }
        if TextReport.isSame(row, before) { repeated += 1 }
        if row[0].bid > row[0].ask { crossed += 1 }
        times.append(row[0].time_ns)
        if first.count < TextReport.shownRows { first.append(TextReport.text(row)) }
        if count - index <= TextReport.shownRows * width { tail.append(TextReport.text(row)) }
        before = row
      }
    }
    last = tail.suffix(TextReport.shownRows)
    return times
  }

  private static func isSame(_ a: [fxaot_quote], _ b: [fxaot_quote]) -> Bool {
    a.count == b.count
      && zip(a, b).allSatisfy {
        $0.time_ns == $1.time_ns && $0.bid == $1.bid && $0.ask == $1.ask
          && $0.bid_size == $1.bid_size && $0.ask_size == $1.ask_size
      }
  }

  /// A row as it was read.
  private static func text(_ row: [fxaot_quote]) -> String {
    let time = TimeOption.text(row[0].time_ns / 1_000_000)
    let number = PlainNumber.text
    guard row.count == 4 else {
      let sizes =
        row[0].bid_size > 0 || row[0].ask_size > 0
        ? " sizes \(number(row[0].bid_size)) \(number(row[0].ask_size))" : ""
      return "\(time) bid \(number(row[0].bid)) ask \(number(row[0].ask))\(sizes)"
    }
    let (a, b) = (row[1].bid, row[2].bid)
    return "\(time) open \(number(row[0].bid)) high \(number(max(a, b))) low \(number(min(a, b))) "
      + "close \(number(row[3].bid)) volume \(number(row[0].bid_size * 8))"
  }

  private mutating func measure(_ unsorted: [Int64], isBars: Bool, usual: Int64) {
    let times = unsorted.sorted()
    guard let start = times.first, let end = times.last else { return }
    from = TimeOption.text(start / 1_000_000)
    to = TimeOption.text(end / 1_000_000)
    var counts: [Int64: Int] = [:]
    for (a, b) in zip(times, times.dropFirst()) where b > a {
      if counts[b - a] != nil || counts.count < TextReport.stepsKept { counts[b - a, default: 0] += 1 }
    }
    let common = counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key
    let limit = isBars ? common ?? usual : 3_600_000_000_000
    if isBars { step = common.map { Double($0) / 1e9 } }
    var longest: (Int64, Int64) = (0, 0)
    for (a, b) in zip(times, times.dropFirst()) {
      if isBars, limit > 0, (b - a) % limit != 0, (b - start) % limit != 0 {
        strays += 1
        if strayTimes.count < 3 { strayTimes.append(TimeOption.text(b / 1_000_000)) }
      }
      guard b - a > limit else { continue }
      gaps += 1
      if b - a > longest.0 { longest = (b - a, a) }
    }
    if longest.0 > 0 {
      longestGap = "\(TextReport.duration(longest.0)) after \(TimeOption.text(longest.1 / 1_000_000))"
    }
  }

  /// `2d 1h`, `15m`, `1.5s`: the two largest units.
  static func duration(_ nanoseconds: Int64) -> String {
    let units: [(String, Int64)] = [
      ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000),
      ("s", 1_000_000_000), ("ms", 1_000_000),
    ]
    var rest = nanoseconds
    var parts: [String] = []
    for (name, length) in units where rest >= length {
      parts.append("\(rest / length)\(name)")
      rest %= length
    }
    return parts.isEmpty ? "\(nanoseconds) ns" : parts.prefix(2).joined(separator: " ")
  }

  static func json(_ reports: [TextReport]) throws(ToolError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(reports) else {
      throw .failed("cannot write the report as JSON")
    }
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  var table: String {
    var lines: [(String, String)] = [
      ("file", file), ("format", format), ("columns", columns), ("times", times),
    ]
    lines += notes.map { ("note", $0) }
    if let symbol { lines.append(("symbol", symbol)) }
    lines.append(("rows", rows == 0 ? "none" : "\(rows) \(kind), \(from) to \(to)"))
    if let step {
      let off =
        strays == 0 ? "" : ", \(strays) off it: \(strayTimes.joined(separator: ", "))"
      let length = TextReport.duration(Int64(step * 1e9))
      lines.append(("timeframe", "\(length), the most common step\(off)"))
    }
    let longer = kind == "bars" ? "longer steps" : "silences of over an hour"
    lines.append(("gaps", "\(gaps) \(longer)" + (longestGap.map { ", the longest \($0)" } ?? "")))
    lines.append(("repeated", "\(repeated) the same as the row before"))
    if kind == "quotes" { lines.append(("crossed", "\(crossed) with the bid above the ask")) }
    lines.append(("late", "\(late) older than the row before"))
    lines.append(("bad lines", "\(badLines)"))
    lines += badLineNotes.map { ("", $0) }
    lines += first.enumerated().map { ($0.offset == 0 ? "first" : "", $0.element) }
    lines += last.enumerated().map { ($0.offset == 0 ? "last" : "", $0.element) }
    return lines.map { $0 + String(repeating: " ", count: 11 - $0.count) + $1 + "\n" }.joined()
  }
}
