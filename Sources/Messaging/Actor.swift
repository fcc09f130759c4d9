import Synchronization

/// State that only messages reach. Runs on one worker's thread at a time; nothing in it needs a lock.
public protocol ActorBehavior: ~Copyable {
  associatedtype Message: BitwiseCopyable

  /// The messages of one turn, oldest first; the buffer is good during the call only.
  mutating func receive(_ messages: UnsafeBufferPointer<Message>)

  /// After the last message of an actor that was stopped, once.
  mutating func stopped()
}

extension ActorBehavior where Self: ~Copyable {
  public mutating func stopped() {}
}

/// A behaviour for C: a function over a pointer to state that the caller owns.
public struct FunctionBehavior<Message: BitwiseCopyable>: ActorBehavior {
  /// State, messages one after another, how many.
  public typealias Function =
    @convention(c) (UnsafeMutableRawPointer?, UnsafeRawPointer, Int) -> Void

  private let state: UnsafeMutableRawPointer?
  private let function: Function

  public init(state: UnsafeMutableRawPointer?, _ function: @escaping Function) {
    self.state = state
    self.function = function
  }

  public mutating func receive(_ messages: UnsafeBufferPointer<Message>) {
    if let first = messages.baseAddress { function(state, first, messages.count) }
  }
}

/// What an actor has done so far.
public struct ActorCounters: Equatable, Sendable {
  public var mailbox = RingCounters()
  /// Messages that `receive` has had.
  public var handled: UInt64 = 0
  /// Messages dropped for newer ones; popped = handled + dropped while the actor rests.
  public var dropped: UInt64 = 0
}

/// A mailbox, a behaviour and its state, at an address of their own. A handle: copies are the same
/// actor, and its maker ends it with `destroy` when no other thread uses it any more.
public struct Actor<Behavior: ActorBehavior & ~Copyable>: @unchecked Sendable {
  public typealias Message = Behavior.Message

  /// The most messages a behaviour gets in one call.
  public static var batch: Int { 256 }

  let body: UnsafeMutablePointer<ActorBody<Behavior>>

  /// An actor that runs nowhere yet; senders may already send. `capacity` is rounded up to a power of
  /// two. Throws `.badCapacity` or `.outOfMemory`.
  public static func make(
    capacity: Int, overflow: Overflow = .refuse, behavior: consuming Behavior
  ) throws(MessagingError) -> Actor {
    let mailbox = try Mailbox<Message>(capacity: capacity, overflow: overflow)
    let bytes = SharedLines.bytes + Self.batch * MemoryLayout<Message>.stride
    guard let work = SharedLines.allocate(bytes) else { throw .outOfMemory }
    guard let place = SharedLines.allocate(MemoryLayout<ActorBody<Behavior>>.size) else {
      SharedLines.release(work)
      throw .outOfMemory
    }
    let body = place.bindMemory(to: ActorBody<Behavior>.self, capacity: 1)
    body.initialize(to: ActorBody(mailbox: mailbox, behavior: behavior, work: work))
    return Actor(body: body)
  }

  /// Stops the actor if necessary, handles waiting messages, and frees it. False, and nothing is freed, on its
  /// own worker's thread. No thread may send any more.
  @discardableResult
  public func destroy() -> Bool {
    guard stop() else { return false }
    body.deinitialize(count: 1)
    SharedLines.release(UnsafeMutableRawPointer(body))
    return true
  }

  public var capacity: Int { body.pointee.mailbox.ring.capacity }
  public var overflow: Overflow { body.pointee.mailbox.overflow }

  /// From any thread.
  public var counters: ActorCounters {
    ActorCounters(
      mailbox: body.pointee.mailbox.ring.counters,
      handled: body.pointee.handled.pointee.load(ordering: .relaxed),
      dropped: body.pointee.mailbox.droppedCount)
  }
}
