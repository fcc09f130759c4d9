import Artifacts
import CFxaot
import FXCore
import Libc
import StrategyVM

// Native code as C sees it: an opaque pointer is a retained NativeHandle.

/// Loaded code, and its texts for C.
final class NativeHandle {
  let code: NativeCode
  let cpu, compiler, path: UnsafeMutablePointer<CChar>?

  init(_ code: NativeCode) {
    self.code = code
    cpu = strdup(code.origin.cpu)
    compiler = strdup(code.origin.compiler)
    path = strdup(code.origin.path)
  }

  deinit {
    free(cpu)
    free(compiler)
    free(path)
  }
}

func native(_ pointer: OpaquePointer?) -> NativeHandle? { object(pointer) }

/// The object that an opaque pointer retains.
func object<T: AnyObject>(_ pointer: OpaquePointer?) -> T? {
  pointer.map { Unmanaged<T>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
}

func retained(_ object: AnyObject) -> OpaquePointer {
  OpaquePointer(Unmanaged.passRetained(object).toOpaque())
}

/// Runs a body that may throw a refusal, and writes the refusal to `out`.
func answer(
  _ out: UnsafeMutablePointer<fxaot_engine_refusal>?,
  _ parameters: [(name: String, value: ParameterValue)] = [], _ body: () throws(EngineRefusal) -> Void
) -> Int32 {
  do {
    try body()
    return status(FXAOT_OK)
  } catch {
    out?.pointee.tell(error, parameters)
    return status(error.status)
  }
}

@_cdecl("fxaot_native_load")
public func exportNativeLoad(
  _ manifest: UnsafePointer<CChar>?, _ out: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<fxaot_engine_refusal>?
) -> Int32 {
  error?.pointee = .none
  out?.pointee = nil
  guard let manifest, let out else { return status(FXAOT_BAD_ARGUMENT) }
  do throws(ArtifactError) {
    out.pointee = retained(
      NativeHandle(try NativeCode.load(manifest: String(cString: manifest))))
    return status(FXAOT_OK)
  } catch let refusal {
    error?.pointee.tell(refusal.sentence)
    return status(FXAOT_BAD_ARTIFACT)
  }
}

@_cdecl("fxaot_native_free")
public func exportNativeFree(_ pointer: OpaquePointer?) {
  if let pointer { Unmanaged<NativeHandle>.fromOpaque(UnsafeRawPointer(pointer)).release() }
}

@_cdecl("fxaot_native_read_info")
public func exportNativeInfo(
  _ pointer: OpaquePointer?, _ out: UnsafeMutablePointer<fxaot_native_info>?
) {
  guard let handle = native(pointer), let out else { return }
  out.pointee = fxaot_native_info()
  out.pointee.plan = handle.code.table.pointee.plan
  out.pointee.cpu = UnsafePointer(handle.cpu)
  out.pointee.compiler = UnsafePointer(handle.compiler)
  out.pointee.path = UnsafePointer(handle.path)
}

// MARK: Plans

@_cdecl("fxaot_script_plan")
public func exportNewScriptPlan(
  _ script: UnsafePointer<fxaot_script>?, _ terms: UnsafePointer<fxaot_instrument>?,
  _ out: UnsafeMutablePointer<fxaot_plan>?, _ error: UnsafeMutablePointer<fxaot_engine_refusal>?
) -> Int32 {
  error?.pointee = .none
  guard let script = script?.pointee, let terms, let out, let program = script.program,
    let length = Int(exactly: script.length), script.params != nil || script.param_count == 0,
    let parameters = parameters(script)
  else { return status(FXAOT_BAD_ARGUMENT) }
  return fill(out, error, parameters) { () throws(EngineRefusal) in
    try ScriptPlan.encoded(
      UnsafeRawBufferPointer(start: program, count: length), on: terms.pointee, script.timeframe,
      parameters: parameters)
  }
}

@_cdecl("fxaot_engine_script_plan")
public func exportScriptPlan(
  _ pointer: OpaquePointer?, _ ref: UInt64, _ out: UnsafeMutablePointer<fxaot_plan>?,
  _ error: UnsafeMutablePointer<fxaot_engine_refusal>?
) -> Int32 {
  error?.pointee = .none
  guard let pointer, let out else { return status(FXAOT_BAD_ARGUMENT) }
  let engine = UnsafeMutablePointer<Engine>(pointer)
  return fill(out, error) { () throws(EngineRefusal) in
    try engine.pointee.encodedPlan(ref: ref)
  }
}

@_cdecl("fxaot_prepared_script_plan")
public func exportPreparedPlan(
  _ pointer: OpaquePointer?, _ out: UnsafeMutablePointer<fxaot_plan>?,
  _ error: UnsafeMutablePointer<fxaot_engine_refusal>?
) -> Int32 {
  error?.pointee = .none
  guard let prepared = prepared(pointer), let out else { return status(FXAOT_BAD_ARGUMENT) }
  return fill(out, error) { () throws(EngineRefusal) in try prepared.encodedPlan() }
}

@_cdecl("fxaot_plan_free")
public func exportPlanFree(_ plan: UnsafeMutablePointer<fxaot_plan>?) {
  free(plan?.pointee.bytes)
  plan?.pointee = fxaot_plan()
}

private func fill(
  _ out: UnsafeMutablePointer<fxaot_plan>, _ error: UnsafeMutablePointer<fxaot_engine_refusal>?,
  _ parameters: [(name: String, value: ParameterValue)] = [],
  _ body: () throws(EngineRefusal) -> (bytes: [UInt8], hash: [UInt8])
) -> Int32 {
  out.pointee = fxaot_plan()
  return answer(error, parameters) { () throws(EngineRefusal) in
    let (bytes, hash) = try body()
    guard let copy = malloc(max(bytes.count, 1)) else { throw .outOfMemory }
    bytes.withUnsafeBytes {
      if let base = $0.baseAddress { copy.copyMemory(from: base, byteCount: $0.count) }
    }
    out.pointee.bytes = copy
    out.pointee.length = UInt64(bytes.count)
    withUnsafeMutableBytes(of: &out.pointee.hash) { $0.copyBytes(from: hash) }
  }
}

// MARK: Attaching

@_cdecl("fxaot_engine_attach_native")
public func exportAttachNative(
  _ pointer: OpaquePointer?, _ ref: UInt64, _ code: OpaquePointer?,
  _ error: UnsafeMutablePointer<fxaot_engine_refusal>?
) -> Int32 {
  error?.pointee = .none
  guard let pointer, let handle = native(code) else { return status(FXAOT_BAD_ARGUMENT) }
  let engine = UnsafeMutablePointer<Engine>(pointer)
  return answer(error) { () throws(EngineRefusal) in
    try engine.pointee.attachNative(ref: ref, handle.code)
  }
}

@_cdecl("fxaot_engine_detach_native")
public func exportDetachNative(
  _ pointer: OpaquePointer?, _ ref: UInt64, _ error: UnsafeMutablePointer<fxaot_engine_refusal>?
) -> Int32 {
  error?.pointee = .none
  guard let pointer else { return status(FXAOT_BAD_ARGUMENT) }
  let engine = UnsafeMutablePointer<Engine>(pointer)
  return answer(error) { () throws(EngineRefusal) in try engine.pointee.detachNative(ref: ref) }
}

@_cdecl("fxaot_prepared_attach_native")
public func exportPreparedAttach(
  _ pointer: OpaquePointer?, _ code: OpaquePointer?,
  _ error: UnsafeMutablePointer<fxaot_engine_refusal>?
) -> Int32 {
  error?.pointee = .none
  guard let prepared = prepared(pointer), let handle = native(code) else {
    return status(FXAOT_BAD_ARGUMENT)
  }
  return answer(error) { () throws(EngineRefusal) in try prepared.attachNative(handle.code) }
}
