import CFxaot
import Foundation
import Testing

@testable import Market

/// Files of random layouts, written by someone who knows what is in them, then damaged: what is
/// read is right or refused, whatever was done to them.
///
/// FXAOT_FUZZ sets how many; 2,000 else.
struct MutatedFileTests {
  @Test func `every read row is one that was written`() throws {
    let wanted = ProcessInfo.processInfo.environment["FXAOT_FUZZ"].flatMap { Int($0) } ?? 2_000
    var tally = Tally()
    for seed in 0..<wanted {
      var file = RandomFile(seed: UInt64(seed))
      file.write()
      let hasDamage = file.damage()
      check(file, hasDamage: hasDamage, seed: seed, &tally)
    }
    print(
      "mutated files: \(wanted), read \(tally.read), refused \(tally.refused), "
        + "rows \(tally.rows), of damaged lines \(tally.deviating)")
    #expect(tally.read > wanted / 2)
  }

  private struct Tally {
    var read = 0
    var refused = 0
    var rows = 0
    var deviating = 0
  }

  private func check(_ file: RandomFile, hasDamage: Bool, seed: Int, _ tally: inout Tally) {
    let read: SniffedText
    do {
      read = try SniffedText(file.bytes, piece: seed % 3 == 0 ? 97 : .max)
    } catch {
      tally.refused += 1
      if !hasDamage { Issue.record("seed \(seed) refused: \(error)\n\(file.text)") }
      return
    }
    tally.read += 1
    let width = read.format.isBars ? 4 : 1
    let records = stride(from: 0, to: read.parsed.quotes.count, by: width).map { index in
      RandomFile.Row(Array(read.parsed.quotes[index..<index + width]))
    }
    tally.rows += records.count
    // Where the name of the volume is damaged, the sentence says that there is none.
    let isWithoutVolume = read.format.columns.contains("no volume")
    let truth = Set(isWithoutVolume ? file.rows.map(\.withoutVolume) : file.rows)
    let deviating = records.count { !truth.contains($0) }
    tally.deviating += deviating
    if deviating > file.damagedLines || (!hasDamage && records.count != file.rows.count) {
      let counts =
        "\(deviating) wrong of \(records.count) rows, \(file.damagedLines) lines damaged, "
        + "\(file.rows.count) written"
      Issue.record("seed \(seed): \(counts): \(read.format.sentence)\n\(file.text.prefix(600))")
    }
  }
}

/// A table in one of many layouts, and the rows that it holds.
struct RandomFile {
  struct Row: Hashable {
    let numbers: [UInt64]

    init(_ time: Int64, _ values: [Double]) {
      numbers = [UInt64(bitPattern: time)] + values.map(\.bitPattern)
    }

    private init(numbers: [UInt64]) { self.numbers = numbers }

    var withoutVolume: Row { Row(numbers: numbers.dropLast() + [(0.0).bitPattern]) }

    init(_ quotes: [fxaot_quote]) {
      if quotes.count == 4 {
        let prices = quotes.map(\.bid)
        self.init(
          quotes[0].time_ns,
          [prices[0], prices.max() ?? 0, prices.min() ?? 0, prices[3], quotes[0].bid_size * 8])
      } else {
        self.init(quotes[0].time_ns, [quotes[0].bid, quotes[0].ask])
      }
    }
  }

  private var random: RandomSource
  private(set) var rows: [Row] = []
  private(set) var bytes: [UInt8] = []
  /// Lines that may read as something else since they were damaged.
  private(set) var damagedLines = 0

  var text: String { String(decoding: bytes, as: UTF8.self) }

  init(seed: UInt64) { random = RandomSource(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ 1) }

  private mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
  private mutating func one<Element>(of choices: [Element]) -> Element {
    choices[below(choices.count)]
  }
  private mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  // ---- writing -------------------------------------------------------------

  private static let timeStyles = [
    "s", "ms", "us", "ns", "iso", "isoT", "isoZ", "offset", "compact", "slash", "points", "dots",
    "two", "twoPoints", "fraction",
  ]

