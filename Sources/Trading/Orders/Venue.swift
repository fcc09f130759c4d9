/// Where orders wait for their market.
///
///     gate ─▶ accept ─▶ waiting ─▶ nextFill(on: event) ─▶ the owner books it, and asks again
///                         └──▶ cancel
///
/// A venue knows orders and prices, and no account. It says which order an event of its market fills, and
/// at which price; whoever owns it books that fill before asking for the next one, since a fill may cancel,
/// change or add orders. What the event is, is the venue's own: a quote, a stretch of a bar's path, a report.
///
/// To add
/// - an order type to `PaperVenue`: `AccountOrder` brings the prices, and `nextFill` compares them with the
///   quote; whoever owns the venue stays as it is;
/// - a venue whose orders leave the process: `accept` sends the order and keeps it, the event is a report
///   from outside, and `nextFill` turns a report of a fill into a fill of the order that it names. Nothing
///   else changes an account. `cancel` asks for it, and the order waits until a report confirms it.
///
/// Owners name the venue that they have, so calls are direct: there is no `any Venue`.
package protocol Venue<Waiting>: ~Copyable {
  /// An `Order` and what its owner keeps with it.
  associatedtype Waiting: VenueOrder
  /// Something that happens in the market, and how far it has been dealt with.
  associatedtype Event
  /// An order that the event has filled, and where. It waits no more.
  associatedtype Fill

  /// Orders that wait, and whatever else waits for a price.
  var waitingCount: Int { get }

  /// Whether there is room for one more order: a gate asks for it before it lets one pass.
  mutating func makeRoom() -> Bool

  /// Takes an order in behind those that wait; false when there is no room for it.
  mutating func accept(_ order: Waiting) -> Bool

  /// Cancels the waiting orders that `isOut`; how many those were. Orders that are out of the venue's hands
  /// (`OrderState.sent` elsewhere) stay. O(waiting orders).
  @discardableResult
  mutating func cancel(where isOut: (Waiting) -> Bool) -> Int

  /// The next order that the event fills; nil when it fills no more, and then the event is over. Between
  /// two calls orders may come and go.
  mutating func nextFill(on event: inout Event) -> Fill?
}

/// What waits at a venue: an order of prices and quantities of one kind.
package protocol VenueOrder<Price, Quantity> {
  associatedtype Price: OrderPrice
  associatedtype Quantity: Comparable & Sendable

  var order: Order<Price, Quantity> { get }
}

extension VenueOrder {
  @inline(__always)
  package var isMarket: Bool { order.isMarket }
}
