import CFxaot
import Messaging

/// An engine behind a mailbox, on a thread of its own.
///
/// The engine belongs to the worker from `make` until `stop` has returned, except between `pause` and
/// `resume`. Any thread may send, `pull` and read `counters`. One thread at a time, never the worker's own,
/// may call `pause … resume`, `stop` and `destroy`.
public struct EngineActor {
  /// How an engine runs on its own.
  public struct Options {
    /// Quotes that may wait; rounded up to a power of two.
    public var capacity = 65_536
    /// Events that may wait to be pulled; rounded up to a power of two.
    public var events = 16_384
    public var overflow = Overflow.refuse
    public var worker = WorkerOptions()

    public init() {}
  }

  private let actor: Actor<EngineBehavior>
  private let worker: Worker
  private let outbox: EventOutbox
  private let behavior: EngineBehavior

  /// Starts the worker. Drops the events that the engine still has; `sink` gets each turn's events
  /// from now on, and `bell` is called after each turn, and when the actor has stopped. Fails with FXAOT_BAD_CONFIG
  /// (capacities), FXAOT_OUT_OF_MEMORY or FXAOT_THREAD.
  public static func make(
    _ engine: UnsafeMutablePointer<Engine>, _ options: Options,
    sink function: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<fxaot_event>?, UInt64) -> Void)?,
    bell: (@convention(c) (UnsafeMutableRawPointer?) -> Void)? = nil,
    context: UnsafeMutableRawPointer?
  ) throws(EngineError) -> UnsafeMutablePointer<EngineActor> {
    guard let place = SharedLines.allocate(MemoryLayout<EngineActor>.size) else {
      throw EngineError(FXAOT_OUT_OF_MEMORY)
    }
    do throws(MessagingError) {
      let outbox = try EventOutbox(capacity: options.events)
      do throws(MessagingError) {
        let sink = function.map { EventSink(context: context, function: $0) }
        let behavior = EngineBehavior(
          engine: engine, sink: sink, bell: bell.map { TurnBell(context: context, function: $0) }, outbox: outbox)
        let actor = try Actor.make(
          capacity: options.capacity, overflow: options.overflow, behavior: behavior)
        engine.pointee.clearEvents()
        let worker = try start(actor, options.worker)
        let pointer = place.bindMemory(to: EngineActor.self, capacity: 1)
        pointer.initialize(
          to: EngineActor(actor: actor, worker: worker, outbox: outbox, behavior: behavior))
        return pointer
      } catch {
        outbox.destroy()
        throw error
      }
    } catch {
      SharedLines.release(place)
      throw EngineError(error)
    }
  }

  private init(
    actor: Actor<EngineBehavior>, worker: Worker, outbox: EventOutbox, behavior: EngineBehavior
  ) {
    self.actor = actor
    self.worker = worker
    self.outbox = outbox
    self.behavior = behavior
  }

  private static func start(
    _ actor: Actor<EngineBehavior>, _ options: WorkerOptions
  ) throws(MessagingError) -> Worker {
    do throws(MessagingError) {
      let worker = try Worker.start(options)
      do throws(MessagingError) {
        try worker.add(actor)
        return worker
      } catch {
        worker.destroy()
        throw error
      }
    } catch {
      actor.destroy()
      throw error
    }
  }

  /// Stops the actor if it still runs, and frees everything except the engine. No thread may send any more.
  public static func destroy(_ pointer: UnsafeMutablePointer<EngineActor>) {
    let it = pointer.pointee
    it.stop()
    it.worker.destroy()
    it.actor.destroy()
    it.outbox.destroy()
    SharedLines.release(UnsafeMutableRawPointer(pointer))
  }

  // MARK: Sending

  /// Sends one quote. `ref` is the caller's name of its instrument, not 0. `entry` is the cycle counter at
  /// the start of a call to be timed, else 0. O(1).
  @inline(__always)
  public func send(ref: UInt64, _ quote: fxaot_quote, entry: UInt64) -> SendOutcome {
    var timed = quote
    timed.symbol = entry
    return actor.send(QuoteMessage(ref: ref, timed))
  }

  /// Sends an advance of time, which takes its turn among the quotes.
  public func send(passingTo time: Int64) -> SendOutcome {
    actor.send(QuoteMessage(passingTo: time))
  }

  /// Sends packed fxaot_quote records of any alignment, in order, up to the first that finds no room or a
  /// stopped actor. Returns how many were accepted. O(count).
  public func send(records: UnsafeRawPointer, count: Int, isReplay: Bool = false) -> Int {
    send(records: records, count: count, isReplay: isReplay) { messages in
      // Together where there is room, else one by one: each may push out an older one.
      var sent = actor.send(contentsOf: messages)
      while sent < messages.count && dropsOldest && actor.send(messages[sent]) == .accepted {
        sent += 1
      }
      return sent
    }
  }

  /// The same, but waits for room, at most `nanoseconds`, and never drops older quotes. Blocks.
  /// A replay's quotes may have gaps, see `Engine.isReplaying`.
  public func send(
    records: UnsafeRawPointer, count: Int, waiting nanoseconds: Int64, isReplay: Bool = false
  ) -> Int {
    let end = MonotonicClock.nanoseconds &+ nanoseconds
    return send(records: records, count: count, isReplay: isReplay) { messages in
      var sent = 0
      while true {
        sent += actor.send(contentsOf: UnsafeBufferPointer(rebasing: messages[sent...]))
        if sent == messages.count { return sent }
        let left = end &- MonotonicClock.nanoseconds
        if left <= 0 || actor.waitForRoom(left) != .accepted { return sent }
      }
    }
  }

  /// Pushes piece by piece, and stops at the first piece that does not fit whole.
  private func send(
    records: UnsafeRawPointer, count: Int, isReplay: Bool,
    _ push: (UnsafeBufferPointer<QuoteMessage>) -> Int
  ) -> Int {
    let most = 64
    return withUnsafeTemporaryAllocation(of: QuoteMessage.self, capacity: most) { buffer in
      var sent = 0
      while sent < count {
        let size = min(most, count - sent)
        for index in 0..<size {
          let at = (sent + index) * MemoryLayout<fxaot_quote>.stride
          buffer.initializeElement(
            at: index,
            to: QuoteMessage(
              record: (records + at).loadUnaligned(as: fxaot_quote.self), isReplayed: isReplay))
        }
        let accepted = push(UnsafeBufferPointer(rebasing: buffer[..<size]))
        sent += accepted
        if accepted < size { break }
      }
      return sent
    }
  }

  public var isStopped: Bool { actor.isStopped }
  private var dropsOldest: Bool { actor.overflow == .dropOldest }

  // MARK: Events and counters

  /// Takes waiting events, oldest first; nil while another thread pulls.
  public func pull(into buffer: UnsafeMutableBufferPointer<fxaot_event>) -> Int? {
    outbox.pull(into: buffer)
  }

  public var counters: (actor: ActorCounters, worker: WorkerCounters, events: RingCounters) {
    (actor.counters, worker.counters, outbox.counters)
  }

  public var capacity: Int { actor.capacity }
  public var pinning: Pinning { worker.pinning }

  // MARK: Who owns the engine

  /// Waits until the worker has handled all accepted messages and released the engine, which then belongs to
  /// the caller until `resume`. Works for a stopped actor too. Blocks.
  public func pause() {
    actor.waitUntilTaken()
    do throws(MessagingError) {
      try worker.remove(actor)
    } catch {
      // Stopped, or about to stop: after the drain nobody else uses the engine.
      stop()
    }
  }

  /// Between `pause` and `resume`: gives the events that the engine has to the sink and to those who pull, as
  /// the end of a turn does.
  public func publish() { behavior.publish() }

  /// Gives the engine back to the worker. Drains an actor that was stopped meanwhile.
  public func resume() {
    do throws(MessagingError) {
      try worker.add(actor)
    } catch {
      actor.stop()
    }
  }

  /// Refuses further quotes; the worker handles the waiting ones, then ends. Never waits. Any thread.
  public func beginStop() {
    actor.close()
    worker.stop()
  }

  /// The same, but drops the waiting quotes unread.
  public func abandon() {
    outbox.abandon()
    beginStop()
  }

  /// Whether the worker's thread has ended.
  public var hasEnded: Bool { worker.hasEnded }

  /// `beginStop`, then waits for the end; the engine then belongs to the caller. May be called again.
  public func stop() {
    actor.stop()
    worker.stop()
    worker.join()
  }
}

extension EngineError {
  /// Its status for C.
  public init(_ error: MessagingError) {
    switch error {
    case .badCapacity: self.init(FXAOT_BAD_CONFIG)
    case .thread: self.init(FXAOT_THREAD)
    case .stopped: self.init(FXAOT_STOPPED)
    case .duplicateKey: self.init(FXAOT_ALREADY_EXISTS)
    case .outOfMemory: self.init(FXAOT_OUT_OF_MEMORY)
    default: self.init(FXAOT_LIMIT)
    }
  }
}
