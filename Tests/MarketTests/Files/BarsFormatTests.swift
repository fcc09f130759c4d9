import CFxaot
import TestTerms
import Testing

@testable import Market

struct BarsFormatTests {
  private let minute: Int64 = 60_000_000_000

  @Test func `a bar is four quotes by the nearer extreme first`() {
    // High is 2 from the open and low 3: high first. In the second bar low is nearer.
    let text = "timestamp,open,high,low,close,volume\n0,10,12,7,8,16\n120000,10,15,9,11,0.8\n"
    let parsed = ParsedText(text, FXAOT_FORMAT_BARS)
    let quarter = minute / 2
    #expect(
      parsed.records == [
        Record(0, 10, 10, 2, 2), Record(quarter, 12, 12, 2, 2),
        Record(2 * quarter, 7, 7, 2, 2), Record(3 * quarter, 8, 8, 2, 2),
        Record(4 * quarter, 10, 10, 0.1, 0.1), Record(5 * quarter, 9, 9, 0.1, 0.1),
        Record(6 * quarter, 15, 15, 0.1, 0.1), Record(7 * quarter, 11, 11, 0.1, 0.1),
      ])
    #expect(parsed.parser.bar_ns == 2 * minute)
  }

  @Test func `equal distances go to the low first`() {
    #expect(ParsedText("0,10,11,9,10\n", FXAOT_FORMAT_BARS).quotes.map(\.bid) == [10, 9, 11, 10])
  }

  @Test func `a lone bar lasts a minute and has no sizes`() {
    let parsed = ParsedText("2012-02-01 00:00:00+00:00,1.5,1.6,1.4,1.5", FXAOT_FORMAT_BARS)
    let start: Int64 = 1_328_054_400_000_000_000
    #expect(parsed.quotes.map(\.time_ns) == (0..<4).map { start + $0 * minute / 4 })
    #expect(parsed.quotes.allSatisfy { $0.bid_size == 0 && $0.ask_size == 0 })
  }

  @Test func `a bar that contradicts itself is a bad line`() {
    let text = "0,10,9,7,8\n1,10,12,11,12\n2,10,12,9,13\n3,10,12,9,11,-1\n4,10,12,9,11,x\n"
    let parsed = ParsedText(text, FXAOT_FORMAT_BARS)
    #expect(parsed.quotes.isEmpty)
    #expect(parsed.badLines == [1, 2, 3, 4, 5])
  }

  @Test func `the length does not depend on how the text is cut`() {
    let bytes = Array("0,10,12,9,11\n\n300000,10,12,9,11\n600000,10,12,9,11\n".utf8)
    let whole = ParsedText(bytes, FXAOT_FORMAT_BARS)
    #expect(whole.parser.bar_ns == 5 * minute)
    #expect(whole.quotes.count == 12)
    for piece in 1...bytes.count {
      #expect(ParsedText(bytes, FXAOT_FORMAT_BARS, piece: piece).records == whole.records)
    }
  }

  @Test func `a gap after the first bar is not the length of the bars`() {
    let rows = [0] + (0..<20).map { 180 + $0 }
    let text = rows.map { "\($0 * 60_000),10,12,9,11\n" }.joined()
    let parsed = ParsedText(text, FXAOT_FORMAT_BARS)
    #expect(parsed.parser.bar_ns == minute)
    #expect(parsed.quotes.map(\.time_ns) == parsed.quotes.map(\.time_ns).sorted())
    // Of steps that come as often, the shortest.
    #expect(ParsedText("0,1,1,1,1\n600000,1,1,1,1\n660000,1,1,1,1\n", FXAOT_FORMAT_BARS).parser.bar_ns == minute)
  }

  @Test func `room for less than a bar is an error`() {
    let parsed = ParsedText(Array("0,1,1,1,1\n".utf8), FXAOT_FORMAT_BARS, capacity: 3)
    #expect(parsed.status == FXAOT_BAD_LENGTH)
  }

  @Test func `lengths of the caller are taken as they are`() {
    for length in [Int64.max, 4, 1] {
      var parser = fxaot_parser()
      parser.format = UInt32(FXAOT_FORMAT_BARS)
      parser.final = 1
      parser.bar_ns = length
      var out = [fxaot_quote](repeating: fxaot_quote(), count: 4)
      let status = Array("4102444800000,1,1,1,1\n".utf8).withUnsafeBytes { bytes in
        out.withUnsafeMutableBytes {
          QuoteParser.parse(&parser, bytes, into: $0.baseAddress!, capacity: 4)
        }
      }
      #expect(status == FXAOT_OK)
      #expect(out.allSatisfy { $0.time_ns <= FXAOT_MAX_TIME_NS })
      #expect(parser.bar_ns == length)
    }
  }
}
