import CFxaot
import FXCore

// Routers as C sees them: an opaque pointer is the address of an EngineRouter.

private func router(_ pointer: OpaquePointer?) -> UnsafeMutablePointer<EngineRouter>? {
  pointer.map { UnsafeMutablePointer($0) }
}

@_cdecl("fxaot_router_new")
public func exportRouterNew(_ out: UnsafeMutablePointer<OpaquePointer?>?) -> Int32 {
  guard let out else { return status(FXAOT_BAD_ARGUMENT) }
  out.pointee = nil
  do {
    out.pointee = OpaquePointer(try EngineRouter.make())
    return status(FXAOT_OK)
  } catch {
    return status(EngineError(error).status)
  }
}

@_cdecl("fxaot_router_free")
public func exportRouterFree(_ pointer: OpaquePointer?) {
  if let router = router(pointer) { EngineRouter.destroy(router) }
}

@_cdecl("fxaot_router_set")
public func exportRouterSet(
  _ pointer: OpaquePointer?, _ routes: UnsafePointer<fxaot_route>?, _ count: UInt64
) -> Int32 {
  guard let router = router(pointer), let count = Int(exactly: count),
    routes != nil || count == 0
  else { return status(FXAOT_BAD_ARGUMENT) }
  do {
    try router.pointee.setRoutes(UnsafeBufferPointer(start: routes, count: count))
    return status(FXAOT_OK)
  } catch {
    return status(EngineError(error).status)
  }
}

@_cdecl("fxaot_router_send")
public func exportRouterSend(
  _ pointer: OpaquePointer?, _ ref: UInt64, _ quote: UnsafePointer<fxaot_quote>?, _ entry: UInt64
) -> Int32 {
  guard let router = router(pointer), let quote, ref != 0 else {
    return status(FXAOT_BAD_ARGUMENT)
  }
  guard let outcome = router.pointee.send(ref: ref, quote.pointee, entry: entry) else {
    return status(FXAOT_UNKNOWN_SYMBOL)
  }
  return status(outcome)
}

@_cdecl("fxaot_router_send_batch")
public func exportRouterSendBatch(
  _ pointer: OpaquePointer?, _ quotes: UnsafeRawPointer?, _ count: UInt64,
  _ accepted: UnsafeMutablePointer<UInt64>?
) -> Int32 {
  sendBatch(pointer, quotes, count, accepted, isReplay: false)
}

@_cdecl("fxaot_router_replay")
public func exportRouterReplay(
  _ pointer: OpaquePointer?, _ quotes: UnsafeRawPointer?, _ count: UInt64,
  _ accepted: UnsafeMutablePointer<UInt64>?
) -> Int32 {
  sendBatch(pointer, quotes, count, accepted, isReplay: true)
}

private func sendBatch(
  _ pointer: OpaquePointer?, _ quotes: UnsafeRawPointer?, _ count: UInt64,
  _ accepted: UnsafeMutablePointer<UInt64>?, isReplay: Bool
) -> Int32 {
  accepted?.pointee = 0
  guard let router = router(pointer), let count = Int(exactly: count),
    quotes != nil || count == 0
  else { return status(FXAOT_BAD_ARGUMENT) }
  guard let quotes else { return status(FXAOT_OK) }
  let (taken, outcome) = router.pointee.send(records: quotes, count: count, isReplay: isReplay)
  accepted?.pointee = UInt64(taken)
  return status(outcome)
}

@_cdecl("fxaot_router_unknown")
public func exportRouterUnknown(_ pointer: OpaquePointer?) -> UInt64 {
  router(pointer)?.pointee.unknown ?? 0
}
