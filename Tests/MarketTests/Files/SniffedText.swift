import CFxaot
import Calendar

@testable import Market

/// A text as the tool and the file feed read it: found out by its beginning, then parsed.
struct SniffedText {
  let format: TextFormat
  let parsed: ParsedText

  init(
    _ bytes: [UInt8], names: [String] = ["data.csv"], zone: String? = nil, day: Int64 = 0,
    piece: Int = .max
  ) throws {
    var found: Result<TextFormat, TextRefusal> = .success(TextFormat())
    bytes.withUnsafeBytes { bytes in
      do throws(TextRefusal) {
        found = .success(try TextSniffer.sniff(bytes, isWhole: true, names: names, zone: zone))
      } catch {
        found = .failure(error)
      }
    }
    format = try found.get()
    var parser = format.parser(symbol: 7)
    parser.day_ns = day
    parser.earliest_ns = FXAOT_MIN_TIME_NS
    parser.latest_ns = 1_861_920_000_000_000_000  // 2029-01-01
    parser.bad_line_limit = 1_000
    parsed = ParsedText(bytes, parser, piece: piece)
  }

  init(_ text: String, names: [String] = ["data.csv"], zone: String? = nil, day: Int64 = 0) throws {
    try self.init(Array(text.utf8), names: names, zone: zone, day: day)
  }

  /// "2024-03-04T00:00:00.000 open high low close volume" of each bar.
  var bars: [String] {
    stride(from: 0, to: parsed.quotes.count - 3, by: 4).map { index in
      let quotes = parsed.quotes[index..<index + 4]
      let prices = quotes.map(\.bid)
      return "\(SniffedText.text(quotes[index].time_ns)) \(prices[0]) \(prices.max() ?? 0) "
        + "\(prices.min() ?? 0) \(prices[3]) \(quotes[index].bid_size * 8)"
    }
  }

  /// "2024-03-04T00:00:00.000 bid ask" of each quote.
  var quotes: [String] {
    parsed.quotes.map { "\(SniffedText.text($0.time_ns)) \($0.bid) \($0.ask)" }
  }

  static func text(_ time: Int64) -> String {
    func padded(_ value: Int, _ width: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let moment = CivilMoment(local: time / 1_000_000)
    let (year, month, day) = (moment.date.year, moment.date.month, moment.date.day)
    let ms = moment.millisecondOfDay
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
      + "\(padded(ms / 3_600_000, 2)):\(padded(ms / 60_000 % 60, 2)):"
      + "\(padded(ms / 1_000 % 60, 2)).\(padded(ms % 1_000, 3))"
  }
}
