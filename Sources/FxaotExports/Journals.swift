import Artifacts
import CFxaot
import FXCore
import Libc
import Records

// An engine's journal as C sees it: batches of records out, records of a segment in.

@inline(__always)
private func engine(_ pointer: OpaquePointer?) -> UnsafeMutablePointer<Engine>? {
  pointer.map { UnsafeMutablePointer($0) }
}

@_cdecl("fxaot_engine_start_journal")
public func exportStartJournal(_ pointer: OpaquePointer?, _ scope: UInt32) -> Int32 {
  guard let engine = engine(pointer) else { return status(FXAOT_BAD_ARGUMENT) }
  return answer { () throws(EngineError) in try engine.pointee.startJournal(scope) }
}

@_cdecl("fxaot_engine_take_journal")
public func exportTakeJournal(
  _ pointer: OpaquePointer?, _ bytes: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
  _ isBroken: UnsafeMutablePointer<UInt32>?
) -> UInt64 {
  bytes?.pointee = nil
  isBroken?.pointee = 0
  guard let engine = engine(pointer), let bytes else { return 0 }
  let batch = engine.pointee.takeJournal()
  bytes.pointee = batch.base
  isBroken?.pointee = batch.isBroken ? 1 : 0
  return UInt64(batch.count)
}

@_cdecl("fxaot_engine_lose_journal")
public func exportLoseJournal(_ pointer: OpaquePointer?) { engine(pointer)?.pointee.loseJournal() }

@_cdecl("fxaot_bytes_free")
public func exportBytesFree(_ bytes: UnsafeMutableRawPointer?) { free(bytes) }

@_cdecl("fxaot_engine_name")
public func exportName(_ pointer: OpaquePointer?, _ ref: UInt64, _ name: UnsafePointer<CChar>?) {
  guard let engine = engine(pointer), let name else { return }
  engine.pointee.name(ref, name)
}

@_cdecl("fxaot_refs_new")
public func exportRefsNew() -> OpaquePointer? { retained(JournalRefs()) }

@_cdecl("fxaot_refs_free")
public func exportRefsFree(_ pointer: OpaquePointer?) {
  if let pointer { Unmanaged<JournalRefs>.fromOpaque(UnsafeRawPointer(pointer)).release() }
}

@_cdecl("fxaot_engine_capture")
public func exportCapture(_ pointer: OpaquePointer?) -> OpaquePointer? {
  engine(pointer).map { retained(SnapshotBox($0.pointee.capture())) }
}

/// A snapshot on its way to its bytes.
private final class SnapshotBox: @unchecked Sendable {
  let snapshot: Snapshot
  init(_ snapshot: Snapshot) { self.snapshot = snapshot }
}

@_cdecl("fxaot_snapshot_bytes")
public func exportSnapshotBytes(_ pointer: OpaquePointer?, _ out: UnsafeMutablePointer<UnsafeMutableRawPointer?>?)
  -> UInt64
{
  out?.pointee = nil
  guard let pointer else { return 0 }
  let box = Unmanaged<SnapshotBox>.fromOpaque(UnsafeRawPointer(pointer)).takeRetainedValue()
  guard let out else { return 0 }
  let bytes = box.snapshot.bytes()
  guard !bytes.isEmpty, let memory = malloc(bytes.count) else { return 0 }
  bytes.withUnsafeBytes { if let start = $0.baseAddress { memory.copyMemory(from: start, byteCount: $0.count) } }
  out.pointee = memory
  return UInt64(bytes.count)
}

@_cdecl("fxaot_engine_load")
public func exportLoad(
  _ bytes: UnsafeRawPointer?, _ count: UInt64, _ refs: OpaquePointer?, _ maker: fxaot_ref_maker?,
  _ context: UnsafeMutableRawPointer?, _ out: UnsafeMutablePointer<OpaquePointer?>?,
  _ refusal: UnsafeMutablePointer<fxaot_engine_refusal>?
) -> Int32 {
  refusal?.pointee = .none
  out?.pointee = nil
  guard let bytes, let count = Int(exactly: count), let refs: JournalRefs = object(refs), let out else {
    return status(FXAOT_BAD_ARGUMENT)
  }
  let make = maker.map { maker in
    { (name: [UInt8]) in name.withUnsafeBytes { maker(context, $0.baseAddress, UInt64($0.count)) } }
  }
  do throws(EngineRefusal) {
    let loaded = try Engine.load(UnsafeRawBufferPointer(start: bytes, count: count), refs, make)
    out.pointee = Engine.hold(loaded).map { OpaquePointer($0) }
    return status(out.pointee == nil ? FXAOT_OUT_OF_MEMORY : FXAOT_OK)
  } catch {
    refusal?.pointee.tell(error)
    return status(error.status)
  }
}

@_cdecl("fxaot_engine_apply")
public func exportApply(
  _ pointer: OpaquePointer?, _ refs: OpaquePointer?, _ type: UInt32, _ payload: UnsafeRawPointer?, _ length: UInt64,
  _ maker: fxaot_ref_maker?, _ context: UnsafeMutableRawPointer?, _ out: UnsafeMutablePointer<fxaot_engine_refusal>?
) -> Int32 {
  out?.pointee = .none
  guard let engine = engine(pointer), let refs: JournalRefs = object(refs), let maker,
    let length = Int(exactly: length),
    let type = UInt8(exactly: type), payload != nil || length == 0
  else { return status(FXAOT_BAD_ARGUMENT) }
  do throws(JournalFault) {
    try engine.pointee.apply(type, UnsafeRawBufferPointer(start: payload, count: length), refs) { name in
      name.withUnsafeBytes { maker(context, $0.baseAddress, UInt64($0.count)) }
    }
    return status(FXAOT_OK)
  } catch {
    out?.pointee.tell(error.message)
    return status(FXAOT_BAD_RECORD)
  }
}

