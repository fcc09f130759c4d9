import CFxaot
import Testing

@testable import Market

/// Pieces, blank and bad lines, odd ends: what holds for every format.
struct QuoteParserTests {
  private let text = "1,1.5,1.6\r\n\n2,1.5,1.6\nrubbish\n3,1.5,1.6\n4,1.5,1.6"

  @Test func `pieces of any size give the same quotes`() {
    let bytes = Array(text.utf8)
    let whole = ParsedText(bytes, FXAOT_FORMAT_LEAN)
    #expect(whole.quotes.map(\.time_ns) == [1_000_000, 2_000_000, 3_000_000, 4_000_000])
    for piece in 1...bytes.count {
      for capacity in [1, 2, 64] {
        let parsed = ParsedText(bytes, FXAOT_FORMAT_LEAN, piece: piece, capacity: capacity)
        #expect(parsed.records == whole.records)
        #expect(parsed.badLines == [4])
        #expect(parsed.parser.lines == 6)
      }
    }
  }

  @Test func `a partial line waits for the rest`() {
    var parser = fxaot_parser()
    parser.format = UInt32(FXAOT_FORMAT_LEAN)
    var out = fxaot_quote()
    // The first row's price is judged by the next eight rows.
    let rows = (1...9).map { "\($0),1.5,1.6\n" }.joined()
    let status = Array((rows + "10,1.").utf8).withUnsafeBytes {
      QuoteParser.parse(&parser, $0, into: &out, capacity: 1)
    }
    #expect(status == FXAOT_OK)
    #expect(parser.consumed == 10)
    #expect(parser.written == 1)
  }

  @Test func `nothing comes of nothing`() {
    for format in 1...5 {
      for bytes in [[], [0xEF, 0xBB, 0xBF], Array("\n\r\n \t\n".utf8)] as [[UInt8]] {
        let parsed = ParsedText(bytes, format)
        #expect(parsed.status == FXAOT_OK)
        #expect(parsed.quotes.isEmpty)
        #expect(parsed.parser.bad_lines == 0)
      }
    }
  }

  @Test func `unknown formats are refused`() {
    for format in [0, 6, 1_000] { #expect(ParsedText("1,1,1", format).status == FXAOT_BAD_FORMAT) }
  }

  @Test func `no room reads nothing`() {
    var parser = fxaot_parser()
    parser.format = UInt32(FXAOT_FORMAT_BARS)
    var out = fxaot_quote()
    for capacity in [0, -1, Int.min] {
      let status = Array("1,1,1,1,1\n".utf8).withUnsafeBytes {
        QuoteParser.parse(&parser, $0, into: &out, capacity: capacity)
      }
      #expect(status == FXAOT_OK)
      #expect(parser.consumed == 0 && parser.written == 0)
    }
  }

  @Test func `a header and a byte order mark are no bad lines`() {
    let parsed = ParsedText(
      "\u{FEFF}timestamp,bid,ask\n2013-01-01 22:00:00,1,2\n", FXAOT_FORMAT_TRUEFX)
    #expect(parsed.quotes.count == 1)
    #expect(parsed.parser.bad_lines == 0)
    let bare = ParsedText("\u{FEFF}5,1,2\n", FXAOT_FORMAT_LEAN)
    #expect(bare.quotes.count == 1)
  }

  /// Files that were joined have their headers in the middle.
  @Test func `a header in the middle is skipped and other words are a bad line`() {
    let parsed = ParsedText("1,1,2\ntime,bid,ask\n2,1,2\nthe,end,now\n", FXAOT_FORMAT_LEAN)
    #expect(parsed.quotes.count == 2)
    #expect(parsed.badLines == [4])
  }

  @Test func `the first eight bad lines are numbered`() {
    let text = (1...20).map { $0 % 2 == 0 ? "?" : "\($0),1,1" }.joined(separator: "\n")
    let parsed = ParsedText(text, FXAOT_FORMAT_LEAN)
    #expect(parsed.quotes.count == 10)
    #expect(parsed.parser.bad_lines == 10)
    #expect(parsed.badLines == [2, 4, 6, 8, 10, 12, 14, 16])
  }

  @Test func `one bad line too many stops right after it`() {
    let text = "1,1,1\n?\n2,1,1\n?\n3,1,1\n?\n4,1,1\n"
    #expect(ParsedText(text, FXAOT_FORMAT_LEAN, limit: 3).status == FXAOT_OK)
    let parsed = ParsedText(text, FXAOT_FORMAT_LEAN, limit: 2)
    #expect(parsed.status == FXAOT_TOO_MANY_BAD_LINES)
    #expect(parsed.quotes.count == 3)
    #expect(parsed.parser.lines == 6)
    #expect(parsed.parser.consumed == 24)
    #expect(ParsedText(text, FXAOT_FORMAT_LEAN, limit: 0).quotes.count == 1)
  }

  @Test func `a line of a megabyte is one bad line`() {
    let long = [UInt8](repeating: 0x31, count: 1 << 20)
    let bytes = Array("1,1,1\n".utf8) + long + Array("\n2,1,1\n".utf8)
    for format in 1...5 {
      let parsed = ParsedText(bytes, format, piece: 1 << 16)
      #expect(parsed.status == FXAOT_OK)
      #expect(parsed.badLines.contains(2))
    }
    #expect(ParsedText(bytes, FXAOT_FORMAT_LEAN).quotes.count == 2)
  }

  @Test func `every byte at every place of a line is safe`() {
    let lines = [
      "1787,1.38727,1.38729", "2013-01-01 22:00:00.295000+00:00,86.655,86.728",
      "20200101 170000065,1.121200,1.121720,0", "1745182800000,1589.05,1589.66,1585.5,1585.63,7",
      "1704067200000000001,1.1,1.10002,100000,2.5e6",
    ]
    for (index, line) in lines.enumerated() {
      let bytes = Array(line.utf8)
      for place in bytes.indices {
        for byte in UInt8.min...UInt8.max {
          var changed = bytes
          changed[place] = byte
          let parsed = ParsedText(changed, index + 1)
          #expect(parsed.status == FXAOT_OK)
          for quote in parsed.quotes {
            #expect(quote.bid > 0 && quote.ask > 0 && quote.bid.isFinite && quote.ask.isFinite)
            #expect(quote.time_ns >= 0 && quote.time_ns <= FXAOT_MAX_TIME_NS)
            #expect(quote.bid_size >= 0 && quote.bid_size.isFinite)
          }
        }
      }
    }
  }
}
