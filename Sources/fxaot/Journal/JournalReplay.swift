import CFxaot
import FXCore
import Records

/// The engine of a journal at a moment, made from a snapshot and the records after it.
struct JournalReplay: ~Copyable {
  private(set) var engine: Engine
  let names: Names
  private(set) var records = 0
  private(set) var sequence: UInt64
  /// Of the last quote or advance.
  private(set) var time: Int64?
  private(set) var warnings: [String] = []

  /// The names of refs: here each name is a number of its own.
  final class Names {
    private var numbers: [[UInt8]: UInt64] = [:]
    private var texts: [[UInt8]] = []

    func ref(_ name: [UInt8]) -> UInt64 {
      if let number = numbers[name] { return number }
      texts.append(name)
      numbers[name] = UInt64(texts.count)
      return UInt64(texts.count)
    }

    func text(_ ref: UInt64) -> String {
      ref > 0 && ref <= UInt64(texts.count) ? String(decoding: texts[Int(ref) - 1], as: UTF8.self) : ""
    }
  }

  /// The place of the first record that is not carried out, and the segment to begin with.
  private struct Stretch {
    var start: Int?
    /// Segment, record, and how many quotes of that are.
    var stop: (segment: Int, record: Int, quotes: Int)?
    var isTimed = false
    var damage: [Int: JournalDamage] = [:]
    var warnings: [String] = []
  }

  private init(_ engine: consuming Engine, _ names: Names, _ sequence: UInt64, _ warnings: [String]) {
    self.engine = engine
    (self.names, self.sequence, self.warnings) = (names, sequence, warnings)
  }

  /// The state after all inputs up to the first quote or advance that is later than `until`.
  static func make(_ folder: JournalFolder, until: Int64, fromStart: Bool) throws(ToolError) -> JournalReplay {
    var stretch = try Self.stretch(folder, until, fromStart)
    guard let start = stretch.start else {
      if let damage = stretch.damage.min(by: { $0.key < $1.key })?.value { throw .failed(damage.sentence) }
      throw .failed("\(folder.path) has no whole snapshot")
    }
    if until < Int64.max, !stretch.isTimed {
      if stretch.stop == nil { throw .failed("\(folder.path) has no quotes, and so no times: leave --until out") }
      stretch.warnings.append("the journal has no quote at or before that time: this is its oldest snapshot")
    }
    let (names, refs) = (Names(), JournalRefs())
    let segment = try folder.segment(start)
    guard let snapshot = segment.snapshot else { throw .failed("\(segment.path) changes while it is read") }
    var replay = JournalReplay(
      try load(snapshot.bytes, segment.path, names, refs), names, segment.records[snapshot.next - 1].sequence,
      stretch.warnings)
    try replay.meet(segment, until)
    try replay.carryOut(folder, start, snapshot.next, stretch, refs, until)
    return replay
  }

  /// A snapshot that stands for lost records may be later than the moment that is asked for.
  private func meet(_ segment: JournalSegment, _ until: Int64) throws(ToolError) {
    guard let time = engine.newestTime, time > until,
      let record = segment.records.first(where: { $0.type == JournalRecord.gap.rawValue }),
      let from: UInt64 = segment.number(record, at: 0), let to: UInt64 = segment.number(record, at: 8), from <= to
    else { return }
    throw .failed(
      "\(segment.words(from...to)); the account at that time cannot be told: the snapshot is of \(JournalTime.text(time))"
    )
  }

