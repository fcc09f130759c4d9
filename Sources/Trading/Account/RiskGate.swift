import CFxaot
import Messaging
import Records
import Synchronization

/// What the risk gate keeps between two orders: the next order's number, the limits, the trading state, and how
/// many orders the rate still allows. Its checks are in Account+Gate.
package struct RiskGate: ~Copyable {
  /// The number of the next order. Numbers grow, and a refused order has one too.
  package private(set) var nextOrderID: Int64
  /// Gates that must not use the same numbers share a step and begin with different numbers
  /// up to it.
  private var first, step: Int64
  package var limits = RiskLimits()

  /// The kill switch: set by any thread, read for each order. It stands in the gate itself, which also makes the account a
  /// type that lives in memory only: one that may live in registers is copied whole by many a call that only reads it.
  private let flag = Atomic<UInt32>(FXAOT_TRADING_ACTIVE.rawValue)
  /// What is recorded now would be lost.
  package var hasNoJournal = false

  /// The state whose consequences have been drawn.
  var applied = FXAOT_TRADING_ACTIVE.rawValue
  /// Why trading is reduced.
  var reason = FXAOT_STATE_USER

  /// The account's own bucket, then one for each strategy's slot.
  private var buckets = Slab<TokenBucket>()

  /// The first number from 1 to `step`.
  package init(firstOrder: UInt16 = 1, step: UInt16 = 1) {
    nextOrderID = Int64(firstOrder)
    first = Int64(firstOrder)
    self.step = Int64(step)
  }

  package mutating func number() -> Int64 {
    defer { nextOrderID &+= step }
    return nextOrderID
  }

  /// The number in the name of the account's own order number `count`, from 1: gates that share a step give no
  /// name twice.
  func nameNumber(_ count: Int64) -> Int64 { first &+ (count &- 1) &* step }

  /// Another gate has numbered orders below `next`: later orders here get higher numbers.
  package mutating func skip(to next: Int64) {
    guard next > nextOrderID else { return }
    let (behind, rest) = (next &- nextOrderID).quotientAndRemainder(dividingBy: step)
    nextOrderID &+= (behind &+ (rest == 0 ? 0 : 1)) &* step
  }

  /// The state that holds while an input is carried out, where the inputs are recorded; nil: the newest holds.
  private var latched: UInt32?

  /// fxaot_trading_state.
  package var state: UInt32 { latched ?? newest }

  /// From any thread.
  package var newest: UInt32 { flag.load(ordering: .acquiring) }

  /// From now on the state changes for orders only when `latchNow` looks at it; or, `false`, at once.
  package mutating func latch(_ on: Bool) { latched = on ? newest : nil }

  /// Looks at the newest state; nil where it is the one that holds.
  package mutating func latchNow() -> UInt32? {
    let state = newest
    if state == latched { return nil }
    latched = state
    return state
  }

  /// The state in the newest snapshot, or in the newest items of a journal.
  private var saved: UInt32?
  /// The state has changed since; no input has to have seen it.
  package var isUnsaved: Bool { saved != newest }

  package func set(_ state: UInt32) { flag.store(state, ordering: .releasing) }

  /// From active to reducing, and only so: a halt that comes from another thread meanwhile stays.
  mutating func reduce() -> Bool {
    let exchanged = flag.compareExchange(
      expected: FXAOT_TRADING_ACTIVE.rawValue, desired: FXAOT_TRADING_REDUCING.rawValue,
      ordering: .acquiringAndReleasing
    ).exchanged
    guard let state = latched else { return exchanged }
    if state == FXAOT_TRADING_ACTIVE.rawValue { latched = FXAOT_TRADING_REDUCING.rawValue }
    return state == FXAOT_TRADING_ACTIVE.rawValue
  }

  /// Takes an order from the rates; false where one of them allows none at `time`. Without memory for a
  /// strategy's bucket the account's alone counts.
  mutating func takeToken(strategySlot: Int, at time: Int64) -> Bool {
    let (count, length) = (limits.raw.order_rate_count, limits.raw.order_rate_ns)
    if count == 0 { return true }
    while buckets.count < strategySlot + 2, buckets.append(TokenBucket(full: count, length, time)) {}
    guard buckets.count > 0 else { return false }
    let own = strategySlot >= 0 && strategySlot + 1 < buckets.count ? strategySlot + 1 : 0
    buckets.base[0].refill(count, length, at: time)
    if own != 0 { buckets.base[own].refill(count, length, at: time) }
    guard buckets.base[0].level >= Int128(length), buckets.base[own].level >= Int128(length) else {
      return false
    }
    buckets.base[0].level -= Int128(length)
    if own != 0 { buckets.base[own].level -= Int128(length) }
    return true
  }

  mutating func changeLimits(_ new: RiskLimits) {
    limits = new
    buckets.removeAll()
  }
}

/// Orders that a rate of `count` in `length` nanoseconds still allows. A token is `length`, and each nanosecond
/// brings `count`, so nothing is rounded.
struct TokenBucket: BitwiseCopyable {
  var level: Int128
  var time: Int64

  init(full count: Int64, _ length: Int64, _ time: Int64) {
    level = Int128(count) * Int128(length)
    self.time = time
  }

  mutating func refill(_ count: Int64, _ length: Int64, at now: Int64) {
    guard now > time else { return }
    level = min(
      level + (Int128(now) - Int128(time)) * Int128(count), Int128(count) * Int128(length))
    time = now
  }
}

extension RiskGate {
  mutating func persist(_ archive: inout some StateArchive) {
    archive(&nextOrderID)
    archive(&first)
    archive(&step)
    limits.persist(&archive)
    // Also one that no input has seen yet.
    var state = newest
    archive(&state)
    saved = state
    archive(&applied)
    var why = reason.rawValue
    archive(&why)
    archive.slab(&buckets, fresh: TokenBucket(full: 0, 0, 0), bytes: 24) { archive, bucket in
      archive(&bucket.level)
      archive(&bucket.time)
      if !(0...(1 << 100)).contains(bucket.level) { archive.fail() }
    }
    guard archive.isLoading else { return }
    if state > FXAOT_TRADING_HALTED.rawValue || step < 1 || step > Int64(UInt16.max) || first < 1 || nextOrderID < 1
      || nextOrderID > 1 << 62
    {
      return archive.fail()
    }
    set(state)
    reason = fxaot_state_reason(rawValue: why)
  }
}
