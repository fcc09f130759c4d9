import Foundation
import Testing

@testable import fxaot

/// Charts of a script: their timeframe, their aggregation, the days of forex.
struct TimeframeTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func fxaot(_ arguments: [String]) throws {
    var command = try Fxaot.parseAsRoot(arguments)
    try command.run()
  }

  private let hour = 3_600_000
  /// 2024-03-04T00:00Z, a Monday.
  private let monday = 1_709_510_400_000

  private func bars(_ name: String, _ times: [Int]) throws -> String {
    let rows = times.enumerated().map { i, time in
      // 1.000 and a thousandth more for each bar, half a thousandth up and down.
      let price = { (half: Int) in "\(Double(10_000 + 10 * i + 5 * half) / 10_000)" }
      return "\(time),\(price(0)),\(price(1)),\(price(-1)),\(price(0)),1"
    }
    return try scratch.file(
      name, "timestamp,open,high,low,close,volume\n" + rows.joined(separator: "\n") + "\n")
  }

  private func hours(_ count: Int, from: Int? = nil) -> [Int] {
    (0..<count).map { (from ?? monday) + $0 * hour }
  }

  /// What the expressions are on each bar, a row a bar, behind the bar's time.
  private func rows(_ expressions: String..., bars: String, _ options: [String] = []) throws
    -> [String]
  {
    let plots = expressions.enumerated().map { "plot(\($1), \"\($0)\")\n" }.joined()
    let script = try scratch.file("p.pine", "//@version=6\nindicator(\"p\")\n" + plots)
    try fxaot(["run", script, "--bars", bars, "--plots", scratch.path + "/p.csv"] + options)
    return try scratch.text("p.csv").split(separator: "\n").dropFirst().map {
      $0.replacingOccurrences(of: ":00:00Z", with: "").replacingOccurrences(of: "2024-", with: "")
    }
  }

  private func times(_ bars: String, _ options: [String]) throws -> [String] {
    try rows("close", bars: bars, options).map { String($0.prefix { $0 != "," }) }
  }

  @Test func `four hours of forex count from seventeen hundred in New York`() throws {
    let file = try bars("eurusd-h1.csv", hours(48))
    let chart = try times(file, ["--timeframe", "4h"])
    #expect(chart.count == 13)
    #expect(chart[..<4] == ["03-03T22", "03-04T02", "03-04T06", "03-04T10"])
    #expect(try times(file, ["--timeframe", "4h", "--session-start", "0"]).count == 12)
    #expect(try times(file, ["--timeframe", "4h", "--timezone", "UTC"]).first == "03-04T00")
    #expect(
      try times(file, ["--timeframe", "4h", "--session-start", "21:00"]).first == "03-03T21")
    #expect(try times(file, ["--timeframe", "4h", "--symbol", "ETHUSDT"]).count == 12)
  }

  @Test func `aggregation takes first highest lowest last and sum`() throws {
    let file = try bars("eurusd.csv", hours(6))
    #expect(
      try rows("open", "high", "low", "close", "volume", "time_close - time", bars: file, ["--timeframe", "4h"])
        == ["03-03T22,1.0,1.0015,0.9995,1.001,2.0,14400000.0", "03-04T02,1.002,1.0055,1.0015,1.005,4.0,14400000.0"])
  }

  @Test func `a timeframe that bars cannot make is refused`() throws {
    let file = try bars("eurusd.csv", hours(48))
    #expect(
      throws: ToolError.failed(
        "--timeframe 15 is shorter than the files' timeframe, 60")
    ) { try times(file, ["--timeframe", "15m"]) }
    #expect(
      throws: ToolError.failed(
        "--timeframe 90 is not a multiple of the files' timeframe, 60")
    ) { try times(file, ["--timeframe", "90m"]) }
    #expect(try times(file, ["--timeframe", "1h"]).count == 48)
  }

  @Test func `the most common step is the timeframe`() throws {
    var stray = hours(48)
    stray.insert(monday + 5 * hour + 60_000, at: 6)
    let file = try bars("eurusd.csv", stray)
    #expect(try rows("timeframe.in_seconds()", bars: file).first == "03-04T00,3600.0")
    let timed = try #require(OwnTimeframe(stray.map(Int64.init)))
    #expect(timed.period.text == "60")
    #expect(timed.strays == [Int64(monday + 5 * hour + 60_000)])
  }

  @Test func `sparse bars and calendar steps tell their timeframe`() {
    let minute: Int64 = 60_000
    let sparse = OwnTimeframe([0, 2, 4, 5, 7, 9, 10, 12, 14, 16, 17].map { $0 * minute })
    #expect(sparse?.period.text == "1" && sparse?.strays == [])
    let day: Int64 = 86_400_000
    let months = OwnTimeframe([0, 31, 59, 90, 120].map { $0 * day })
    #expect(months?.period.text == "1M" && months?.strays == [])
    let days = OwnTimeframe([4, 5, 6, 7, 8, 11, 12].map { $0 * day })
    #expect(days?.period.text == "1D" && days?.strays == [])
    #expect(OwnTimeframe([day]) == nil)
  }

  /// Hours from Sunday 2024-03-03 17:00 New York to Friday, twice, over the change of clocks.
  private func weeks() throws -> String {
    let first = monday - 2 * hour
    return try bars("eurusd.csv", hours(120, from: first) + hours(120, from: first + 167 * hour))
  }

  @Test func `forex has five days a week over a change of clocks`() throws {
    let file = try weeks()
    #expect(
      try rows("dayofweek", "time_tradingday - timestamp(\"2024-03-04\")", bars: file, ["--timeframe", "1d"])
        == [
          "03-03T22,1.0,0.0", "03-04T22,2.0,86400000.0", "03-05T22,3.0,172800000.0",
          "03-06T22,4.0,259200000.0", "03-07T22,5.0,345600000.0", "03-10T21,1.0,604800000.0",
          "03-11T21,2.0,691200000.0", "03-12T21,3.0,777600000.0", "03-13T21,4.0,864000000.0",
          "03-14T21,5.0,950400000.0",
        ])
    #expect(try times(file, ["--timeframe", "1w"]) == ["03-03T22", "03-10T21"])
  }

  @Test func `requests and questions of time go by the forex day`() throws {
    let file = try weeks()
    let rows = try rows(
      "timeframe.change(\"D\") ? 1 : 0", "session.isfirstbar ? 1 : 0",
      "ta.change(time(\"D\")) != 0 ? 1 : 0", "request.security(syminfo.tickerid, \"D\", close)",
      "request.security(syminfo.tickerid, \"W\", close)", bars: file)
    let firsts = rows.filter { $0.contains(",1.0,1.0,") }.map { String($0.prefix(8)) }
    #expect(rows[0].hasPrefix("03-03T22,0.0,1.0,"))
    #expect(
      firsts == [
        "03-04T22", "03-05T22", "03-06T22", "03-07T22", "03-10T21", "03-11T21",
        "03-12T21", "03-13T21", "03-14T21",
      ])
    #expect(rows[22].hasSuffix(",0.0,0.0,0.0,,"))
    #expect(rows[23] == "03-04T21,0.0,0.0,0.0,1.023,")
    #expect(rows[119] == "03-08T21,0.0,0.0,0.0,1.119,1.119")
    #expect(rows[120] == "03-10T21,1.0,1.0,1.0,1.119,1.119")
  }

  @Test func `bars of the week end belong to no day`() throws {
    // Monday to Monday without a break.
    let file = try bars("eurusd.csv", hours(192))
    #expect(
      try times(file, ["--timeframe", "1d"])
        == ["03-03T22", "03-04T22", "03-05T22", "03-06T22", "03-07T22", "03-10T21", "03-11T21"])
    let rows = try rows(
      "timeframe.change(\"D\") ? 1 : 0", "request.security(syminfo.tickerid, \"D\", close)",
      "request.security(syminfo.tickerid, \"D\", close, lookahead = barmerge.lookahead_on)",
      bars: file)
    #expect(rows.filter { $0.contains(",1.0,") }.count == 6)
    #expect(rows[117...164].allSatisfy { $0.hasSuffix(",0.0,1.117,1.117") })
    #expect(rows.count == 192)
  }

  @Test func `a row without a clock time is the forex day that ends on its date`() throws {
    let file = try scratch.file(
      "eurusd-d.csv",
      """
      timestamp,open,high,low,close,volume
      2024-03-03T00:00:00,1.00,1.50,0.90,1.10,1
      2024-03-04T00:00:00,1.10,1.20,1.00,1.20,2
      2024-03-05T00:00:00,1.20,1.30,1.10,1.30,4

      """)
    #expect(
      try rows(
        "open", "high", "low", "close", "volume", "time_close - time", "dayofmonth",
        "dayofmonth(time_tradingday, \"UTC\")", bars: file)
        == [
          "03-03T22,1.0,1.5,0.9,1.2,3.0,86400000.0,3.0,4.0",
          "03-04T22,1.2,1.3,1.1,1.3,4.0,86400000.0,4.0,5.0",
        ])
    #expect(try times(file, ["--symbol", "BTCUSDT"]) == ["03-03T00", "03-04T00", "03-05T00"])
  }

  @Test func `on a chart of days a date option is a trading day`() throws {
    let script = try scratch.file(
      "s.pine", "//@version=6\nstrategy(\"s\")\nstrategy.entry(\"L\", strategy.long)\n")
    try fxaot(
      ["run", script, "--bars", try weeks(), "--timeframe", "1d", "--trades"]
        + [scratch.path + "/t.csv", "--from", "2024-03-06", "--to", "2024-03-07"])
    let rows = try scratch.text("t.csv").split(separator: "\n")
    // Ordered on Wednesday's bar, filled at the open of Thursday's, which is the last one.
    #expect(rows.count == 2 && rows[1].hasPrefix("1,long,2024-03-06T22:00:00Z,"))
  }

  @Test func `quotes make forex days too`() throws {
    // Sunday 21:30 UTC is before the opening, 22:00 the opening itself.
    let quotes = try scratch.file(
      "eurusd.csv",
      """
      time_ns,bid,ask,bid_size,ask_size
      \((monday - 5 * hour / 2) * 1_000_000),1.0,1.0,1,1
      \((monday - 2 * hour) * 1_000_000),1.1,1.1,1,1
      \((monday + 21 * hour) * 1_000_000),1.2,1.2,1,1
      \((monday + 22 * hour) * 1_000_000),1.3,1.3,1,1

      """)
    let script = try scratch.file(
      "p.pine", "//@version=6\nindicator(\"p\")\nplot(open)\nplot(close)\n")
    try fxaot(
      ["run", script, "--ticks", quotes, "--timeframe", "1d", "--plots", scratch.path + "/p.csv"])
    let lines = try scratch.text("p.csv").split(separator: "\n").dropFirst()
    #expect(Array(lines) == ["2024-03-03T22:00:00Z,1.1,1.2", "2024-03-04T22:00:00Z,1.3,1.3"])
  }

  @Test func `a session gives its own bounds`() throws {
    let file = try bars("ethusdt.csv", hours(24))
    let rows = try rows(
      "time(\"D\", \"0300-1200\", \"America/New_York\") - timestamp(\"2024-03-04\")",
      "time_close(\"D\", \"0300-1200\", \"America/New_York\") - timestamp(\"2024-03-04\")",
      "time(\"240\", \"0300-1200\", \"America/New_York\") - timestamp(\"2024-03-04\")",
      bars: file)
    #expect(rows[7] == "03-04T07,,,")
    #expect(rows[8] == "03-04T08,28800000.0,61200000.0,28800000.0")
    #expect(rows[12] == "03-04T12,28800000.0,61200000.0,43200000.0")
    #expect(rows[16] == "03-04T16,28800000.0,61200000.0,57600000.0")
    #expect(rows[17] == "03-04T17,,,")
  }
}
