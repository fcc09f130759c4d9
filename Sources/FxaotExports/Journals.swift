import CFxaot
import FXCore
import Libc

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
