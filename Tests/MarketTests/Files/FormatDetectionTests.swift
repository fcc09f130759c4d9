import CFxaot
import TestTerms
import Testing

@testable import Market

struct FormatDetectionTests {
  @Test(arguments: [
    ("1787,1.38727,1.38729\r\n1813,1.38726,1.38729\r\n", FXAOT_FORMAT_LEAN),
    ("timestamp,bid,ask\n2013-01-01 22:00:00.295000+00:00,86.655,86.728\n", FXAOT_FORMAT_TRUEFX),
    ("2013-01-01 22:00:00.295000+00:00,86.655,86.728\n", FXAOT_FORMAT_TRUEFX),
    // No row tells how the times are written.
    ("Timestamp, \"Bid\", Ask\n", FXAOT_FORMAT_COLUMNS),
    ("20200101 170000065,1.121200,1.121720,0\n", FXAOT_FORMAT_HISTDATA),
    (
      "timestamp,open,high,low,close\n2012-02-01 00:00:00+00:00,1.5,1.6,1.4,1.5\n",
      FXAOT_FORMAT_BARS
    ),
    ("2012-02-01 00:00:00+00:00,1.5,1.6,1.4,1.5\n", FXAOT_FORMAT_BARS),
    ("timestamp,open,high,low,close,volume\r\n1729371600000,2,3,1,2,9\r\n", FXAOT_FORMAT_BARS),
    ("1745182800000,1589.05,1589.66,1585.5,1585.63,32087.679\n", FXAOT_FORMAT_BARS),
    ("time_ns,bid,ask,bid_size,ask_size\n", FXAOT_FORMAT_QUOTES),
    ("1704067200000000000,1.1,1.10002,100000,200000\n", FXAOT_FORMAT_QUOTES),
    // Times, bids and sizes that could be prices of a bar.
    ("timestamp,bid,ask,x,y\n2012-02-01 00:00:00,1.5,1.6,1.4,1.5\n", FXAOT_FORMAT_TRUEFX),
    ("\u{FEFF}1787,1.38727,1.38729\n", FXAOT_FORMAT_LEAN),
    ("??\n\n1787,1.38727,1.38729\n", FXAOT_FORMAT_LEAN),
    ("1787,1.38727,1.38729", FXAOT_FORMAT_LEAN),
    // The last line is cut: it would pass for TrueFX.
    ("2012-02-01 00:00:00,1.5,1.6,1.4,1.5\n2012-02-01 00:01:00,1.5,1.6", FXAOT_FORMAT_BARS),
    ("", FXAOT_FORMAT_UNKNOWN), ("\n\n", FXAOT_FORMAT_UNKNOWN),
    ("{\"json\": 1}\n", FXAOT_FORMAT_UNKNOWN), ("1,2\n3,4\n", FXAOT_FORMAT_UNKNOWN),
    ("PK\u{3}\u{4}\0\0\0", FXAOT_FORMAT_UNKNOWN), ("a,b,c\n1,x,y\n", FXAOT_FORMAT_UNKNOWN),
  ])
  func `first lines`(text: String, format: Int) {
    let found = Array(text.utf8).withUnsafeBytes { QuoteParser.detectFormat($0) }
    #expect(Int(found) == format)
  }

  @Test func `no bytes at all`() {
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    #expect(QuoteParser.detectFormat(none) == UInt32(FXAOT_FORMAT_UNKNOWN))
  }

  @Test(arguments: [
    ("20140501_quote.zip", 1_398_902_400), ("eurusd-20140501.csv", 1_398_902_400),
    ("v2_20140501_1.csv", 1_398_902_400), ("19700101", 0), ("2014050_1.csv", nil),
    ("20141301.csv", nil), ("quotes.csv", nil), ("", nil), ("99999999999999999999999", nil),
  ])
  func `day in a name`(name: String, seconds: Int64?) {
    #expect(DayInName.midnight(name.utf8) == seconds.map { $0 * 1_000_000_000 })
  }
}
