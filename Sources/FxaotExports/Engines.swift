import CFxaot
import FXCore

// Engines as C sees them: an opaque pointer is the address of an Engine.

@inline(__always)
private func engine(_ pointer: OpaquePointer?) -> UnsafeMutablePointer<Engine>? {
  pointer.map { UnsafeMutablePointer($0) }
}

@_cdecl("fxaot_config_default")
public func exportConfigDefault(_ out: UnsafeMutablePointer<fxaot_config>?) {
  out?.pointee = Engine.defaultConfig
}

@_cdecl("fxaot_engine_new")
public func exportEngineNew(
  _ config: UnsafePointer<fxaot_config>?, _ out: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  guard let out else { return status(FXAOT_BAD_ARGUMENT) }
  out.pointee = nil
  do {
    out.pointee = OpaquePointer(try Engine.make(config?.pointee ?? Engine.defaultConfig))
    return status(FXAOT_OK)
  } catch {
    return status(error.status)
  }
}

@_cdecl("fxaot_engine_free")
public func exportEngineFree(_ pointer: OpaquePointer?) {
  if let engine = engine(pointer) { Engine.destroy(engine) }
}

@_cdecl("fxaot_engine_add_instrument")
public func exportAddInstrument(
  _ pointer: OpaquePointer?, _ instrument: UnsafePointer<fxaot_instrument>?, _ ref: UInt64
) -> Int32 {
  guard let engine = engine(pointer), let instrument else { return status(FXAOT_BAD_ARGUMENT) }
  return answer { () throws(EngineError) in
    try engine.pointee.addInstrument(instrument.pointee, ref: ref)
  }
}

@_cdecl("fxaot_engine_add_strategy")
public func exportAddStrategy(
  _ pointer: OpaquePointer?, _ deployment: UnsafePointer<fxaot_deployment>?, _ ref: UInt64,
  _ badParameter: UnsafeMutablePointer<UInt64>?
) -> Int32 {
  badParameter?.pointee = .max
  guard let engine = engine(pointer), let deployment else { return status(FXAOT_BAD_ARGUMENT) }
  do {
    try engine.pointee.addStrategy(deployment.pointee, ref: ref)
    return status(FXAOT_OK)
  } catch {
    badParameter?.pointee = error.parameter
    return status(error.status)
  }
}

@_cdecl("fxaot_engine_remove_strategy")
public func exportRemoveStrategy(_ pointer: OpaquePointer?, _ ref: UInt64) -> Int32 {
  guard let engine = engine(pointer) else { return status(FXAOT_BAD_ARGUMENT) }
  return answer { () throws(EngineError) in try engine.pointee.removeStrategy(ref: ref) }
}

@_cdecl("fxaot_engine_check_move")
public func exportCheckMove(
  _ from: OpaquePointer?, _ to: OpaquePointer?, _ refs: UnsafePointer<UInt64>?, _ count: UInt64
) -> Int32 {
  move(from, to, refs, count, Engine.checkMove)
}

@_cdecl("fxaot_engine_move")
public func exportMove(
  _ from: OpaquePointer?, _ to: OpaquePointer?, _ refs: UnsafePointer<UInt64>?, _ count: UInt64
) -> Int32 {
  move(from, to, refs, count) { (refs, from, to) throws(EngineError) in
    try Engine.move(refs, from: from, to: to)
  }
}

@_cdecl("fxaot_engine_move_checked")
public func exportMoveChecked(
  _ from: OpaquePointer?, _ to: OpaquePointer?, _ refs: UnsafePointer<UInt64>?, _ count: UInt64
) -> Int32 {
  move(from, to, refs, count) { (refs, from, to) throws(EngineError) in
    try Engine.move(refs, from: from, to: to, isChecked: true)
  }
}

