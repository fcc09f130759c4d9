import Artifacts
import FXCore
import Records

/// Where bytes of a journal are not what they have to be.
struct JournalDamage: Equatable {
  let path: String
  let offset: Int
  let reason: String

  var sentence: String { "\(path): byte \(offset): \(reason)" }
}

/// One file of a journal: a header of 68 bytes, then records. See docs/journal.md.
struct JournalSegment {
  let path: String
  /// Of the file's name.
  let first: UInt64
  let bytes: [UInt8]
  private(set) var epoch: UInt64 = 0
  private(set) var before: [UInt8] = []
  private(set) var records: [RecordFrame.Record] = []
  private(set) var chain = RecordChain()
  /// The bytes of the header and of the whole records.
  private(set) var whole = 0
  private(set) var damage: JournalDamage?
  /// The damage is an unfinished write at the journal's end, which the next start cuts off or puts aside.
  private(set) var isTorn = false
  /// No record lies behind the damage.
  private(set) var isAtEnd = false

  static let headerBytes = 68
  private static let version: UInt32 = 1
  /// Of what snapshots and items hold.
  private static let stateFormats = 1...StateFormat.newest
  private static let magic = Array("FXAOTJNL".utf8)

  init(path: String, first: UInt64, isNewest: Bool, bytes: [UInt8]) {
    (self.path, self.first, self.bytes) = (path, first, bytes)
    bytes.withUnsafeBytes { raw in
      if let (offset, reason) = readHeader(raw) {
        damage = JournalDamage(path: path, offset: offset, reason: reason)
        isTorn = isNewest && isHeaderUnfinished(raw)
      } else {
        readRecords(raw, isNewest)
      }
    }
  }

  var name: String { path.split(separator: "/").last.map(String.init) ?? path }
  var hasHeader: Bool { whole > 0 }
  /// first − 1 when it has no record.
  var last: UInt64 { chain.sequence }

