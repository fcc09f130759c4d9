import CFxaot

/// Text of quote files to packed `fxaot_quote` records; the formats are in docs/data-formats.md.
///
/// The functions behind `fxaot_detect_format` and `fxaot_parse_quotes`. The caller feeds the text
/// in pieces of any size and owns both buffers:
///
///     piece    … 1787,1.38727,1.38729\n 1813,1.38726,1.38729\n 1831,1.38
///              └────────────── consumed ─────────────────────┘└ comes again, with the rest
public enum QuoteParser {
  /// Reads whole lines of `bytes` and writes quotes to `out` until either is used up.
  ///
  /// Sets `consumed` and `written` of the parser, and counts its lines. Skips blank lines;
  /// skips and counts bad ones. Returns FXAOT_OK, FXAOT_BAD_FORMAT for a format it does not know,
  /// FXAOT_BAD_LENGTH for bars with a capacity below 4 (except 0, which reads nothing), or
  /// FXAOT_TOO_MANY_BAD_LINES right after the first line over the limit.
  ///
  /// `out` needs no alignment. O(bytes); about 10 ns and 1 ns a byte each line.
  public static func parse(
    _ parser: UnsafeMutablePointer<fxaot_parser>, _ bytes: UnsafeRawBufferPointer,
    into out: UnsafeMutableRawPointer, capacity: Int
  ) -> fxaot_status {
    parser.pointee.consumed = 0
    parser.pointee.written = 0
    switch Int(parser.pointee.format) {
    case FXAOT_FORMAT_LEAN:
      return run(LeanFormat.self, &parser.pointee, bytes, out, capacity)
    case FXAOT_FORMAT_TRUEFX:
      return run(TrueFXFormat.self, &parser.pointee, bytes, out, capacity)
    case FXAOT_FORMAT_HISTDATA:
      return run(HistDataFormat.self, &parser.pointee, bytes, out, capacity)
    case FXAOT_FORMAT_BARS:
      return run(BarsFormat.self, &parser.pointee, bytes, out, capacity)
    case FXAOT_FORMAT_QUOTES:
      return run(QuotesFormat.self, &parser.pointee, bytes, out, capacity)
    case FXAOT_FORMAT_COLUMNS:
      guard parser.pointee.layout.columns > 0 else { return FXAOT_BAD_FORMAT }
      return run(ColumnsFormat.self, &parser.pointee, bytes, out, capacity)
    default:
      return FXAOT_BAD_FORMAT
    }
  }

  private static func run<Format: LineFormat>(
    _: Format.Type, _ parser: inout fxaot_parser, _ bytes: UnsafeRawBufferPointer,
    _ out: UnsafeMutableRawPointer, _ capacity: Int
  ) -> fxaot_status {
    guard capacity > 0, let base = bytes.baseAddress, bytes.count > 0 else { return FXAOT_OK }
    var format = Format(parser)
    let quotesPerLine = format.quotesPerLine
    guard capacity >= quotesPerLine else { return FXAOT_BAD_LENGTH }
    let start = base.assumingMemoryBound(to: UInt8.self)
    var scanner = LineScanner(
      from: start, to: start + bytes.count, isFinal: parser.final != 0)
    var row = RowCheck(parser)
    var written = 0
    var status = FXAOT_OK
    let stride = MemoryLayout<fxaot_quote>.stride
    reading: while written <= capacity - quotesPerLine {
      let before = scanner
      guard var line = scanner.line() else { break }
      parser.lines &+= 1
      if parser.lines == 1 { line.skipByteOrderMark() }
      if line.isAtEnd || parser.lines <= UInt64(parser.layout.header_lines) { continue }
      let place = out + written * stride
      var outcome = format.read(line, following: scanner, into: place)
      if case .read = outcome, !row.isPlain(place, quotesPerLine) {
        outcome = row.judge(place, format, following: scanner)
      }
      switch outcome {
      case .read:
        row.take(place, line: parser.lines)
        written += quotesPerLine
      case .undecided:
        parser.lines &-= 1
        scanner = before
        break reading
      case .otherSymbol:
        if parser.other_symbols == 0 { parser.first_other_symbol = parser.lines }
        parser.other_symbols &+= 1
      case .bad(let reason):
        // A comment, a header, or the header of another file joined to this one.
        if line.peek == 0x23 || line.isHeader && (parser.lines == 1 || line.isColumnNames) {
          continue
        }
        guard note(&parser, line, reason) else {
          status = FXAOT_TOO_MANY_BAD_LINES
          break reading
        }
      }
    }
    format.save(&parser)
    row.save(&parser)
    parser.consumed = UInt64(scanner.next - start)
    parser.written = UInt64(written)
    return status
  }

  /// Keeps number, reason and text of the current line, a bad one; false when there are now too many.
  @inline(never)
  private static func note(
    _ parser: inout fxaot_parser, _ line: LineCursor, _ reason: UInt8
  ) -> Bool {
    let index = Int(clamping: parser.bad_lines)
    if index < Int(FXAOT_BAD_LINES_KEPT) {
      // Formats of fixed columns give no reason: the layout's reader does.
      var reason = reason
      if reason == UInt8(FXAOT_LINE_OTHER), parser.layout.columns > 0 {
        reason = ColumnsFormat(parser).reason(line)
      }
      let number = parser.lines
      withUnsafeMutableBytes(of: &parser.bad_line_numbers) {
        $0.storeBytes(of: number, toByteOffset: index * 8, as: UInt64.self)
      }
      withUnsafeMutableBytes(of: &parser.bad_reasons) { $0[index] = reason }
    }
    if index < Int(FXAOT_BAD_TEXTS_KEPT) {
      let room = Int(FXAOT_BAD_TEXT_BYTES)
      withUnsafeMutableBytes(of: &parser.bad_texts) { texts in
        let count = min(line.end - line.at, room - 1)
        let text = UnsafeMutableRawBufferPointer(
          rebasing: texts[index * room..<(index + 1) * room])
        text.copyMemory(from: UnsafeRawBufferPointer(start: line.at, count: count))
        text[count] = 0
      }
    }
    parser.bad_lines &+= 1
    return parser.bad_lines <= parser.bad_line_limit
  }
}

extension LineCursor {
  /// A first line of column names, or of a comment, is not data.
  var isHeader: Bool {
    switch peek {
    case 0x41...0x5A, 0x61...0x7A, 0x22, 0x23, 0x3C: true
    default: false
    }
  }

  mutating func skipByteOrderMark() {
    guard end - at >= 3, at[0] == 0xEF, at[1] == 0xBB, at[2] == 0xBF else { return }
    at += 3
  }
}