@_cdecl("fxaot_engine_drop")
public func exportDrop(_ pointer: OpaquePointer?, _ refs: UnsafePointer<UInt64>?, _ count: UInt64) -> Int32 {
  guard let engine = engine(pointer), let count = Int(exactly: count), refs != nil || count == 0 else {
    return status(FXAOT_BAD_ARGUMENT)
  }
  return answer { () throws(EngineError) in
    try engine.pointee.drop(UnsafeBufferPointer(start: refs, count: count))
  }
}

private func move(
  _ from: OpaquePointer?, _ to: OpaquePointer?, _ refs: UnsafePointer<UInt64>?, _ count: UInt64,
  _ body: (
    UnsafeBufferPointer<UInt64>, UnsafeMutablePointer<Engine>, UnsafeMutablePointer<Engine>
  ) throws(EngineError) -> Void
) -> Int32 {
  guard let from = engine(from), let to = engine(to), let count = Int(exactly: count),
    refs != nil || count == 0
  else { return status(FXAOT_BAD_ARGUMENT) }
  return answer { () throws(EngineError) in
    try body(UnsafeBufferPointer(start: refs, count: count), from, to)
  }
}

@_cdecl("fxaot_tick")
public func exportTick(
  _ pointer: OpaquePointer?, _ ref: UInt64, _ time: Int64, _ bid: Double, _ ask: Double,
  _ bidSize: Double, _ askSize: Double, _ entry: UInt64
) -> Int64 {
  guard let engine = engine(pointer) else { return failure(FXAOT_BAD_ARGUMENT) }
  return engine.pointee.tick(
    ref: ref, time: time, bid: bid, ask: ask, bidSize: bidSize, askSize: askSize, entry: entry)
}

@_cdecl("fxaot_ticks")
public func exportTicks(
  _ pointer: OpaquePointer?, _ quotes: UnsafeRawPointer?, _ count: UInt64
) -> Int64 {
  guard let engine = engine(pointer), let count = Int(exactly: count), quotes != nil || count == 0
  else { return failure(FXAOT_BAD_ARGUMENT) }
  return quotes.map { engine.pointee.ticks($0, count: count) } ?? 0
}

@_cdecl("fxaot_advance")
public func exportAdvance(_ pointer: OpaquePointer?, _ time: Int64) -> Int64 {
  guard let engine = engine(pointer) else { return failure(FXAOT_BAD_ARGUMENT) }
  return engine.pointee.advance(to: time)
}

@_cdecl("fxaot_advance_work")
public func exportAdvanceWork(_ pointer: OpaquePointer?, _ time: Int64) -> Int64 {
  engine(pointer)?.pointee.advanceWork(to: time) ?? 0
}

@_cdecl("fxaot_engine_set_replaying")
public func exportSetReplaying(_ pointer: OpaquePointer?, _ isReplaying: UInt32) {
  engine(pointer)?.pointee.isReplaying = isReplaying != 0
}

@_cdecl("fxaot_engine_events")
public func exportEvents(_ pointer: OpaquePointer?, _ count: UnsafeMutablePointer<UInt64>?)
  -> UnsafePointer<fxaot_event>?
{
  count?.pointee = 0
  guard let engine = engine(pointer) else { return nil }
  count?.pointee = UInt64(engine.pointee.events.count)
  return engine.pointee.events.baseAddress
}

@_cdecl("fxaot_engine_clear_events")
public func exportClearEvents(_ pointer: OpaquePointer?) {
  engine(pointer)?.pointee.clearEvents()
}

@_cdecl("fxaot_engine_trace")
public func exportTrace(_ pointer: OpaquePointer?, _ isOn: UInt32, _ everyQuote: UInt64) -> Int32 {
  guard let engine = engine(pointer) else { return status(FXAOT_BAD_ARGUMENT) }
  return answer { () throws(EngineError) in
    try engine.pointee.trace(isOn: isOn != 0, everyQuote: everyQuote)
  }
}

