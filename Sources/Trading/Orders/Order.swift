import StrategyIR

/// An order: the account's with prices in steps and whole base units, a script's with both in doubles.
///
///     waiting ──▶ (triggered) ──▶ sent ──▶ filled: the order is gone
package struct Order<Price: OrderPrice, Quantity: Comparable & Sendable>: Sendable {
  package var side: Side
  package var timeInForce: TimeInForce
  package var state: OrderState
  package var links: OrderLinks
  /// Without a sign.
  package var quantity: Quantity
  /// `Price.none`: it has none.
  package var limit: Price
  package var stop: Price
  /// Orders of one venue that may fill at one instant fill in the order of this number.
  package var sequence: Int64

  package init(
    _ side: Side, _ quantity: Quantity, limit: Price = .none, stop: Price = .none,
    timeInForce: TimeInForce = .goodTillCancelled, state: OrderState = .waiting,
    links: OrderLinks = OrderLinks(), sequence: Int64 = 0
  ) {
    self.side = side
    self.quantity = quantity
    self.limit = limit
    self.stop = stop
    self.timeInForce = timeInForce
    self.state = state
    self.links = links
    self.sequence = sequence
  }

  /// Which of its prices it has.
  package var kind: OrderKind {
    if stop.isNone { return limit.isNone ? .market : .limit }
    return limit.isNone ? .stop : .stopLimit
  }

  @inline(__always)
  package var isMarket: Bool { limit.isNone && stop.isNone }
}

extension Order: BitwiseCopyable where Price: BitwiseCopyable, Quantity: BitwiseCopyable {}

package enum OrderKind: BitwiseCopyable, Sendable { case market, limit, stop, stopLimit }

package enum Side: BitwiseCopyable, Sendable {
  case buy, sell

  /// +1 buys, −1 sells.
  @inline(__always)
  package var sign: Double { self == .buy ? 1 : -1 }

  /// Of a direction, +1 or −1, or of a signed quantity.
  package init(_ direction: some SignedNumeric & Comparable) { self = direction > 0 ? .buy : .sell }
}

package enum TimeInForce: BitwiseCopyable, Sendable {
  case goodTillCancelled
  /// At the instant at which it was placed.
  case immediately
}

package enum OrderState: BitwiseCopyable, Sendable {
  case waiting
  /// The stop of a stop-limit order has been reached: now a limit order.
  case triggered
  /// At a venue; only the venue may change it.
  case sent
}

/// The effect of the order's fill on the others of its group.
package struct OrderLinks: BitwiseCopyable, Sendable {
  /// A text of the script; 0: the order is in no group.
  package var group: TextRef
  package var rule: OrderCommand.OCA

  package init(group: TextRef = 0, rule: OrderCommand.OCA = .none) {
    self.group = group
    self.rule = rule
  }
}

/// An optional price of an order.
package protocol OrderPrice: Sendable {
  static var none: Self { get }
  var isNone: Bool { get }
}

extension Double: OrderPrice {
  package static var none: Double { .nan }
  @inline(__always)
  package var isNone: Bool { isNaN }
}

/// In steps, of which a price has one at least.
extension Int64: OrderPrice {
  package static var none: Int64 { 0 }
  @inline(__always)
  package var isNone: Bool { self == 0 }
}
