import StrategyVM
import Testing

/// Functions of time whose texts change from bar to bar: the chart has bars of 15 minutes from 2024-01-01 00:00 UTC on,
/// closes 10 12 11 15 14 18 17 16 20 19.
@Suite("Functions of time with texts of the bar") struct AskedTimeTests {
  private let na = Double.nan
  private static let start = 1_704_067_200_000.0

  private static let odd = "tf = bar_index % 2 == 1 ? \"60\" : \"\"\n"

  @Test func `time and time_close take the timeframe of the bar`() throws {
    let quarter = 900_000.0
    try check(
      Self.odd + "plot(time(tf) - \(Int(Self.start)), \"x\")",
      [0, 0, 2, 0, 4, 4, 6, 4, 8, 8].map { $0 * quarter })
    try check(
      Self.odd + "plot(time_close(tf) - \(Int(Self.start)), \"x\")",
      [1, 4, 3, 4, 5, 8, 7, 8, 9, 12].map { $0 * quarter })
  }

  @Test func `sessions and zones may be fields of objects`() throws {
    let session = """
      type Hours
          string text
          string zone = "UTC"
      array<Hours> all = array.from(Hours.new("0030-0100"), Hours.new("2000-2045", "America/New_York"))
      var n = 0

      """
    // 00:30 and 00:45 UTC; 20:00, 20:15 and 20:30 in New York are 01:00, 01:15 and 01:30 UTC.
    try check(
      session + "for h in all\n    n += na(time(timeframe.period, h.text, h.zone)) ? 0 : 1\nplot(n, \"x\")",
      [0, 0, 1, 2, 3, 4, 5, 5, 5, 5])
  }

  @Test func `timeframe.change, in_seconds and from_seconds take values of the bar`() throws {
    try check(
      "var tf = \"30\"\nif bar_index == 5\n    tf := \"60\"\nplot(timeframe.change(tf) ? 1 : 0, \"x\")",
      [0, 0, 1, 0, 1, 0, 0, 0, 1, 0])
    try check(
      "tf = str.tostring(bar_index + 1)\nplot(timeframe.in_seconds(tf), \"x\")",
      [60, 120, 180, 240, 300, 360, 420, 480, 540, 600])
    try check(
      "s = timeframe.from_seconds(bar_index % 2 == 0 ? 45 : 3600 * bar_index)\n"
        + "plot(timeframe.in_seconds(s), \"x\")",
      [45, 3600, 45, 10_800, 45, 18_000, 45, 25_200, 45, 32_400])
  }

  @Test func `a timeframe of a constant number of seconds is a text like any other`() throws {
    try check(
      "tf = timeframe.from_seconds(5400)\nplot(tf == \"90\" ? timeframe.in_seconds(tf) : 0, \"x\")",
      [Double](repeating: 5400, count: 10))
    try check("plot(timeframe.from_seconds(0) == \"\" ? 1 : 0, \"x\")", [Double](repeating: 0, count: 10))
  }

  @Test func `the zone of a clock and of a date may change`() throws {
    let zone = "zone = bar_index < 2 ? \"UTC\" : \"UTC+\" + str.tostring(bar_index)\n"
    try check(zone + "plot(hour(time, zone), \"x\")", [0, 0, 2, 3, 5, 6, 7, 8, 10, 11])
    try check(
      zone + "plot((timestamp(zone, 2024, 1, 1) - \(Int(Self.start))) / 3600000, \"x\")",
      [0, 0, -2, -3, -4, -5, -6, -7, -8, -9])
    try check(
      zone + "plot(str.tonumber(str.format_time(time, \"H\", zone)), \"x\")", [0, 0, 2, 3, 5, 6, 7, 8, 10, 11])
  }

  @Test func `bars_back may change; bars to come stop the script`() throws {
    try check(
      "plot((time(\"\", bars_back = bar_index % 3) - \(Int(Self.start))) / 900000, \"x\")",
      [0, 0, 0, 3, 3, 3, 6, 6, 6, 9])
    let run = try ScriptRun("//@version=6\nindicator(\"t\")\nplot(time(\"\", bars_back = 1 - bar_index))\n")
    #expect(run.failure == .history(line: 3, offset: -1))
  }

  @Test(arguments: [
    ("plot(time(str.tostring(bar_index) + \"Q\"))", "time: no such timeframe, session or time zone"),
    ("plot(time_close(\"\", str.tostring(bar_index)))", "time_close: no such timeframe, session or time zone"),
    ("plot(timeframe.change(str.tostring(bar_index - 1)) ? 1 : 0)", "timeframe.change: no such timeframe"),
    ("plot(timeframe.in_seconds(str.tostring(bar_index)))", "timeframe.in_seconds: no such timeframe"),
    ("plot(hour(time, \"zone\" + str.tostring(bar_index)))", "no such time zone"),
  ])
  func `A text that names no timeframe, session or zone stops the script`(body: String, complaint: String) throws {
    let run = try ScriptRun("//@version=6\nindicator(\"t\")\n\(body)\n")
    #expect(run.failure == .error(line: 3, message: complaint))
    #expect(run.orders.isEmpty)
  }
}
