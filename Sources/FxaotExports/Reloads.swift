import CFxaot
import FXCore
import Market

// Reloads as C sees them: opaque pointers are retained objects.

func prepared(_ pointer: OpaquePointer?) -> PreparedVersion? { object(pointer) }
private func basis(_ pointer: OpaquePointer?) -> ReloadBasis? { object(pointer) }

@_cdecl("fxaot_engine_reload_basis")
public func exportReloadBasis(
  _ pointer: OpaquePointer?, _ ref: UInt64, _ timeframe: fxaot_timeframe, _ price: UInt32,
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<fxaot_engine_refusal>?
) -> Int32 {
  error?.pointee = .none
  out?.pointee = nil
  guard let pointer, let out else { return status(FXAOT_BAD_ARGUMENT) }
  let engine = UnsafeMutablePointer<Engine>(pointer)
  return answer(error) { () throws(EngineRefusal) in
    out.pointee = retained(
      try engine.pointee.reloadBasis(ref: ref, timeframe: timeframe, price: price))
  }
}

@_cdecl("fxaot_basis_free")
public func exportBasisFree(_ pointer: OpaquePointer?) {
  if let pointer { Unmanaged<ReloadBasis>.fromOpaque(UnsafeRawPointer(pointer)).release() }
}

@_cdecl("fxaot_basis_is_script")
public func exportBasisIsScript(_ pointer: OpaquePointer?) -> UInt32 {
  basis(pointer)?.isScript == true ? 1 : 0
}

@_cdecl("fxaot_prepare_script")
public func exportPrepareScript(
  _ pointer: OpaquePointer?, _ script: UnsafePointer<fxaot_script>?,
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<fxaot_engine_refusal>?
) -> Int32 {
  error?.pointee = .none
  out?.pointee = nil
  guard let basis = basis(pointer), let script = script?.pointee, let out,
    let program = script.program, let length = Int(exactly: script.length),
    script.params != nil || script.param_count == 0, let parameters = parameters(script)
  else { return status(FXAOT_BAD_ARGUMENT) }
  do throws(EngineRefusal) {
    let bytes = UnsafeRawBufferPointer(start: program, count: length)
    out.pointee = retained(
      try PreparedVersion.script(bytes, parameters: parameters, on: basis))
    return status(FXAOT_OK)
  } catch let refusal {
    error?.pointee.tell(refusal, parameters)
    return status(refusal.status)
  }
}

@_cdecl("fxaot_prepare_strategy")
public func exportPrepareStrategy(
  _ pointer: OpaquePointer?, _ deployment: UnsafePointer<fxaot_deployment>?,
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<fxaot_engine_refusal>?
) -> Int32 {
  error?.pointee = .none
  out?.pointee = nil
  guard let basis = basis(pointer), let deployment = deployment?.pointee, let out,
    deployment.params != nil || deployment.param_count == 0
  else { return status(FXAOT_BAD_ARGUMENT) }
  return answer(error) { () throws(EngineRefusal) in
    out.pointee = retained(try PreparedVersion.table(deployment, on: basis))
  }
}

@_cdecl("fxaot_prepared_free")
public func exportPreparedFree(_ pointer: OpaquePointer?) {
  if let pointer { Unmanaged<PreparedVersion>.fromOpaque(UnsafeRawPointer(pointer)).release() }
}

@_cdecl("fxaot_engine_swap_bars")
public func exportSwapBars(
  _ pointer: OpaquePointer?, _ ref: UInt64, _ version: OpaquePointer?
) -> UInt64 {
  guard let pointer, let prepared = prepared(version) else { return 0 }
  return UInt64(max(UnsafeMutablePointer<Engine>(pointer).pointee.swapBars(ref: ref, prepared), 0))
}

@_cdecl("fxaot_engine_swap")
public func exportSwap(
  _ pointer: OpaquePointer?, _ ref: UInt64, _ version: OpaquePointer?,
  _ error: UnsafeMutablePointer<fxaot_engine_refusal>?
) -> Int32 {
  error?.pointee = .none
  guard let pointer, let prepared = prepared(version) else { return status(FXAOT_BAD_ARGUMENT) }
  let engine = UnsafeMutablePointer<Engine>(pointer)
  return answer(error) { () throws(EngineRefusal) in
    try engine.pointee.swap(ref: ref, prepared)
  }
}

@_cdecl("fxaot_prepared_read_reload")
public func exportReadReload(
  _ pointer: OpaquePointer?, _ out: UnsafeMutablePointer<fxaot_reload>?
) {
  if let prepared = prepared(pointer) { out?.pointee = prepared.reload }
}

@_cdecl("fxaot_prepared_changes")
public func exportChanges(
  _ pointer: OpaquePointer?, _ out: UnsafeMutablePointer<fxaot_change>?, _ capacity: UInt64
) -> UInt64 {
  guard let prepared = prepared(pointer) else { return 0 }
  let room = out == nil ? 0 : Int(clamping: capacity)
  return UInt64(prepared.changes(into: UnsafeMutableBufferPointer(start: out, count: room)))
}
