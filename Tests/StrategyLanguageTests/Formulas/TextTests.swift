import Testing

@testable import StrategyLanguage

/// What `str.*` writes, by the text itself.
@Suite struct TextTests {
  /// The text of an expression, on the first bar.
  private func text(_ expression: String) throws -> String {
    let script = """
      //@version=6
      strategy("t")
      if barstate.isfirst
          strategy.entry("a", strategy.long, comment = \(expression))

      """
    let run = try ScriptRun(script)
    #expect(run.failure == nil)
    let order = try #require(run.orders.first?.first)
    return run.texts(order.comment)
  }

  @Test(arguments: [
    ("0.1 + 0.2", "0.3"), ("1e21", "1000000000000000000000"), ("1.5", "1.5"), ("7", "7"),
    ("-0.0", "0"), ("0.00000000004", "0"), ("-0.00000000004", "0"), ("1 / 3", "0.3333333333"),
    ("2 / 3", "0.6666666667"), ("123456789.123456789", "123456789.12345679"),
    ("1234567890123456", "1234567890123456"), ("0.00000012", "0.00000012"),
    ("100019.7405", "100019.7405"), ("1e-11", "0"), ("-1.25", "-1.25"),
  ])
  func `str.tostring: the shortest digits that mean the number, at most ten behind the point`(
    number: String, expected: String
  ) throws {
    try #expect(text("str.tostring(\(number))") == expected)
    // The same where the number is not known before the first bar.
    try #expect(text("str.tostring(\(number) + (close - close))") == expected)
  }

  @Test(arguments: [
    ("0.5", "#.0", ".5"), ("0.5", "#.#", "0.5"), ("0", "#.##", "0"), ("0", "#.00", ".00"),
    ("2.675", "#.##", "2.68"), ("1.005", "0.00", "1.01"), ("-2.5", "#", "-3"),
    ("2.5", "#", "3"), ("1234567.891", "#,##0.00", "1,234,567.89"), ("1234567", "#,####", "123,4567"),
    ("7", "000", "007"), ("-7", "000.0", "-007.0"), ("0.256", "#.#%", "25.6%"),
    ("0.285", "#%", "29%"), ("1.5", "$#,##0.00", "$1.50"), ("-1.5", "$0.00", "-$1.50"),
    ("-1.5", "0.0;(0.0)", "(1.5)"), ("1.5", "0.0;(0.0)", "1.5"), ("3", "0 bars", "3 bars"),
    ("3", " 0 ", " 3 "), ("3", "'#'0", "#3"), ("3", "''0''", "'3'"), ("2.5", "abc", "abc3"),
    ("-0.001", "0.00", "0.00"), ("1.23456789012345678", "0.00000000000000000000", "1.23456789012345670000"),
  ])
  func `str.tostring by a pattern: halves up by the digits, what stands around them is written`(
    number: String, pattern: String, expected: String
  ) throws {
    try #expect(text("str.tostring(\(number), \"\(pattern)\")") == expected)
  }

  @Test(arguments: [
    ("1.23456", "mintick", "1.23"), ("1.005", "mintick", "1.01"), ("2", "mintick", "2.00"),
    ("12.345", "percent", "12.35%"), ("-0.001", "percent", "0.00%"), ("0.5", "percent", "0.50%"),
    ("1234567", "volume", "1.235M"), ("2500000000", "volume", "2.5B"), ("12000", "volume", "12K"),
    ("999", "volume", "999"), ("12.4", "volume", "12"), ("-1500", "volume", "-1.5K"),
    ("3.2e12", "volume", "3.2T"),
  ])
  func `str.tostring by format.*`(number: String, format: String, expected: String) throws {
    try #expect(text("str.tostring(\(number), format.\(format))") == expected)
  }

