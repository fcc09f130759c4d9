import CFxaot
import Messaging

/// What traces show of orders: their events, and the signals that have caused them, with the time at which they
/// happened. Off at first.
///
/// Bounded, because a replay has thousands of orders a second: after the first event that finds no room all are
/// counted as missed until somebody has read the others.
package struct OrderTrace: ~Copyable {
  static let capacity = 256

  package private(set) var isOn = false
  package private(set) var events = Slab<fxaot_traced_event>()
  package private(set) var missed: UInt64 = 0
  /// Kept only if an order follows.
  private var signal: fxaot_event?

  init() {}

  /// False, and nothing changed, when there is no memory.
  package mutating func turn(on: Bool) -> Bool {
    if on && !events.reserve(Self.capacity) { return false }
    isOn = on
    if !on { clear() }
    return true
  }

  package mutating func clear() {
    events.removeAll()
    missed = 0
  }

  /// O(1).
  @inline(never)
  mutating func take(_ event: fxaot_event) {
    switch event.kind {
    case UInt32(FXAOT_EVENT_SIGNAL): signal = event
    case UInt32(FXAOT_EVENT_ORDER), UInt32(FXAOT_EVENT_FILL), UInt32(FXAOT_EVENT_REJECT):
      let at = MonotonicClock.nanoseconds
      if let cause = signal { keep(cause, at) }
      signal = nil
      keep(event, at)
    case UInt32(FXAOT_EVENT_BAR): break
    default: signal = nil
    }
  }

  /// A fill's profit, which its strategy works out afterwards.
  func setProfit(_ micro: Int64, of sequence: UInt64) {
    for index in events.elements.indices.reversed() where events.base[index].event.sequence >= sequence {
      if events.base[index].event.sequence == sequence { events.base[index].event.profit_micro = micro }
    }
  }

  private mutating func keep(_ event: fxaot_event, _ at: Int64) {
    let hasRoom = missed == 0 && events.count < Self.capacity
    if !hasRoom || !events.append(fxaot_traced_event(event: event, at_ns: at)) { missed &+= 1 }
  }
}
