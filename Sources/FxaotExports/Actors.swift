import CFxaot
import FXCore
import Messaging

// Actors as C sees them: an opaque pointer is the address of an EngineActor.

typealias ActorPointer = UnsafeMutablePointer<EngineActor>

private func engineActor(_ pointer: OpaquePointer?) -> ActorPointer? {
  pointer.map { ActorPointer($0) }
}

func status(_ outcome: SendOutcome) -> Int32 {
  switch outcome {
  case .accepted: status(FXAOT_OK)
  case .full: status(FXAOT_FULL)
  case .stopped: status(FXAOT_STOPPED)
  }
}

@_cdecl("fxaot_actor_config_default")
public func exportActorConfigDefault(_ out: UnsafeMutablePointer<fxaot_actor_config>?) {
  let options = EngineActor.Options()
  out?.pointee = fxaot_actor_config(
    capacity: UInt64(options.capacity), events: UInt64(options.events),
    overflow: UInt32(FXAOT_REFUSE), waiting: UInt32(FXAOT_WAIT_PARK),
    budget: UInt32(options.worker.budget), processor: -1, sink: nil, bell: nil, context: nil)
}

extension EngineActor.Options {
  /// nil for a number that fxaot.h does not name.
  fileprivate init?(_ config: fxaot_actor_config) {
    self.init()
    guard let capacity = Int(exactly: config.capacity), let events = Int(exactly: config.events),
      (1...UInt32(FXAOT_MAX_BUDGET)).contains(config.budget), config.processor >= -1
    else { return nil }
    (self.capacity, self.events) = (capacity, events)
    switch config.overflow {
    case UInt32(FXAOT_REFUSE): overflow = .refuse
    case UInt32(FXAOT_DROP_OLDEST): overflow = .dropOldest
    default: return nil
    }
    switch config.waiting {
    case UInt32(FXAOT_WAIT_PARK): worker.waiting = .park
    case UInt32(FXAOT_WAIT_YIELD): worker.waiting = .yield
    case UInt32(FXAOT_WAIT_SPIN): worker.waiting = .spin
    default: return nil
    }
    worker.budget = Int(config.budget)
    worker.processor = config.processor < 0 ? nil : Int(config.processor)
  }
}

@_cdecl("fxaot_actor_new")
public func exportActorNew(
  _ engine: OpaquePointer?, _ config: UnsafePointer<fxaot_actor_config>?,
  _ out: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  guard let engine, let config, let out else { return status(FXAOT_BAD_ARGUMENT) }
  out.pointee = nil
  guard let options = EngineActor.Options(config.pointee) else { return status(FXAOT_BAD_CONFIG) }
  do {
    out.pointee = OpaquePointer(
      try EngineActor.make(
        UnsafeMutablePointer(engine), options, sink: config.pointee.sink, bell: config.pointee.bell,
        context: config.pointee.context))
    return status(FXAOT_OK)
  } catch {
    return status(error.status)
  }
}

@_cdecl("fxaot_actor_free")
public func exportActorFree(_ pointer: OpaquePointer?) {
  if let actor = engineActor(pointer) { EngineActor.destroy(actor) }
}

@_cdecl("fxaot_actor_send")
public func exportActorSend(
  _ pointer: OpaquePointer?, _ ref: UInt64, _ quote: UnsafePointer<fxaot_quote>?, _ entry: UInt64
) -> Int32 {
  guard let actor = engineActor(pointer), let quote, ref != 0 else {
    return status(FXAOT_BAD_ARGUMENT)
  }
  return status(actor.pointee.send(ref: ref, quote.pointee, entry: entry))
}

@_cdecl("fxaot_actor_send_batch")
public func exportActorSendBatch(
  _ pointer: OpaquePointer?, _ quotes: UnsafeRawPointer?, _ count: UInt64,
  _ accepted: UnsafeMutablePointer<UInt64>?
) -> Int32 {
  sendBatch(pointer, quotes, count, accepted) { $0.send(records: $1, count: $2) }
}

@_cdecl("fxaot_actor_send_batch_waiting")
public func exportActorSendBatchWaiting(
  _ pointer: OpaquePointer?, _ quotes: UnsafeRawPointer?, _ count: UInt64, _ wait: Int64,
  _ accepted: UnsafeMutablePointer<UInt64>?
) -> Int32 {
  sendBatch(pointer, quotes, count, accepted) { $0.send(records: $1, count: $2, waiting: wait) }
}

