import CFxaot
import TestTerms
import Testing

@testable import Market

/// Names in any order, numbers and times in any form; what is decided by the data, and what is not.
struct HeaderAndTimeTests {
  private let day = "2024-03-04T00:00:00.000"

  private func refusal(_ text: String) -> String {
    do {
      return "read: " + (try SniffedText(text)).format.sentence
    } catch {
      return (error as? TextRefusal)?.sentence ?? "\(error)"
    }
  }

  @Test(arguments: [
    ("timestamp,close,open,high,low,volume", "1709510400000,11,10,12,9,7"),
    ("TIMESTAMP;Close;Open;High;Low;VOLUME", "1709510400000;11;10;12;9;7"),
    ("low\thigh\tDate Time\t<VOL>\tc\to", "9\t12\t2024-03-04 00:00\t7\t11\t10"),
    ("Adj Close|Volume|Open|High|Low|Close/Last|Date", "5|7|10|12|9|11|Mar 4, 2024"),
    (
      "\"date\",\"time\",\"open\",\"high\",\"low\",\"close\",\"tick_volume\",\"spread\",\"real_volume\"",
      "\"2024.03.04\",\"00:00\",\"10\",\"12\",\"9\",\"11\",\"7\",\"1\",\"0\""
    ),
    (",open,high,low,close,volume", "2024-03-04 00:00:00,10,12,9,11,7"),
    ("unix,date,symbol,open,high,low,close,Volume BTC", "1709510400,x,BTC/USD,10,12,9,11,7"),
    (
      "time,bidopen,bidhigh,bidlow,bidclose,askopen,askhigh,asklow,askclose,tickqty",
      "2024-03-04 00:00:00,10,12,9,11,20,22,19,21,7"
    ),
    ("open_time,open,high,low,close,volume,close_time", "1709510400000000,10,12,9,11,7,1709510459999999"),
    ("Date;Open;High;Low;Close;Volume", "04.03.2024;10,0;12,0;9,0;11,0;7"),
    ("Date,Timestamp,Open,High,Low,Close,Volume", "20240304,00:00:00,10,12,9,11,7"),
    ("ticker,volume,open,close,high,low,window_start", "AAPL,7,10,11,12,9,1709510400000000000"),
    ("Date,Price,Open,High,Low,Vol.", "\"Mar 04, 2024\",11,10,12,9,\"0.007K\""),
  ])
  func `columns by their names`(header: String, row: String) throws {
    let read = try SniffedText(header + "\n" + row + "\n")
    #expect(read.bars == ["\(day) 10.0 12.0 9.0 11.0 7.0"])
  }

  @Test(arguments: [
    ("time,ask,bid", "1709510400000,1.2,1.1"), ("bidPrice;askPrice;ts", "1.1;1.2;1709510400"),
    ("Time\tOffer\tBid\tspread", "20240304 000000\t1.2\t1.1\t1"),
  ])
  func `sides by their names`(header: String, row: String) throws {
    #expect(try SniffedText(header + "\n" + row + "\n").quotes == ["\(day) 1.1 1.2"])
  }

  @Test(arguments: [
    "1709510400", "1709510400.0", "1709510400000", "1709510400000.5", "1709510400000000",
    "1709510400000000000", "20240304", "2024/03/04", "2024.03.04", "2024-03-04", "04.03.2024",
    "2024-3-4", "2024-03-04T00:00", "2024-03-04 00:00:00.000", "2024/03/04 00:00:00",
    "20240304 000000", "20240304 000000000", "20240304000000", "202403040000", "20240304T000000",
    "2024-03-04 00:00:00+00:00", "2024-03-04T01:00:00+0100", "2024-03-03T19:00:00-05",
    "2024-03-04 00:00:00 UTC", "04.03.2024 01:00:00.000 GMT+0100", "2024-03-04 12:00 AM",
    "4 Mar 2024", "Mar 4 2024 00:00", "04-Mar-2024", "Mon 04 Mar 2024 00:00:00", "2024-Mar-04",
  ])
  func `times of one instant`(text: String) throws {
    let read = try SniffedText("time;bid;ask\n\(text);1.1;1.2\n")
    #expect(read.quotes.map { $0.prefix(19) } == ["2024-03-04T00:00:00"])
    #expect(read.parsed.parser.bad_lines == 0)
  }

  @Test func `fractions are exact`() throws {
    for (text, nanoseconds) in [
      ("1709510400.123456789", 123_456_789), ("1709510400123.25", 123_250_000),
      ("2024-03-04 00:00:00.123456789", 123_456_789), ("20240304 000000123", 123_000_000),
    ] as [(String, Int64)] {
      let read = try SniffedText("time,bid,ask\n\(text),1.1,1.2\n")
      #expect(read.parsed.quotes.first?.time_ns == 1_709_510_400_000_000_000 + nanoseconds)
    }
  }

  @Test(arguments: [
    "1.70951E+12", "2024-13-04", "2024-03-04 24:00", "2024-03-04 00:00 EST", "45355.5", "1",
    "04/03/24", "1989-12-31", "2030-01-01", "9999999999",
  ])
  func `times that are none or out of range`(text: String) throws {
    let read = try SniffedText("time;bid;ask\n2024-03-04;1.1;1.2\n\(text);1.1;1.2\n")
    #expect(read.parsed.quotes.count == 1)
    #expect(read.parsed.badLines == [3])
  }