  private static func load(_ snapshot: [UInt8], _ path: String, _ names: Names, _ refs: JournalRefs)
    throws(ToolError) -> Engine
  {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: snapshot.count, alignment: 8)
    defer { bytes.deallocate() }
    bytes.copyBytes(from: snapshot)
    do throws(EngineRefusal) {
      return try Engine.load(UnsafeRawBufferPointer(bytes), refs) { names.ref($0) }
    } catch {
      throw .failed(JournalDamage(path: path, offset: JournalSegment.headerBytes, reason: error.message).sentence)
    }
  }

  private static func stretch(_ folder: JournalFolder, _ until: Int64, _ fromStart: Bool) throws(ToolError) -> Stretch {
    var stretch = Stretch()
    var end = JournalFolder.End()
    for index in folder.segments.indices {
      let segment = try folder.segment(index)
      if end.lost(before: segment) != nil { stretch.damage[index - 1] = nil }
      end = JournalFolder.End(segment)
      if let damage = segment.damage {
        if segment.isTorn {
          stretch.warnings.append(JournalFolder.warning(damage, segment))
        } else {
          stretch.damage[index] = damage
        }
      }
      let snapshot = segment.snapshot
      for (place, record) in segment.records.enumerated() {
        if place == snapshot?.next ?? -1, stretch.start == nil || !fromStart { stretch.start = index }
        if let kept = segment.kept(record, until) {
          stretch.isTimed = stretch.isTimed || kept > 0
          stretch.stop = (index, place, kept)
          break
        }
        if segment.isTimed(record) { stretch.isTimed = true }
      }
      if let snapshot, snapshot.next == segment.records.count, stretch.stop == nil,
        stretch.start == nil || !fromStart
      {
        stretch.start = index
      }
      if stretch.stop != nil { break }
    }
    return stretch
  }

  private mutating func carryOut(
    _ folder: JournalFolder, _ start: Int, _ first: Int, _ stretch: Stretch, _ refs: JournalRefs, _ until: Int64
  ) throws(ToolError) {
    var (refs, end, place) = (refs, JournalFolder.End(), first)
    for index in start...(stretch.stop?.segment ?? folder.segments.count - 1) {
      let segment = try folder.segment(index)
      if let lost = end.lost(before: segment), let snapshot = segment.snapshot {
        warnings.append(segment.words(lost))
        refs = JournalRefs()
        engine = try Self.load(snapshot.bytes, segment.path, names, refs)
        sequence = segment.records[snapshot.next - 1].sequence
        place = snapshot.next
        try meet(segment, until)
      } else if let gap = segment.hasHeader ? end.chain.flatMap({ segment.gap(after: $0) }) : nil {
        throw .failed(gap.sentence)
      }
      while place < segment.records.count {
        let record = segment.records[place]
        if let stop = stretch.stop, stop.segment == index, stop.record == place {
          if stop.quotes > 0 { try apply(segment, record, quotes: stop.quotes, refs) }
          return
        }
        try apply(segment, record, quotes: segment.quotes(record), refs)
        place += 1
      }
      if let damage = stretch.damage[index] { throw .failed(damage.sentence) }
      (end, place) = (JournalFolder.End(segment), 0)
    }
  }

  private mutating func apply(
    _ segment: JournalSegment, _ record: RecordFrame.Record, quotes: Int, _ refs: JournalRefs
  ) throws(ToolError) {
    let names = names
    let fault: JournalFault? = segment.withPayload(record) { payload in
      let isPart = quotes > 0 && quotes < segment.quotes(record)
      let bytes =
        isPart ? UnsafeRawBufferPointer(rebasing: payload[..<(1 + quotes * JournalSegment.quoteBytes)]) : payload
      do throws(JournalFault) {
        try engine.apply(record.type, bytes, refs) { names.ref($0) }
        return nil
      } catch {
        return error
      }
    }
    if let fault {
      throw .failed(JournalDamage(path: segment.path, offset: record.offset, reason: fault.message).sentence)
    }
    records += 1
    sequence = record.sequence
    if quotes > 0 {
      time = segment.quoteTime(record, quotes - 1)
    } else if segment.isTimed(record) {
      time = segment.number(record, at: 0)
    }
  }
}

extension JournalSegment {
  fileprivate func isTimed(_ record: RecordFrame.Record) -> Bool {
    record.type == JournalRecord.advance.rawValue || quotes(record) > 0
  }

  /// How many quotes of a record are not later than `until`; nil where the whole record is not.
  fileprivate func kept(_ record: RecordFrame.Record, _ until: Int64) -> Int? {
    if record.type == JournalRecord.advance.rawValue { return number(record, at: 0) ?? 0 > until ? 0 : nil }
    return (0..<quotes(record)).first { quoteTime(record, $0) > until }
  }
}