@_cdecl("fxaot_actor_replay")
public func exportActorReplay(
  _ pointer: OpaquePointer?, _ quotes: UnsafeRawPointer?, _ count: UInt64, _ wait: Int64,
  _ accepted: UnsafeMutablePointer<UInt64>?
) -> Int32 {
  sendBatch(pointer, quotes, count, accepted) {
    $0.send(records: $1, count: $2, waiting: wait, isReplay: true)
  }
}

private func sendBatch(
  _ pointer: OpaquePointer?, _ quotes: UnsafeRawPointer?, _ count: UInt64,
  _ accepted: UnsafeMutablePointer<UInt64>?, _ send: (EngineActor, UnsafeRawPointer, Int) -> Int
) -> Int32 {
  accepted?.pointee = 0
  guard let actor = engineActor(pointer)?.pointee, let count = Int(exactly: count),
    quotes != nil || count == 0
  else { return status(FXAOT_BAD_ARGUMENT) }
  let sent = quotes.map { send(actor, $0, count) } ?? 0
  accepted?.pointee = UInt64(sent)
  if sent == count { return status(FXAOT_OK) }
  return status(actor.isStopped ? FXAOT_STOPPED : FXAOT_FULL)
}

@_cdecl("fxaot_actor_advance")
public func exportActorAdvance(_ pointer: OpaquePointer?, _ time: Int64) -> Int32 {
  guard let actor = engineActor(pointer) else { return status(FXAOT_BAD_ARGUMENT) }
  guard time >= FXAOT_MIN_TIME_NS, time <= FXAOT_MAX_TIME_NS else { return status(FXAOT_BAD_TIME) }
  return status(actor.pointee.send(passingTo: time))
}

@_cdecl("fxaot_actor_pull")
public func exportActorPull(
  _ pointer: OpaquePointer?, _ out: UnsafeMutablePointer<fxaot_event>?, _ capacity: UInt64,
  _ count: UnsafeMutablePointer<UInt64>?
) -> Int32 {
  count?.pointee = 0
  guard let actor = engineActor(pointer), let out, let count else {
    return status(FXAOT_BAD_ARGUMENT)
  }
  let buffer = UnsafeMutableBufferPointer(start: out, count: Int(clamping: capacity))
  guard let pulled = actor.pointee.pull(into: buffer) else { return status(FXAOT_BUSY) }
  count.pointee = UInt64(pulled)
  return status(FXAOT_OK)
}

@_cdecl("fxaot_actor_read_stats")
public func exportActorStats(
  _ pointer: OpaquePointer?, _ out: UnsafeMutablePointer<fxaot_actor_stats>?
) {
  guard let actor = engineActor(pointer) else { return }
  let (mailbox, worker, events) = actor.pointee.counters
  var stats = fxaot_actor_stats()
  stats.capacity = UInt64(actor.pointee.capacity)
  stats.pushed = mailbox.mailbox.pushed
  stats.handled = mailbox.handled
  stats.refused = mailbox.mailbox.refused
  stats.dropped = mailbox.dropped
  stats.high_water = mailbox.mailbox.highWater
  stats.events = events.pushed
  stats.pulled = events.popped
  stats.unpulled = events.refused
  stats.rounds = worker.rounds
  stats.sleeps = worker.sleeps
  if case .failed(let error) = actor.pointee.pinning { stats.pinning = error }
  stats.stopped = actor.pointee.isStopped ? 1 : 0
  out?.pointee = stats
}

@_cdecl("fxaot_actor_pause")
public func exportActorPause(_ pointer: OpaquePointer?) { engineActor(pointer)?.pointee.pause() }

@_cdecl("fxaot_actor_publish")
public func exportActorPublish(_ pointer: OpaquePointer?) {
  engineActor(pointer)?.pointee.publish()
}

@_cdecl("fxaot_actor_resume")
public func exportActorResume(_ pointer: OpaquePointer?) { engineActor(pointer)?.pointee.resume() }

@_cdecl("fxaot_actor_stop")
public func exportActorStop(_ pointer: OpaquePointer?) { engineActor(pointer)?.pointee.stop() }

@_cdecl("fxaot_actor_begin_stop")
public func exportActorBeginStop(_ pointer: OpaquePointer?, _ discard: UInt32) {
  guard let actor = engineActor(pointer) else { return }
  if discard == 0 { actor.pointee.beginStop() } else { actor.pointee.abandon() }
}

@_cdecl("fxaot_actor_has_ended")
public func exportActorHasEnded(_ pointer: OpaquePointer?) -> UInt32 {
  engineActor(pointer)?.pointee.hasEnded == false ? 0 : 1
}