@_cdecl("fxaot_engine_traced")
public func exportTraced(_ pointer: OpaquePointer?, _ out: UnsafeMutablePointer<fxaot_trace>?) {
  guard let out else { return }
  out.pointee = fxaot_trace()
  if let engine = engine(pointer) { engine.pointee.readTrace(into: &out.pointee) }
}

@_cdecl("fxaot_engine_clear_traced")
public func exportClearTraced(_ pointer: OpaquePointer?) {
  engine(pointer)?.pointee.clearTrace()
}

@_cdecl("fxaot_engine_stats")
public func exportStats(_ pointer: OpaquePointer?, _ out: UnsafeMutablePointer<fxaot_stats>?) {
  if let engine = engine(pointer) { out?.pointee = engine.pointee.stats }
}

@_cdecl("fxaot_engine_latency")
public func exportLatency(_ pointer: OpaquePointer?, _ out: UnsafeMutablePointer<fxaot_latency>?) {
  if let engine = engine(pointer), let out { engine.pointee.read(into: &out.pointee) }
}

@_cdecl("fxaot_engine_account")
public func exportAccount(_ pointer: OpaquePointer?, _ out: UnsafeMutablePointer<fxaot_account>?) {
  if let engine = engine(pointer) { out?.pointee = engine.pointee.account }
}

@_cdecl("fxaot_engine_positions")
public func exportPositions(
  _ pointer: OpaquePointer?, _ out: UnsafeMutablePointer<fxaot_position>?, _ capacity: UInt64
) -> UInt64 {
  guard let engine = engine(pointer) else { return 0 }
  return UInt64(engine.pointee.positions(into: room(out, capacity)))
}

@_cdecl("fxaot_engine_strategies")
public func exportStrategies(
  _ pointer: OpaquePointer?, _ out: UnsafeMutablePointer<fxaot_strategy_stats>?, _ capacity: UInt64
) -> UInt64 {
  guard let engine = engine(pointer) else { return 0 }
  return UInt64(engine.pointee.strategyStats(into: room(out, capacity)))
}

@_cdecl("fxaot_engine_strategies_from")
public func exportStrategiesFrom(
  _ pointer: OpaquePointer?, _ first: UInt64, _ out: UnsafeMutablePointer<fxaot_strategy_stats>?, _ capacity: UInt64
) -> UInt64 {
  guard let engine = engine(pointer), let first = Int(exactly: first) else { return 0 }
  return UInt64(engine.pointee.strategyStats(from: first, into: room(out, capacity)))
}

@_cdecl("fxaot_engine_instruments")
public func exportInstruments(
  _ pointer: OpaquePointer?, _ out: UnsafeMutablePointer<UInt64>?, _ capacity: UInt64
) -> UInt64 {
  guard let engine = engine(pointer) else { return 0 }
  return UInt64(engine.pointee.instrumentRefs(into: room(out, capacity)))
}

@_cdecl("fxaot_engine_quotes")
public func exportQuotes(
  _ pointer: OpaquePointer?, _ out: UnsafeMutablePointer<fxaot_instrument_quote>?, _ capacity: UInt64
) -> UInt64 {
  guard let engine = engine(pointer) else { return 0 }
  return UInt64(engine.pointee.newestQuotes(into: room(out, capacity)))
}

@_cdecl("fxaot_engine_bars")
public func exportBars(
  _ pointer: OpaquePointer?, _ ref: UInt64, _ out: UnsafeMutablePointer<fxaot_bar>?, _ capacity: UInt64,
  _ run: UnsafeMutablePointer<fxaot_bar_run>?
) -> Int32 {
  run?.pointee = fxaot_bar_run()
  guard let engine = engine(pointer), let run else { return status(FXAOT_BAD_ARGUMENT) }
  guard let bars = engine.pointee.bars(of: ref, into: room(out, capacity)) else { return status(FXAOT_NOT_FOUND) }
  run.pointee = bars
  return status(FXAOT_OK)
}