  mutating func write() {
    let isBars = chance(50)
    let delimiter = one(of: [",", ",", ";", "\t", "|"])
    let hasComma = delimiter != "," && chance(30)
    let style = one(of: RandomFile.timeStyles)
    let mark = chance(15) ? "\"" : ""
    let end = one(of: ["\n", "\n", "\r\n", "\r", "mixed"])
    var columns = isBars ? ["open", "high", "low", "close", "volume"] : ["bid", "ask"]
    columns += style.hasPrefix("two") ? ["date", "clock"] : ["time"]
    for index in 0..<below(3) { columns.append("other\(index)") }
    for index in columns.indices.reversed() where index > 0 {
      columns.swapAt(index, below(index + 1))
    }
    var names: [String] = []
    for column in columns { names.append(name(column)) }
    var text = chance(10) ? "\u{FEFF}" : ""
    func lineEnd(_ random: inout RandomSource) -> String {
      end == "mixed" ? ["\n", "\r\n", "\r"][Int(random.next() % 3)] : end
    }
    text += names.map { mark + $0 + mark }.joined(separator: delimiter) + lineEnd(&random)
    var bytes = Array(text.utf8)
    var seconds: Int64 = 1_709_510_400 + Int64(below(10_000)) * 60
    var price = one(of: [1.1, 150.0, 0.65, 2_034.0])
    for _ in 0..<(2 + below(60)) {
      let step = Double(below(200) - 100) * price * 0.00002
      price += step
      let values = isBars ? bar(price) : quote(price)
      let fields = columns.map { column -> String in
        if let place = ["open", "high", "low", "close", "volume"].firstIndex(of: column), isBars {
          return values[place]
        }
        switch column {
        case "bid": return values[0]
        case "ask": return values[1]
        case "time", "date", "clock": return RandomFile.time(seconds, column, style)
        default: return "x"
        }
      }
      let numbers = values.map { Double($0) ?? 0 }
      rows.append(Row(seconds * 1_000_000_000, numbers))
      let written = zip(fields, columns).map { field, column in
        let isNumber = !["time", "date", "clock"].contains(column) && !column.hasPrefix("other")
        return mark + (isNumber && hasComma ? field.replacing(".", with: ",") : field) + mark
      }
      var line = Array(written.joined(separator: delimiter).utf8)
      // Latin-1 in a column that is not read.
      if columns.last?.hasPrefix("other") == true, mark.isEmpty, chance(20) { line.append(0xE9) }
      bytes += line + Array(lineEnd(&random).utf8)
      seconds += 60
    }
    if chance(20) { while bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() } }
    self.bytes = bytes
  }

  private mutating func name(_ column: String) -> String {
    let choices: [String: [String]] = [
      "open": ["open", "Open", "OPEN", "o", "<OPEN>"], "high": ["high", "High", "h", "<HIGH>"],
      "low": ["low", "Low", "l", "<LOW>"], "close": ["close", "Close", "c", "<CLOSE>"],
      "volume": ["volume", "Volume", "vol", "tickvol", "<TICKVOL>", "v"],
      "bid": ["bid", "Bid", "bidPrice", "BID_PRICE", "<BID>"],
      "ask": ["ask", "Ask", "askPrice", "offer", "<ASK>"],
      "time": ["time", "timestamp", "Datetime", "Gmt time", "date_time", "open_time"],
      "date": ["date", "Date", "<DATE>", "day"], "clock": ["time", "<TIME>", "Time"],
    ]
    return one(of: choices[column] ?? ["spread", "Adj Close", "note", "x1", "Caf\u{E9}"])
  }

  private mutating func bar(_ price: Double) -> [String] {
    let open = price
    let close = price * (1 + Double(below(20) - 10) * 1e-5)
    let high = max(open, close) * (1 + Double(below(10)) * 1e-5)
    let low = min(open, close) * (1 - Double(below(10)) * 1e-5)
    return [open, high, low, close].map { String(format: "%.5f", $0) } + ["\(below(500))"]
  }

  private mutating func quote(_ price: Double) -> [String] {
    [price, price * (1 + Double(below(10)) * 1e-5)].map { String(format: "%.5f", $0) }
  }

  private static func time(_ seconds: Int64, _ column: String, _ style: String) -> String {
    let iso = SniffedText.text(seconds * 1_000_000_000)
    let day = String(iso.prefix(10))
    let clock = String(iso.dropFirst(11).prefix(8))
    let parts = day.split(separator: "-").map(String.init)
    switch style {
    case "s": return "\(seconds)"
    case "ms": return "\(seconds * 1_000)"
    case "us": return "\(seconds * 1_000_000)"
    case "ns": return "\(seconds * 1_000_000_000)"
    case "fraction": return "\(seconds).000"
    case "iso": return "\(day) \(clock)"
    case "isoT": return "\(day)T\(clock).000"
    case "isoZ": return "\(day)T\(clock)Z"
    case "offset":
      let shifted = SniffedText.text((seconds + 7_200) * 1_000_000_000)
      return "\(shifted.prefix(10)) \(shifted.dropFirst(11).prefix(8))+02:00"
    case "compact": return "\(parts.joined()) \(clock.filter { $0 != ":" })"
    case "slash": return "\(parts.joined(separator: "/")) \(clock)"
    case "points": return "\(parts.joined(separator: ".")) \(clock)"
    case "dots": return "\(parts[2]).\(parts[1]).\(parts[0]) \(clock)"
    case "two": return column == "date" ? day : clock
    default: return column == "date" ? parts.joined(separator: ".") : String(clock.prefix(5))
    }
  }

  // ---- damage --------------------------------------------------------------

  /// False where the bytes are still as written.
  mutating func damage() -> Bool {
    switch below(6) {
    case 0:
      let cut = below(bytes.count)
      bytes.removeLast(bytes.count - cut)
      damagedLines = 1
    case 1:
      for _ in 0..<(1 + below(6)) {
        bytes[below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
        // A new line end makes two lines of one, a lost one one of two.
        damagedLines += 2
      }
    case 2:
      let place = below(bytes.count)
      bytes.insert(contentsOf: (0..<(1 + below(8))).map { _ in UInt8(below(256)) }, at: place)
      damagedLines = 10
    case 3:
      let place = below(bytes.count)
      bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(40)))
      damagedLines = 2
    default: return false
    }
    return true
  }
}
