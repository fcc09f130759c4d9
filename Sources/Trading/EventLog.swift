import CFxaot
import Messaging
import Records

/// The events that the engine has caused and its caller has not yet acknowledged, in order.
package struct EventLog: ~Copyable {
  package private(set) var events = Slab<fxaot_event>()
  /// Sequence number of the newest event: they count 1, 2, 3 … without a gap.
  package private(set) var sequence: UInt64 = 0
  /// Events lost for lack of memory since the last one that was kept.
  package private(set) var lost: UInt64 = 0
  package var orders = OrderTrace()

  package init() {}

  /// Numbers and keeps the event. Without memory it counts the event, and an alarm with the
  /// count takes the next free place. Amortised O(1).
  package mutating func append(_ event: fxaot_event) {
    if lost > 0 {
      let alarm = fxaot_event(alarm: FXAOT_ALARM_EVENTS_LOST, quantity: Int64(clamping: lost))
      if keep(alarm) { lost = 0 }
    }
    if !keep(event) { lost &+= 1 }
  }

  package mutating func removeAll() { events.removeAll() }

  /// A fill's profit as its strategy has it, in the event at a place.
  package func setProfit(_ micro: Int64, at place: Int) {
    guard events.elements.indices.contains(place) else { return }
    events.base[place].profit_micro = micro
    if orders.isOn { orders.setProfit(micro, of: events.base[place].sequence) }
  }

  /// False when there is no memory.
  private mutating func keep(_ event: fxaot_event) -> Bool {
    guard events.append(event) else { return false }
    sequence &+= 1
    let kept = events.base + (events.count - 1)
    kept.pointee.sequence = sequence
    if orders.isOn { orders.take(kept.pointee) }
    return true
  }
}

extension fxaot_event {
  package init(alarm: fxaot_alarm, quantity: Int64 = 0) {
    self.init()
    kind = UInt32(FXAOT_EVENT_ALARM)
    code = alarm.rawValue
    self.quantity = quantity
  }
}

extension EventLog {
  /// The numbers go on; the events themselves have been told, or are lost with the process.
  package mutating func persist(_ archive: inout some StateArchive) { archive(&sequence) }
}