  private mutating func readHeader(_ raw: UnsafeRawBufferPointer) -> (Int, String)? {
    guard raw.count >= Self.headerBytes else { return (raw.count, "the file ends inside its header") }
    guard raw.prefix(8).elementsEqual(Self.magic) else { return (0, "no header of a journal") }
    let version = raw.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
    let isWhole = Self.isHeaderWhole(raw)
    if version != Self.version {
      let newer = version > Self.version ? "written by a newer fxaot: version \(version)" : "version \(version)"
      return (8, newer + ", which this tool does not read\(isWhole ? "" : ", or a damaged header")")
    }
    if !isWhole { return (0, "the header's sum is wrong") }
    let format = raw.loadUnaligned(fromByteOffset: 12, as: UInt32.self)
    if !Self.stateFormats.contains(format) {
      return (12, "written by a newer fxaot: format \(format), which this tool does not read")
    }
    if raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self) != first {
      return (16, "the header's first record is not that of the file's name")
    }
    epoch = raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    before = Array(raw[32..<64])
    chain = RecordChain(sequence: first &- 1, epoch: epoch, hash: SHA256.hash(raw.prefix(Self.headerBytes)))
    whole = Self.headerBytes
    return nil
  }

  private static func isHeaderWhole(_ raw: UnsafeRawBufferPointer) -> Bool {
    CRC32C.sum(UnsafeRawBufferPointer(rebasing: raw[..<64])) == raw.loadUnaligned(fromByteOffset: 64, as: UInt32.self)
  }

  /// Of a segment that was never in use.
  private func isHeaderUnfinished(_ raw: UnsafeRawBufferPointer) -> Bool {
    guard raw.count >= Self.headerBytes else { return true }
    let isNewer =
      raw.prefix(8).elementsEqual(Self.magic)
      && raw.loadUnaligned(fromByteOffset: 8, as: UInt32.self) > Self.version
    return !isNewer && !Self.isHeaderWhole(raw) && Self.endsInZeros(raw)
      && !RecordFrame.hasLater(raw, than: Self.headerBytes - 1, RecordChain(sequence: first &- 1))
  }

  /// Some file systems leave zeros for what a loss of power took.
  private static func endsInZeros(_ raw: UnsafeRawBufferPointer) -> Bool { raw.suffix(4).allSatisfy { $0 == 0 } }

  private mutating func readRecords(_ raw: UnsafeRawBufferPointer, _ isNewest: Bool) {
    while whole < raw.count {
      switch RecordFrame.read(raw, at: whole, &chain) {
      case .success(let record):
        records.append(record)
        whole += RecordFrame.overhead + record.length
      case .failure(let failure):
        damage = JournalDamage(path: path, offset: whole, reason: Self.words(failure.fault))
        isAtEnd = [.short, .length, .sum].contains(failure.fault) && !RecordFrame.hasLater(raw, than: whole, chain)
        isTorn = isNewest && isAtEnd && (failure.fault == .short || Self.endsInZeros(raw))
        return
      }
    }
  }

  private static func words(_ fault: RecordFrame.Fault) -> String {
    switch fault {
    case .short: "the bytes end inside a record"
    case .length: "a record's length is impossible"
    case .sum: "a record's sum is wrong"
    case .sequence: "a record's sequence number does not follow"
    case .epoch: "a record's epoch is older than that before"
    case .hash: "a record does not follow the one before: another hash"
    case .type: "a record's type is unknown"
    }
  }

  /// What is wrong between this segment and the one before it.
  func gap(after chain: RecordChain) -> JournalDamage? {
    if first != chain.sequence &+ 1 {
      return JournalDamage(
        path: path, offset: 16,
        reason: "a gap: it begins with record \(first), the one before ends with \(chain.sequence)")
    }
    if epoch < chain.epoch { return JournalDamage(path: path, offset: 24, reason: "an older epoch than that before") }
    if before != chain.hash {
      return JournalDamage(path: path, offset: 32, reason: "it does not follow the segment before: another hash")
    }
    return nil
  }

  /// The records after a chain that the disk did not take, where this segment says that its snapshot has what they told.
  func lost(after chain: RecordChain) -> ClosedRange<UInt64>? {
    guard let record = records.first(where: { $0.type == JournalRecord.gap.rawValue }),
      let from: UInt64 = number(record, at: 0), let to: UInt64 = number(record, at: 8), snapshot != nil
    else { return nil }
    let next = chain.sequence &+ 1
    return from <= next && next <= to && to &+ 1 == first ? next...to : nil
  }

  func words(_ lost: ClosedRange<UInt64>) -> String {
    "\(path): records \(lost.lowerBound) to \(lost.upperBound) are in its snapshot alone, since the disk took none then"
  }

  // MARK: What records hold

  func withPayload<T>(_ record: RecordFrame.Record, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
    try bytes.withUnsafeBytes {
      let start = record.offset + RecordFrame.headBytes
      return try body(UnsafeRawBufferPointer(rebasing: $0[start..<start + record.length]))
    }
  }

  /// The number in a payload at an offset; nil beyond its end.
  func number<T: FixedWidthInteger & BitwiseCopyable>(_ record: RecordFrame.Record, at offset: Int) -> T? {
    withPayload(record) {
      $0.count >= offset + MemoryLayout<T>.size
        ? T(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self)) : nil
    }
  }

  /// Nanoseconds of the wall clock at which the segment began.
  var begun: Int64? {
    records.first { $0.type == JournalRecord.begin.rawValue }.flatMap { number($0, at: 0) }
  }

  /// The bytes of the snapshot, and the first record after it; nil when parts are missing.
  var snapshot: (bytes: [UInt8], next: Int)? {
    let parts = records.indices.filter { records[$0].type == JournalRecord.snapshot.rawValue }
    guard let last = parts.last else { return nil }
    var bytes: [UInt8] = []
    for (place, index) in parts.enumerated() {
      let (part, count): (UInt32?, UInt32?) = (number(records[index], at: 0), number(records[index], at: 4))
      guard part == UInt32(place), count == UInt32(parts.count) else { return nil }
      withPayload(records[index]) { bytes += $0.dropFirst(8) }
    }
    return (bytes, last + 1)
  }

  /// How many quotes a record of quotes holds; 0 for others.
  func quotes(_ record: RecordFrame.Record) -> Int {
    record.type == JournalRecord.quotes.rawValue ? max(0, record.length - 1) / Self.quoteBytes : 0
  }

  func quoteTime(_ record: RecordFrame.Record, _ index: Int) -> Int64 {
    number(record, at: 1 + index * Self.quoteBytes) ?? 0
  }

  static let quoteBytes = 48
}
