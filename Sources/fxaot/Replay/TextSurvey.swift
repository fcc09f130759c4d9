import CFxaot
import Calendar
import FXCore
import Market

/// A text, what it holds, and what its name says.
struct SurveyedText {
  let entry: TextQueue.Entry
  let format: TextFormat
  /// Midnight of the day in its name, for times within a day.
  let day: Int64
  /// The text itself where it can be read only once.
  let open: TextSurvey.Head?
}

/// Looks into all texts before one is read: their formats, their order, their symbol.
struct TextSurvey {
  /// The beginning of a text and the rest of it.
  final class Head {
    /// Bytes that are read to find the format.
    static let size = 1 << 20

    let text: TextQueue.Text
    private(set) var bytes: [UInt8]
    private(set) var isWhole = false

    init(_ text: TextQueue.Text) throws(ToolError) {
      self.text = text
      bytes = []
      let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
      defer { room.deallocate() }
      while bytes.count < Head.size {
        let count = try text.reader.read(into: room)
        if count == 0 {
          isWhole = true
          break
        }
        bytes += room[..<count]
      }
    }

    func format(zone: String?) throws(TextRefusal) -> TextFormat {
      let isWhole = isWhole
      let names = text.names
      var result: Result<TextFormat, TextRefusal> = .success(TextFormat())
      bytes.withUnsafeBytes { bytes in
        do throws(TextRefusal) {
          result = .success(
            try TextSniffer.sniff(bytes, isWhole: isWhole, names: names, zone: zone))
        } catch {
          result = .failure(error)
        }
      }
      return try result.get()
    }

    /// The time of the oldest of its first rows.
    func firstTime(_ format: TextFormat, day: Int64) -> Int64 {
      var parser = format.parser(symbol: 0)
      parser.day_ns = day
      parser.bad_line_limit = .max
      parser.final = isWhole ? 1 : 0
      var quotes = [fxaot_quote](repeating: fxaot_quote(), count: 256)
      bytes.withUnsafeBytes { bytes in
        quotes.withUnsafeMutableBytes { out in
          guard let base = out.baseAddress else { return }
          _ = QuoteParser.parse(&parser, bytes, into: base, capacity: 256)
        }
      }
      return quotes[..<Int(parser.written)].map(\.time_ns).min() ?? .max
    }
  }

  private(set) var texts: [SurveyedText] = []
  private(set) var notes: [String] = []
  /// The symbol that a column names, the same in all texts.
  private(set) var symbol: String?

  /// `isMixed`: the texts are not read as one, so that they may be of several kinds and symbols.
  init(
    _ paths: [String], _ options: QuoteReader.Options, isMixed: Bool = false,
    onRead: @escaping (Int) -> Void
  ) throws(ToolError) {
    if let zone = options.zone { _ = try SystemZones.named(zone) }
    let entries = try TextQueue.entries(paths, decimals: options.decimals)
    var times: [Int64] = []
    let isAlone = entries.count == 1
    var refused: [(entry: TextQueue.Entry, sentence: String)] = []
    for entry in entries {
      // Standard input can be read but once; one of several files is opened again in its turn.
      let head = try Head(try TextQueue.open(entry, onRead: entry.isStandardInput || isAlone ? onRead : { _ in }))
      do throws(TextRefusal) {
        var format = try head.format(zone: options.zone)
        if let symbol = entry.symbol { format.symbol = symbol }
        if let note = entry.note { (format.name, format.columns) = (note, "ask before bid") }
        let day = try TextSurvey.day(of: entry, format)
        times.append(head.firstTime(format, day: day))
        texts.append(
          SurveyedText(
            entry: entry, format: format, day: day,
            open: entry.isStandardInput || isAlone ? head : nil))
      } catch {
        refused.append((entry, error.sentence))
      }
    }
    try judge(refused)
    if isMixed { return }
    try checkKinds()
    try checkSymbols(options)
    sort(by: times)
  }

  /// A zip may contain other files than data, and a folder texts, such as HistData's report; any other
  /// file holds data or is an error.
  private mutating func judge(
    _ refused: [(entry: TextQueue.Entry, sentence: String)]
  ) throws(ToolError) {
    for (entry, sentence) in refused {
      let hasSister =
        entry.archive != nil
        ? texts.contains { $0.entry.archive == entry.archive }
        : entry.name.lowercased().hasSuffix(".txt")
          && texts.contains { TextSurvey.folder($0.entry) == TextSurvey.folder(entry) }
      guard hasSister else { throw .failed("\(entry.name): \(sentence)") }
      notes.append("\(entry.name) skipped: \(sentence)")
    }
  }

  private static func folder(_ entry: TextQueue.Entry) -> Substring {
    entry.name.prefix(upTo: entry.name.lastIndex(of: "/") ?? entry.name.startIndex)
  }

  private func checkKinds() throws(ToolError) {
    guard let first = texts.first,
      let other = texts.first(where: { $0.format.isBars != first.format.isBars })
    else { return }
    let (bars, quotes) = first.format.isBars ? (first, other) : (other, first)
    throw .failed("\(bars.entry.name) contains bars and \(quotes.entry.name) quotes; run one kind")
  }

  private mutating func checkSymbols(_ options: QuoteReader.Options) throws(ToolError) {
    let named = texts.filter { $0.format.symbol != nil }
    symbol = named.first?.format.symbol
    guard options.symbol == nil, let first = named.first,
      let other = named.first(where: { $0.format.symbol != symbol })
    else { return }
    throw .failed(
      "the files are of different symbols (\(first.entry.name): \(symbol ?? ""), "
        + "\(other.entry.name): \(other.format.symbol ?? "")); choose one with --symbol")
  }

  /// By their first rows; texts of the same time as they were given.
  private mutating func sort(by times: [Int64]) {
    let order = texts.indices.sorted { (times[$0], $0) < (times[$1], $1) }
    texts = order.map { texts[$0] }
  }

  private static func day(
    of entry: TextQueue.Entry, _ format: TextFormat
  ) throws(TextRefusal) -> Int64 {
    guard format.layout.since_midnight != 0 else { return 0 }
    for name in entry.names {
      let last = name.split(separator: "/").last ?? ""
      if let day = DayInName.midnight(last.utf8) { return day }
    }
    throw TextRefusal(
      "its times are milliseconds since midnight, so its name must contain the day as YYYYMMDD, "
        + "as in 20140501_eurusd.csv")
  }
}
