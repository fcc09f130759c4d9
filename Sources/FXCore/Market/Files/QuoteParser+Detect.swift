import CFxaot

extension QuoteParser {
  private static let linesToTry = 64

  /// The format of a text by its first 64 lines, FXAOT_FORMAT_UNKNOWN if none of them fits one.
  ///
  /// The names in a header count first: `time_ns` is QUOTES, `open` is BARS, `bid` excludes BARS.
  /// Otherwise the first line that some format reads decides. A last line without its newline
  /// may be cut and counts only where there is no other. O(length of those lines).
  public static func detectFormat(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    guard let base = bytes.baseAddress, bytes.count > 0 else {
      return UInt32(FXAOT_FORMAT_UNKNOWN)
    }
    let start = base.assumingMemoryBound(to: UInt8.self)
    let whole = detect(LineScanner(from: start, to: start + bytes.count, isFinal: false))
    if whole != FXAOT_FORMAT_UNKNOWN { return UInt32(whole) }
    return UInt32(detect(LineScanner(from: start, to: start + bytes.count, isFinal: true)))
  }

  private static func detect(_ scanner: LineScanner) -> Int {
    var scanner = scanner
    var excludesBars = false
    var fallback = FXAOT_FORMAT_UNKNOWN
    for number in 0..<linesToTry {
      guard var line = scanner.line() else { break }
      if number == 0 {
        line.skipByteOrderMark()
        if line.isHeader {
          if line.names("time_ns") { return FXAOT_FORMAT_QUOTES }
          if line.names("open") { return FXAOT_FORMAT_BARS }
          excludesBars = line.names("bid")
          if excludesBars { fallback = FXAOT_FORMAT_TRUEFX }
          continue
        }
      }
      let format = classify(line, excludesBars: excludesBars)
      if format != FXAOT_FORMAT_UNKNOWN { return format }
    }
    return fallback
  }

  /// The format that reads this one line. Integer times tell themselves apart by their size:
  /// up to a day of milliseconds LEAN, from 10^15 (nanoseconds of 1970-01-12) on QUOTES, between
  /// them BARS.
  private static func classify(_ line: LineCursor, excludesBars: Bool) -> Int {
    func reads(_ format: some QuoteLineFormat) -> fxaot_quote? {
      var copy = line
      return format.quote(&copy)
    }
    let parser = fxaot_parser()
    if reads(HistDataFormat(parser)) != nil { return FXAOT_FORMAT_HISTDATA }
    if let quote = reads(QuotesFormat(parser)), quote.time_ns >= 1_000_000_000_000_000 {
      return FXAOT_FORMAT_QUOTES
    }
    if reads(LeanFormat(parser)) != nil { return FXAOT_FORMAT_LEAN }
    if !excludesBars, FileBar(line) != nil { return FXAOT_FORMAT_BARS }
    if reads(TrueFXFormat(parser)) != nil { return FXAOT_FORMAT_TRUEFX }
    return FXAOT_FORMAT_UNKNOWN
  }
}

extension LineCursor {
  /// Whether a column of this header is called so, capitals, quotation marks and blanks apart.
  fileprivate func names(_ name: StaticString) -> Bool {
    let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    let fields = UnsafeBufferPointer(start: at, count: end - at)
      .split(separator: 0x2C, omittingEmptySubsequences: false)
    return fields.contains { field in
      field.lazy.filter { $0 != 0x22 && !LineCursor.isBlank($0) }
        .map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        .elementsEqual(wanted)
    }
  }
}