  @Test func `day or month first is decided by the data`() throws {
    let header = "date,bid,ask\n"
    let american = try SniffedText(header + "03/04/2024,1.1,1.2\n03/14/2024,1.1,1.2\n")
    #expect(american.quotes.map { $0.prefix(10) } == ["2024-03-04", "2024-03-14"])
    #expect(american.format.notes == ["dates start with the month"])
    let british = try SniffedText(header + "04/03/2024,1.1,1.2\n14/03/2024,1.1,1.2\n")
    #expect(british.quotes.map { $0.prefix(10) } == ["2024-03-04", "2024-03-14"])
    #expect(british.format.notes == ["dates start with the day"])
    #expect(
      refusal(header + "03/04/2024,1.1,1.2\n")
        == "its dates are ambiguous: 03/04/2024 may start with the day or the month; "
        + "write them as 2024-03-04")
  }

  @Test func `decimal commas and thousands`() throws {
    let comma = try SniffedText("time;bid;ask\n2024-03-04;150,123;150,125\n")
    #expect(comma.quotes == ["\(day) 150.123 150.125"])
    let quoted = try SniffedText("time,bid,ask\n2024-03-04,\"2,034.50\",\"2,034.75\"\n")
    #expect(quoted.quotes == ["\(day) 2034.5 2034.75"])
    let other = try SniffedText("time;bid;ask\n2024-03-04;2.034,50;2.034,75\n")
    #expect(other.quotes == ["\(day) 2034.5 2034.75"])
    #expect(refusal("time,bid,ask\n2024-03-04,\"150,123\",\"150,125\"\n").contains("ambiguous"))
    // Decimal commas between commas: more columns than names.
    #expect(refusal("time,bid,ask\n2024-03-04,1,10,1,20\n").contains("names 3 columns"))
  }

  @Test func `headers that lack a column are refused`() {
    #expect(refusal("time,open,high,close\n1709510400,1,1,1\n").contains("no column for low"))
    #expect(
      refusal("open,high,low,close\n1,1,1,1\n").contains("no column for the day")
        || refusal("open,high,low,close\n1,1,1,1\n").contains("no column for the time"))
    #expect(refusal("time,bid,x\n1709510400,1.1,1.2\n").contains("also has prices"))
  }

  @Test func `without a header the higher price is the ask`() throws {
    let rows = "1709510400000,1.2,1.1\n1709510401000,1.2,1.1\n1709510402000,1.1,1.2\n"
    let read = try SniffedText(rows)
    #expect(read.quotes.first == "\(day) 1.1 1.2")
    #expect(
      read.format.notes == ["the first price is the ask: it is the higher one in most rows"])
  }

  /// Bars that go on from each other's close, as open, high, low, close in the given order.
  private func walk(_ order: [Int], newestFirst: Bool) -> String {
    var rows: [String] = []
    var price = 2_000
    for index in 0..<20 {
      let close = price + (index % 3 == 0 ? -17 : 10)
      let values = [price, max(price, close) + 1, min(price, close) - 2, close]
      let texts = order.map { "1.\(values[$0])" }
      rows.append("\(1_709_510_400 + index * 60),\(texts.joined(separator: ",")),7\n")
      price = close
    }
    return (newestFirst ? rows.reversed() : rows).joined()
  }

  @Test func `continuity tells open from close without a header`() throws {
    let usual = try SniffedText(walk([0, 1, 2, 3], newestFirst: false)).bars
    #expect(usual.count == 20)
    for (order, newestFirst) in [([0, 1, 2, 3], true), ([3, 1, 2, 0], false), ([3, 1, 2, 0], true)] {
      let read = try SniffedText(walk(order, newestFirst: newestFirst))
      #expect(read.bars.sorted() == usual, "\(order) \(newestFirst)")
      #expect(read.format.notes.isEmpty == (order[0] == 0))
    }
  }

  @Test func `a fifth price is no volume`() throws {
    let read = try SniffedText("1709510400,1.10,1.12,1.09,1.11,1.05\n1709510460,1.10,1.12,1.09,1.11,1.05\n")
    #expect(read.bars[0] == "\(day) 1.1 1.12 1.09 1.11 0.0")
    #expect(read.format.columns.hasSuffix("no volume"))
  }

  @Test func `a spike is bad and a new level is not`() throws {
    func rows(_ prices: [Double]) -> String {
      prices.enumerated().map { "\(1_709_510_400 + $0.offset),\($0.element),\($0.element)\n" }
        .joined()
    }
    let header = "time,bid,ask\n"
    let spike = try SniffedText(header + rows([1, 1, 1, 11, 1, 1, 0.09, 1]))
    #expect(spike.parsed.badLines == [5, 8])
    let first = try SniffedText(header + rows([150, 1, 1, 1]))
    #expect(first.parsed.badLines == [2])
    let level = try SniffedText(header + rows([1, 1, 1, 20, 20, 20, 20]))
    #expect(level.parsed.badLines == [])
    #expect(level.quotes.count == 7)
  }

  @Test func `clocks of a zone over its changes`() throws {
    // Athens is at UTC+2 until 2024-03-31 01:00 UTC, then at UTC+3.
    let text = "time,bid,ask\n2024-03-31 02:59,1.1,1.2\n2024-03-31 04:00,1.1,1.2\n2024-07-01,1.1,1.2\n"
    let read = try SniffedText(text, zone: "Europe/Athens")
    #expect(
      read.quotes.map { $0.prefix(16) } == [
        "2024-03-31T00:59", "2024-03-31T01:00", "2024-06-30T21:00",
      ])
    #expect(refusal("Time (Mars),bid,ask\n2024-03-04,1.1,1.2\n").contains("the zone 'Mars'"))
  }

  @Test func `line ends may be mixed`() throws {
    let text = "time,bid,ask\r1709510400,1.1,1.2\r\n1709510401,1.1,1.2\n1709510402,1.1,1.2\r"
    for piece in 1...text.utf8.count {
      let read = try SniffedText(Array(text.utf8), piece: piece)
      #expect(read.quotes.count == 3)
      #expect(read.parsed.parser.lines == 4)
    }
  }
}