  @Test func `na and bools have texts`() throws {
    try #expect(text("str.tostring(float(na))") == "NaN")
    try #expect(text("str.tostring(float(na), \"$0.00\")") == "NaN")
    try #expect(text("str.tostring(float(na), format.mintick)") == "NaN")
    try #expect(text("str.tostring(float(na), format.percent)") == "NaN%")
    try #expect(text("str.tostring(close > 0) + str.tostring(close < 0)") == "truefalse")
    try #expect(text("str.format(\"{0}|{1}|{2}\", float(na), close > 0, \"x\")") == "NaN|true|x")
    try #expect(text("str.format(\"{0,number,$0.00}\", float(na))") == "NaN")
  }

  @Test(arguments: [
    ("{0}", "1234567.12345", "1,234,567.123"), ("{0}", "0.0005", "0.001"),
    ("{0}", "-0.0004", "-0"), ("{0}", "-0.0", "0"), ("{0,number,#.#}", "1.25", "1.3"),
    ("{0,number,#.#}", "1.35", "1.4"), ("{0,number,integer}", "1234.5", "1,235"),
    ("{0,number,integer}", "1235.5", "1,236"), ("{0,number,integer}", "-2.5", "-3"),
    ("{0,number,currency}", "1.34", "$1.34"), ("{0,number,currency}", "-1234.5", "-$1,234.50"),
    ("{0,number,percent}", "0.345", "35%"), ("{0,number,percent}", "12.5", "1,250%"),
    ("{0, number, Integer }", "1234.5", "1,235"), ("{0,number, #.#}", "1.25", " 1.3"),
    ("{0,number,#.# }", "1.25", "1.3 "), ("{0,number,'#'#}", "3", "#3"),
    ("{0,number,#,##0.00}", "1234.5", "1,234.50"), ("{0,number}", "0.5", "0.5"),
    ("'{0}' it''s {0}", "1", "{0} it's 1"), ("{0", "1", "{0"), ("{1}{0}", "1", "{1}1"),
    ("{x}", "1", "{x}"), ("a } b", "1", "a } b"), ("{0,number,0.0;(0.0)}", "-1.5", "(1.5)"),
    ("{0,number,'{'0'}'}", "1", "{1}"),
  ])
  func `str.format: halves up, names and patterns, blanks and apostrophes`(
    pattern: String, value: String, expected: String
  ) throws {
    try #expect(text("str.format(\"\(pattern)\", \(value))") == expected)
  }

  @Test(arguments: [
    ("{0,date,yyyy-MM-dd}", "2024-03-04"), ("{0,time,HH:mm}", "14:05"),
    ("{0,date}", "Mar 4, 2024"), ("{0,date,short}", "3/4/24"), ("{0,date,long}", "March 4, 2024"),
    ("{0,date,full}", "Monday, March 4, 2024"), ("{0,time}", "2:05:09 PM"),
    ("{0,time,short}", "2:05 PM"), ("{0,date,HH:mm:ss:SSSS}", "14:05:09:0007"),
  ])
  func `str.format of times, in UTC`(pattern: String, expected: String) throws {
    let time = "timestamp(\"UTC\", 2024, 3, 4, 14, 5, 9) + 7"
    try #expect(text("str.format(\"\(pattern)\", \(time))") == expected)
  }

