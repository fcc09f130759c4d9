import CFxaot
import Testing

/// Exact values of one or a few lines of every format.
struct QuoteFormatTests {
  // 2014-05-01 00:00 UTC, by `date -u -d 2014-05-01 +%s`.
  private let may1: Int64 = 1_398_902_400_000_000_000

  @Test func `lean adds milliseconds to the day`() {
    let text = "1787,1.38727,1.38729\r\n1813,1.38726,1.38729\r\n"
    let parsed = ParsedText(text, FXAOT_FORMAT_LEAN, day: may1)
    #expect(
      parsed.records == [
        Record(may1 + 1_787_000_000, 1.38727, 1.38729),
        Record(may1 + 1_813_000_000, 1.38726, 1.38729),
      ])
    #expect(parsed.parser.lines == 2)
    #expect(parsed.parser.bad_lines == 0)
  }

  @Test func `lean tolerates further columns and fractions of milliseconds`() {
    let parsed = ParsedText("12.25,1.5,1.6,100,x\n86400000,1,2\n", FXAOT_FORMAT_LEAN, day: may1)
    #expect(parsed.quotes.map(\.time_ns) == [may1 + 12_250_000, may1 + 86_400_000_000_000])
  }

  @Test func `lean day outside time makes bad lines`() {
    for day in [Int64.max, .min, -1_000_000_000, FXAOT_MAX_TIME_NS] {
      let parsed = ParsedText("1,1.5,1.6\n", FXAOT_FORMAT_LEAN, day: day)
      #expect(parsed.quotes.isEmpty)
      #expect(parsed.badLines == [1])
    }
  }

  @Test(arguments: [
    ("2013-01-01 22:00:00.295000+00:00", 1_357_077_600_295_000_000),
    ("2013-01-01T22:00:00.295Z", 1_357_077_600_295_000_000),
    ("2013-01-01 22:00:00", 1_357_077_600_000_000_000),
    ("2013-01-01 22:00", 1_357_077_600_000_000_000),
    ("2013-01-01 22:00:00.000000001", 1_357_077_600_000_000_001),
    ("2013-01-02T00:30:00+02:30", 1_357_077_600_000_000_000),
    ("2013-01-01T17:00:00-0500", 1_357_077_600_000_000_000),
    ("2013-01-01T17:00:00-05", 1_357_077_600_000_000_000),
    ("1970-01-01T00:00:00Z", 0),
    ("2012-02-29T00:00:00Z", 1_330_473_600_000_000_000),
  ])
  func `iso times`(text: String, nanoseconds: Int64) {
    let parsed = ParsedText("\(text),86.655,86.728\n", FXAOT_FORMAT_TRUEFX)
    #expect(parsed.records == [Record(nanoseconds, 86.655, 86.728)])
  }

  @Test(arguments: [
    "2013-02-29 00:00:00", "1900-01-01 00:00:00", "1969-12-31 23:59:59", "2201-01-01 00:00:00",
    "2013-13-01 00:00:00", "2013-00-01 00:00:00", "2013-01-00 00:00:00", "2013-01-01 24:00:00",
    "2013-01-01 00:60:00", "2013-01-01 00:00:60", "2013-01-01", "2013-1-1 00:00:00",
    "2013-01-01 00:00:00.", "2013-01-01 00:00:00.0000000001", "2013-01-01 00:00:00+", "",
    "2013-01-01 00:00:00+19:00", "1970-01-01 00:00:00+01:00", "2013-01-01 00:00:00 CET",
  ])
  func `bad iso times`(text: String) {
    #expect(ParsedText("\(text),1.5,1.6\n", FXAOT_FORMAT_TRUEFX).quotes.isEmpty)
  }

  @Test func `hist data is five hours behind`() {
    // 2020-01-01 17:00:00.065 EST = 22:00:00.065 UTC; the last quote of the year lies in the next.
    let text = "20200101 170000065,1.121200,1.121720,0\n20201231 235959999,1.2,1.3,0\n"
    let parsed = ParsedText(text, FXAOT_FORMAT_HISTDATA)
    #expect(
      parsed.records == [
        Record(1_577_916_000_065_000_000, 1.1212, 1.12172),
        Record(1_609_477_199_999_000_000, 1.2, 1.3),
      ])
  }

  @Test func `quotes carry sizes`() {
    let text = "time_ns,bid,ask,bid_size,ask_size\n1704067200000000001,1.1,1.10002,100000,2.5e6\n"
    let parsed = ParsedText(text, FXAOT_FORMAT_QUOTES)
    #expect(
      parsed.records == [Record(1_704_067_200_000_000_001, 1.1, 1.10002, 100_000, 2_500_000)])
    #expect(parsed.parser.bad_lines == 0)
  }

  @Test func `numbers round as the compilers do`() {
    // 17 digits and more go the long way; 9007199254740993 lies half-way between two doubles.
    let numbers = [
      ("1.3872549999999999", 1.3872549999999999), ("0.1", 0.1),
      ("123456789012345", 123_456_789_012_345),
      ("0.000000000000001", 1e-15), ("9007199254740993", 9007199254740993.0), (".5", 0.5),
      ("5.", 5), ("1.7976931348623157e308", 1.7976931348623157e308),
      ("5e-324", .leastNonzeroMagnitude),
      ("00001.50000", 1.5), ("3.14159265358979323846264338327950288", 3.141592653589793),
    ]
    for (text, value) in numbers {
      let parsed = ParsedText("1,\(text),1\n", FXAOT_FORMAT_LEAN)
      #expect(parsed.records == [Record(1_000_000, value, 1)], "\(text)")
    }
  }

  @Test(arguments: [
    "0", "0.0", "-1", "+1", "-0.0", "nan", "inf", "1e999", "1e-999", "0x10", "1.2.3", "1,", "", ".",
    "e5", "1e", "1 2", "1_0", "\0", "1\u{0}", String(repeating: "9", count: 400),
    "1" + String(repeating: "0", count: 64),
  ])
  func `bad prices`(text: String) {
    #expect(ParsedText("1,1.5,\(text)\n", FXAOT_FORMAT_LEAN).badLines == (text == "1," ? [] : [1]))
    #expect(ParsedText("1,\(text),1.5\n", FXAOT_FORMAT_LEAN).badLines == [1])
  }
}
