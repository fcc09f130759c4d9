import CFxaot
import TestTerms

@testable import Market

/// A text read through `QuoteParser` as a caller does it, in pieces of a chosen size.
struct ParsedText {
  var quotes: [fxaot_quote] = []
  var parser = fxaot_parser()
  var status = FXAOT_OK

  init(
    _ bytes: [UInt8], _ format: Int, day: Int64 = 0, limit: UInt64 = 1_000, piece: Int = .max,
    capacity: Int = 64
  ) {
    var parser = fxaot_parser()
    parser.format = UInt32(format)
    parser.day_ns = day
    parser.symbol = 7
    parser.bad_line_limit = limit
    self.init(bytes, parser, piece: piece, capacity: capacity)
  }

  init(_ bytes: [UInt8], _ start: fxaot_parser, piece: Int = .max, capacity: Int = 64) {
    parser = start
    var waiting: [UInt8] = []
    var given = 0
    repeat {
      let take = min(piece, bytes.count - given)
      waiting += bytes[given..<given + take]
      given += take
      parser.final = given == bytes.count ? 1 : 0
      guard drain(&waiting, capacity) else { return }
    } while given < bytes.count
  }

  init(_ text: String, _ format: Int, day: Int64 = 0, limit: UInt64 = 1_000) {
    self.init(Array(text.utf8), format, day: day, limit: limit)
  }

  /// Parses until nothing more comes out of `waiting`; false on an error.
  private mutating func drain(_ waiting: inout [UInt8], _ capacity: Int) -> Bool {
    let stride = MemoryLayout<fxaot_quote>.stride
    // One byte off, since records may lie at any alignment.
    let out = UnsafeMutableRawPointer.allocate(byteCount: capacity * stride + 1, alignment: 16)
    defer { out.deallocate() }
    repeat {
      status = waiting.withUnsafeBytes {
        QuoteParser.parse(&parser, $0, into: out + 1, capacity: capacity)
      }
      for index in 0..<Int(parser.written) {
        quotes.append((out + 1 + index * stride).loadUnaligned(as: fxaot_quote.self))
      }
      waiting.removeFirst(Int(parser.consumed))
    } while status == FXAOT_OK && parser.consumed > 0 && !waiting.isEmpty
    return status == FXAOT_OK
  }

  /// The quotes, for comparing.
  var records: [Record] { quotes.map(Record.init) }

  var badLines: [UInt64] {
    withUnsafeBytes(of: parser.bad_line_numbers) { bytes in
      (0..<Int(min(parser.bad_lines, 8))).map {
        bytes.load(fromByteOffset: $0 * 8, as: UInt64.self)
      }
    }
  }
}

/// A quote of symbol 7 that can be compared to the bit.
struct Record: Equatable {
  private let time: Int64
  private let numbers: [UInt64]

  init(_ time: Int64, _ bid: Double, _ ask: Double, _ bidSize: Double = 0, _ askSize: Double = 0) {
    self.time = time
    numbers = [bid, ask, bidSize, askSize].map(\.bitPattern)
  }

  init(_ quote: fxaot_quote) {
    self.init(quote.time_ns, quote.bid, quote.ask, quote.bid_size, quote.ask_size)
  }
}
