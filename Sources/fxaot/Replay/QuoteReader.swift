import CFxaot
import FXCore
import Market

/// Quotes of all sources in the order of time, as packed records.
///
/// Texts come in the order of their first times, and their rows pass a `RowSorter`: in memory up
/// to 256 MiB, beyond that within a window of 100,000 rows, where an older row is an error.
final class QuoteReader {
  private static let batch = 8_192

  /// The user's options for the files.
  struct Options {
    /// The symbol that is asked for: rows of others are left out.
    var symbol: String?
    /// Of times without a zone.
    var zone: String?
    /// Bad lines a text may have; nil: one of a hundred lines.
    var badLineLimit: UInt64?
    /// Decimals of the prices in .bi5 files; nil: the usual ones of the symbol.
    var decimals: Int?
  }

  private var waiting: [SurveyedText]
  private let options: Options
  private let onRead: (Int) -> Void
  private var text: TextReader?
  private var key: UInt64 = 0
  private var sorter: RowSorter
  private var isFinished = false
  private var buffer = UnsafeMutableRawPointer.allocate(
    byteCount: batch * MemoryLayout<fxaot_quote>.stride, alignment: 64)

  /// Whether the rows are bars: four quotes each.
  let isBars: Bool
  /// Nanoseconds of a bar, 0 for quotes.
  let barLength: Int64
  /// Whether the rows are days without a time.
  let isDaily: Bool
  /// The symbol that a column of the texts names.
  let symbol: String?
  private(set) var texts = 0
  private(set) var badLines: UInt64 = 0
  /// What was read as what, and what was skipped: a sentence each.
  private(set) var notes: [String] = []
  /// The formats of the texts, a sentence each, without repetition.
  private(set) var formats: [String] = []
  /// Rows that were older than the one before them.
  var unordered: UInt64 { sorter.unordered }
  /// Quotes or bars that are the same as the one before.
  var repeated: UInt64 { sorter.repeated }

  /// Finds out what all the texts hold. Opens every one of them.
  init(
    _ paths: [String], _ options: Options = Options(), onRead: @escaping (Int) -> Void = { _ in }
  ) throws(ToolError) {
    let survey = try TextSurvey(paths, options, onRead: onRead)
    self.options = options
    self.onRead = onRead
    waiting = survey.texts.reversed()
    let first = survey.texts.first?.format
    isBars = first?.isBars == true
    barLength = first?.barLength ?? 0
    isDaily = survey.texts.allSatisfy(\.format.isDaily)
    symbol = survey.symbol
    sorter = RowSorter(width: isBars ? 4 : 1)
    notes = survey.notes
    for text in survey.texts where !formats.contains(text.format.sentence) {
      formats.append(text.format.sentence)
    }
  }

  deinit { buffer.deallocate() }

  /// Sets whose quotes they are; needed before the first `next`.
  func label(_ key: UInt64) { self.key = key }

  /// Writes up to `capacity` (4 or more) quotes to `out`; 0 after the last one.
  func next(into out: UnsafeMutableRawPointer, capacity: Int) throws(ToolError) -> Int {
    while true {
      let count = sorter.take(into: out, capacity: capacity)
      if count > 0 || isFinished { return count }
      try readMore()
    }
  }

  /// Reads until the sorter has rows ready, or all is read.
  private func readMore() throws(ToolError) {
    while !sorter.hasReady {
      try Interrupt.check()
      guard let text = try current() else {
        sorter.finish()
        isFinished = true
        if unordered > 0 { notes.append(sortedNote) }
        return
      }
      let count = try text.next(into: buffer, capacity: QuoteReader.batch)
      if count == 0 {
        try finish(text)
        continue
      }
      do throws(RowSorter.TooLate) {
        try sorter.add(buffer, count: count)
      } catch {
        throw .failed(
          "\(text.name): the row of \(TimeOption.text(error.time / 1_000_000)) is more than "
            + "\(RowSorter.window) rows out of order; sort the file")
      }
    }
  }

  private func current() throws(ToolError) -> TextReader? {
    if let text { return text }
    guard let next = waiting.popLast() else { return nil }
    let reader = try TextReader(next, symbol: key, options, onRead: onRead)
    text = reader
    texts += 1
    return reader
  }

  private func finish(_ text: TextReader) throws(ToolError) {
    self.text = nil
    try text.checkEnd()
    badLines += text.badLines
    notes += text.notes
    if unorderedAt == nil { unorderedAt = text.firstUnordered }
  }

  private var unorderedAt: String?

  private var sortedNote: String {
    let rows = unordered == 1 ? "1 row was" : "\(unordered) rows were"
    let place = unorderedAt.map { ", the first at \($0)" } ?? ", in another file"
    return "sorted: \(rows) older than the row before\(place)"
  }
}