@_cdecl("fxaot_engine_mark_stale")
public func exportMarkStale(_ pointer: OpaquePointer?) { engine(pointer)?.pointee.markStale() }

@_cdecl("fxaot_engine_warm")
public func exportWarm(_ pointer: OpaquePointer?, _ quotes: UnsafePointer<fxaot_quote>?, _ count: UInt64) -> Int32 {
  guard let engine = engine(pointer), quotes != nil || count == 0, let count = Int(exactly: count),
    count <= Int.max / MemoryLayout<fxaot_quote>.stride
  else { return status(FXAOT_BAD_ARGUMENT) }
  if let quotes { engine.pointee.warm(UnsafeRawPointer(quotes), count: count) }
  return status(FXAOT_OK)
}

// MARK: Records of a segment

extension fxaot_record_chain {
  fileprivate var chain: RecordChain {
    RecordChain(sequence: sequence, epoch: epoch, hash: withUnsafeBytes(of: hash) { Array($0) })
  }

  fileprivate mutating func set(_ chain: RecordChain) {
    (sequence, epoch) = (chain.sequence, chain.epoch)
    withUnsafeMutableBytes(of: &hash) { $0.copyBytes(from: chain.hash) }
  }
}

@_cdecl("fxaot_records_frame")
public func exportRecordsFrame(
  _ batch: UnsafeRawPointer?, _ count: UInt64, _ chain: UnsafeMutablePointer<fxaot_record_chain>?,
  _ out: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ length: UnsafeMutablePointer<UInt64>?
) -> Int32 {
  out?.pointee = nil
  guard let chain, let out, let length, let count = Int(exactly: count), batch != nil || count == 0 else {
    return status(FXAOT_BAD_ARGUMENT)
  }
  var next = chain.pointee.chain
  guard let framed = RecordFrame.frame(UnsafeRawBufferPointer(start: batch, count: count), &next) else {
    return status(FXAOT_BAD_LENGTH)
  }
  chain.pointee.set(next)
  out.pointee = framed.baseAddress
  length.pointee = UInt64(framed.count)
  return status(FXAOT_OK)
}

@_cdecl("fxaot_records_read")
public func exportRecordsRead(
  _ bytes: UnsafeRawPointer?, _ count: UInt64, _ chain: UnsafeMutablePointer<fxaot_record_chain>?,
  _ records: UnsafeMutablePointer<fxaot_record>?, _ capacity: UInt64, _ result: UnsafeMutablePointer<fxaot_records>?
) -> Int32 {
  guard let chain, let result, let count = Int(exactly: count), bytes != nil || count == 0 else {
    return status(FXAOT_BAD_ARGUMENT)
  }
  let raw = UnsafeRawBufferPointer(start: bytes, count: count)
  let room = room(records, capacity)
  var (next, place, found, fault): (RecordChain, Int, Int, RecordFrame.Fault?) = (chain.pointee.chain, 0, 0, nil)
  while place < count, found < room.count, fault == nil {
    switch RecordFrame.read(raw, at: place, &next) {
    case .success(let record):
      room[found] = fxaot_record(
        sequence: record.sequence, epoch: record.epoch, offset: UInt64(record.offset), length: UInt32(record.length),
        type: UInt32(record.type))
      found += 1
      place += RecordFrame.overhead + record.length
    case .failure(let failure): fault = failure.fault
    }
  }
  chain.pointee.set(next)
  result.pointee.count = UInt64(found)
  result.pointee.bytes = UInt64(place)
  result.pointee.fault = fault?.rawValue ?? 0
  return status(FXAOT_OK)
}

@_cdecl("fxaot_records_follow")
public func exportRecordsFollow(
  _ bytes: UnsafeRawPointer?, _ count: UInt64, _ offset: UInt64, _ chain: UnsafePointer<fxaot_record_chain>?
) -> UInt32 {
  guard let bytes, let chain, let count = Int(exactly: count), let offset = Int(exactly: offset), offset <= count else {
    return 0
  }
  let raw = UnsafeRawBufferPointer(start: bytes, count: count)
  return RecordFrame.hasLater(raw, than: offset, chain.pointee.chain) ? 1 : 0
}

@_cdecl("fxaot_crc32c")
public func exportCRC32C(_ bytes: UnsafeRawPointer?, _ count: UInt64) -> UInt32 {
  guard let bytes, let count = Int(exactly: count) else { return 0 }
  return CRC32C.sum(UnsafeRawBufferPointer(start: bytes, count: count))
}

@_cdecl("fxaot_sha256")
public func exportSHA256(_ bytes: UnsafeRawPointer?, _ count: UInt64, _ hash: UnsafeMutablePointer<UInt8>?) {
  guard let bytes, let hash, let count = Int(exactly: count) else { return }
  SHA256.hash(UnsafeRawBufferPointer(start: bytes, count: count), into: hash)
}
