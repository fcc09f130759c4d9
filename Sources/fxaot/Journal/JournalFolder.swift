import FXCore
import Records

/// The folder of a journal: its segments, oldest first.
struct JournalFolder {
  let path: String
  /// The number of a segment's first record, from its name.
  let segments: [(path: String, first: UInt64)]

  init(_ path: String) throws(ToolError) {
    guard let status = FileStatus(path: path) else { throw .system("open", path, errno) }
    guard status.isFolder else { throw .failed("\(path) is no folder; a journal is one, with files *.fxj") }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw .failed("cannot read the folder \(path)")
    }
    self.path = path
    segments = names.compactMap { name in
      guard name.hasSuffix(".fxj"), let first = UInt64(name.dropLast(4)), first > 0 else { return nil }
      return (path.hasSuffix("/") ? path + name : path + "/" + name, first)
    }.sorted { $0.first < $1.first }
    if segments.isEmpty { throw .failed("\(path) has no segments of a journal (*.fxj)") }
  }

  func segment(_ index: Int) throws(ToolError) -> JournalSegment {
    try Interrupt.check()
    let (path, first) = segments[index]
    let file = try SystemFile(reading: path)
    guard let status = file.status, status.isRegular else { throw .failed("\(path) is no regular file") }
    let bytes = try file.bytes(at: 0, count: Int(clamping: status.size))
    return JournalSegment(path: path, first: first, isNewest: index == segments.count - 1, bytes: bytes)
  }

  /// A line for each segment.
  func list() throws(ToolError) -> String {
    var text = ""
    for index in segments.indices {
      let segment = try segment(index)
      text += segment.name
      if segment.hasHeader {
        text += segment.records.isEmpty ? " no records" : " \(segment.first)-\(segment.last)"
        text += " epoch \(segment.epoch)"
        if let begun = segment.begun { text += " " + JournalTime.text(begun) }
      }
      text += " \(segment.bytes.count) bytes, " + (segment.snapshot == nil ? "no snapshot" : "snapshot")
      if let damage = segment.damage {
        text += ", \(segment.isTorn ? "torn" : "damaged") at byte \(damage.offset)"
      }
      text += "\n"
    }
    return text
  }

  /// Damage, and what is said of a torn end.
  struct Verdict {
    var damage: [JournalDamage] = []
    var warnings: [String] = []
    var records: UInt64 = 0
    var bytes = 0
  }

  /// Sums, hashes and numbers of all records, and the chain over all segments. Past damage, a segment has no further check.
  func verify() throws(ToolError) -> Verdict {
    var verdict = Verdict()
    var end = End()
    for index in segments.indices {
      let segment = try segment(index)
      if let lost = end.lost(before: segment) {
        verdict.warnings.append(segment.words(lost))
      } else if let damage = end.damage {
        verdict.damage.append(damage)
      } else if segment.hasHeader, let gap = end.chain.flatMap({ segment.gap(after: $0) }) {
        verdict.damage.append(gap)
      }
      end = End(segment)
      if let damage = segment.damage, segment.isTorn {
        verdict.warnings.append(Self.warning(damage, segment))
        end = End()
      }
      verdict.records += UInt64(segment.records.count)
      verdict.bytes += segment.bytes.count
    }
    if let damage = end.damage { verdict.damage.append(damage) }
    return verdict
  }

  /// Where a segment ends, for the next one.
  struct End {
    var chain: RecordChain?
    var damage: JournalDamage?
    /// The damage may be a write that a failing disk did not take.
    var isUnfinished = false

    init() {}

    init(_ segment: JournalSegment) {
      (chain, damage, isUnfinished) = (segment.chain, segment.damage, segment.isAtEnd)
    }

    /// The records between this end and the next segment that are known to be in its snapshot alone.
    func lost(before next: JournalSegment) -> ClosedRange<UInt64>? {
      guard let chain, next.hasHeader, damage == nil || isUnfinished else { return nil }
      return next.lost(after: chain)
    }
  }

  static func warning(_ damage: JournalDamage, _ segment: JournalSegment) -> String {
    damage.sentence
      + (segment.snapshot != nil
        ? "; an unfinished write, which the next start cuts off"
        : "; a segment that was never in use, which the next start puts aside")
  }
}

/// Nanoseconds since 1970, in text.
enum JournalTime {
  /// `2025-03-31T00:15:00Z`, with nine places where there is a fraction.
  static func text(_ time: Int64) -> String {
    var (second, rest) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
    if rest < 0 { (second, rest) = (second - 1, rest + 1_000_000_000) }
    let text = TimeOption.text(second * 1_000)
    if rest == 0 { return text }
    return text.dropLast() + "." + String(String(rest + 1_000_000_000).dropFirst()) + "Z"
  }

  /// ISO 8601, or nanoseconds.
  static func parse(_ text: String, option: String) throws(ToolError) -> Int64 {
    if text.utf8.count >= 9, let time = Int64(text), time >= 0 { return time }
    let (time, isOver) = try TimeOption.parse(text, option: option).multipliedReportingOverflow(by: 1_000_000)
    if isOver { throw .failed("\(option): '\(text)' is beyond the times of a journal") }
    return time
  }
}
