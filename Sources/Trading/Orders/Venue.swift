/// Where orders wait for their market.
///
///     gate ─▶ accept ─▶ waiting ─▶ nextFill(on: event) ─▶ the owner books it, and asks again
///                         └──▶ cancel
///
/// A venue knows orders and prices, and no account. It says which order an event of its market fills, and
/// at which price. Its owner books that fill before it asks for the next one, because a fill may cancel,
/// change or add orders. Each venue has its own kind of event: a quote, a stretch of a bar's path, a report.
///
/// To add
/// - an order type to `PaperVenue`: `AccountOrder` brings the prices, and `nextFill` compares them with the
///   quote; whoever owns the venue stays as it is;
/// - a venue that fills by itself: give it its own kind of event.
///
/// A broker is no such venue: its orders wait at the paper venue, which fills none of them (`GatewayVenue`).
///
/// Owners name the venue that they have, so calls are direct: there is no `any Venue`.
package protocol Venue<Waiting>: ~Copyable {
  /// An `Order` and what its owner keeps with it.
  associatedtype Waiting: VenueOrder
  /// An event of the market, and how far it has been handled.
  associatedtype Event
  /// An order that the event has filled, with its price. It no longer waits.
  associatedtype Fill

  /// How many orders and exits wait.
  var waitingCount: Int { get }

  /// Whether there is room for one more order. A gate checks this before it passes one.
  mutating func makeRoom() -> Bool

  /// Adds an order behind the waiting ones; false if there is no room.
  mutating func accept(_ order: Waiting) -> Bool

  /// Cancels the waiting orders for which `isOut` is true, and returns how many. Orders that another venue has
  /// (`OrderState.sent`) stay. O(waiting orders).
  @discardableResult
  mutating func cancel(where isOut: (Waiting) -> Bool) -> Int

  /// The next order that the event fills; nil if it fills no more; then the event is over. Between
  /// two calls orders may come and go.
  mutating func nextFill(on event: inout Event) -> Fill?
}

/// An order at a venue, with prices and quantities of one kind.
package protocol VenueOrder<Price, Quantity> {
  associatedtype Price: OrderPrice
  associatedtype Quantity: Comparable & Sendable

  var order: Order<Price, Quantity> { get }
}

extension VenueOrder {
  @inline(__always)
  package var isMarket: Bool { order.isMarket }
}