  @Test(arguments: [
    ("yyyy-MM-dd'T'HH:mm:ssZ", "2024-03-04T09:05:09-0500"), ("Z", "-0500"), ("X", "-05"),
    ("XX", "-0500"), ("XXX", "-05:00"), ("z", "GMT-05:00"), ("yy y yyyy", "24 2024 2024"),
    ("M MM MMM MMMM", "3 03 Mar March"), ("d dd D DDD", "4 04 64 064"), ("E EEE EEEE", "Mon Mon Monday"),
    ("h hh H HH K k a", "9 09 9 09 9 9 AM"), ("m mm s ss S SSS", "5 05 9 09 7 007"),
    ("u w W G", "1 10 2 AD"), ("h 'o''clock' ''a''", "9 o'clock 'AM'"), ("yyyy/MM.dd, [x]", "2024/03.04, [x]"),
  ])
  func `str.format_time: the letters of its patterns`(pattern: String, expected: String) throws {
    let time = "timestamp(\"UTC\", 2024, 3, 4, 14, 5, 9) + 7"
    try #expect(
      text("str.format_time(\(time), \"\(pattern)\", \"America/New_York\")") == expected)
  }

  @Test func `str.format_time: the offset is the zone's at that time`() throws {
    func plain(_ zone: String, _ month: Int) throws -> String {
      try text("str.format_time(timestamp(\"UTC\", 2024, \(month), 4, 0, 0, 0), timezone = \"\(zone)\")")
    }
    try #expect(plain("America/New_York", 7) == "2024-07-03T20:00:00-0400")
    try #expect(plain("UTC+5:30", 7) == "2024-07-04T05:30:00+0530")
    try #expect(plain("UTC", 7) == "2024-07-04T00:00:00+0000")
    try #expect(plain("GMT-3:30", 1) == "2024-01-03T20:30:00-0330")
  }
}

/// `str.tonumber`.
@Suite struct NumberOfTextTests {
  @Test(
    arguments: [
      ("12", 12.0), (" 12\t", 12), ("-1.5", -1.5), ("+1.5", 1.5), (".5", 0.5), ("1.", 1), ("1e3", 1000),
      ("2.5E-1", 0.25), ("", .nan), (" ", .nan), ("0x10", .nan), ("inf", .nan), ("nan", .nan),
      ("infinity", .nan), ("1 2", .nan), ("1,5", .nan), ("12a", .nan), ("--1", .nan), (".", .nan),
    ] as [(String, Double)])
  func `decimal numbers with blanks around them; na for all else`(text: String, expected: Double) throws {
    let value = try ScriptRun.plotted("plot(str.tonumber(\"\(text)\"), \"x\")")[0]
    #expect(value == expected || value.isNaN && expected.isNaN)
  }
}

/// `math.round` and `math.round_to_mintick`.
@Suite struct RoundingTests {
  private static let cases: [(String, Double)] = [
    ("math.round(2.5)", 3), ("math.round(-2.5)", -3), ("math.round(-0.4)", 0),
    ("math.round(0.49999999999999994)", 0), ("math.round(2.675, 2)", 2.68),
    ("math.round(-2.675, 2)", -2.68), ("math.round(1.005, 2)", 1.01),
    ("math.round(100019.7405, 3)", 100019.74), ("math.round(1.45, 1)", 1.5),
    ("math.round(1.15, 1)", 1.2), ("math.round(2.6749999999999, 2)", 2.67),
    ("math.round(2.6750000000001, 2)", 2.68), ("math.round(-1.5, 0)", -2),
    ("math.round(1234.5678, 2)", 1234.57), ("math.round(1e17, 2)", 1e17),
    ("math.round_to_mintick(1.005)", 1.01), ("math.round_to_mintick(2.345)", 2.35),
    ("math.round_to_mintick(-1.005)", -1.01), ("math.round_to_mintick(1.0049)", 1),
  ]

  @Test(arguments: cases)
  func `halves go away from zero; within 1e-10 of one the decimal text decides`(call: String, expected: Double) throws {
    let values = try ScriptRun.plotted("plot(\(call), \"x\")")
    #expect(values[0] == expected && values[0].sign == (expected < 0 ? .minus : .plus))
    // The same of a number that is not known before the first bar.
    let series = call.replacing("(", with: "(close - close + ", maxReplacements: 1)
    try #expect(ScriptRun.plotted("plot(\(series), \"x\")")[0] == expected)
  }

  @Test func `na stays na`() throws {
    try #expect(ScriptRun.plotted("plot(math.round(float(na)), \"x\")")[0].isNaN)
    try #expect(ScriptRun.plotted("plot(math.round(float(na), 2), \"x\")")[0].isNaN)
    try #expect(ScriptRun.plotted("plot(math.round(1.5, int(na)), \"x\")")[0].isNaN)
  }
}
