import Market
import Records
import StrategyIR

/// An order of a script that waits for its fill: of `entry`, `order`, or the market order of `close`.
@usableFromInline
package struct PendingOrder: VenueOrder {
  enum Purpose: UInt8 { case entry, order, close, closeAll }

  /// Its quantity excludes the part that closes an opposite position.
  package var order: Order<Double, Double>
  var purpose: Purpose
  /// Of `close`: the id of the entries it closes.
  var id: TextRef
  var comment: TextRef = 0
  /// Money to be spent at the fill's price, if the size is the strategy's default in money and the order has
  /// a price; else nan.
  var budget: Double = .nan
  /// The part that closes an opposite position, fixed when the order was placed. nan for a market entry: it
  /// closes the position that it finds.
  var reversal: Double = 0
  /// May only close: `strategy.risk.allow_entry_in` forbids its direction.
  var isCloseOnly = false
  var placedBar: Int64 = 0
  /// Stays when the order is replaced by another with its id.
  var serial: Int64 = 0

  init(_ purpose: Purpose, id: TextRef, direction: Double, quantity: Double) {
    self.purpose = purpose
    self.id = id
    order = Order(Side(direction), quantity)
  }

  /// +1 buys, −1 sells.
  @inline(__always)
  var direction: Double { order.side.sign }
  var opens: Bool { purpose == .entry || purpose == .order }
  /// Live: it stays in the list until its fill is reported, and nothing changes it.
  @inline(__always)
  var isSent: Bool { order.state == .sent }
  var isImmediate: Bool { order.timeInForce == .immediately }

  @inline(__always)
  func isIn(_ group: TextRef, _ rule: OrderCommand.OCA) -> Bool {
    order.links.group == group && order.links.rule == rule
  }

  @inline(__always)
  var quantity: Double {
    get { order.quantity }
    set { order.quantity = newValue }
  }
  @inline(__always)
  var limit: Double {
    get { order.limit }
    set { order.limit = newValue }
  }
  @inline(__always)
  var stop: Double {
    get { order.stop }
    set { order.stop = newValue }
  }
  @inline(__always)
  var sequence: Int64 {
    get { order.sequence }
    set { order.sequence = newValue }
  }
}

/// The part of a position that one entry's fill opened, as exit orders see it. Trades close
/// oldest first, whichever entry an exit belongs to, so lots are counted separately.
package struct EntryLot {
  var serial: Int64
  var id: TextRef
  /// +1 long, −1 short.
  var direction: Double
  /// Live it grows with each part of its order's fill, whose mean price this is.
  var price: Double
  var initial: Double
  var remaining: Double
  /// `PendingOrder.serial` of its order.
  var order: Int64 = 0
  /// Its first leg in `ExitLegs`; −1 if it has none.
  var firstLeg: Int32 = -1
}

/// The part of one `strategy.exit` call for one lot: up to three prices. The first price reached closes the
/// leg's quantity.
package struct ExitLeg {
  var command: OrderCommand
  var lot: Int64
  /// The lot's direction.
  var direction: Double
  var reserved: Double
  /// Filled: the leg keeps its share of the lot and never fills again.
  var isConsumed = false
  var prices = ExitPrices()
  /// The best price since the activation; nan before it.
  var best: Double = .nan
  var sequence: Int64 = 0
  /// Stays when its exit gets new prices.
  var serial: Int64 = 0
  /// Live: the part that has filled, the prices that a client or the venue has ended, and those that the gate has
  /// refused on this bar (bits 1 << `RestingOrder.Part`).
  var filled = 0.0
  var ended: UInt8 = 0
  var refused: UInt8 = 0
  /// The lot's next leg in `ExitLegs`.
  var next: Int32 = -1

  var limit: Double { prices.limit }
  var stop: Double { prices.stop }
  var activation: Double { prices.activation }
  var offset: Double { prices.offset }
}

/// The prices at which a leg fills, on the grid; nan: no such price.
struct ExitPrices {
  var limit: Double = .nan
  var stop: Double = .nan
  /// Where trailing begins.
  var activation: Double = .nan
  /// Distance of the trailing stop from the best price, in price units.
  var offset: Double = 0

  @inline(__always)
  func hasSameTrail(as other: ExitPrices) -> Bool {
    offset == other.offset && Self.same(activation, other.activation)
  }

  @inline(__always)
  func isSame(as other: ExitPrices) -> Bool {
    Self.same(limit, other.limit) && Self.same(stop, other.stop) && hasSameTrail(as: other)
  }

  @inline(__always)
  private static func same(_ a: Double, _ b: Double) -> Bool { a == b || (a.isNaN && b.isNaN) }
}

extension PendingOrder {
  mutating func persist(_ archive: inout some StateArchive) {
    archive.choice(&order.side, of: [.buy, .sell])
    archive.choice(&order.timeInForce, of: [.goodTillCancelled, .immediately])
    archive.choice(&order.state, of: [.waiting, .triggered, .sent])
    archive(&order.links.group)
    archive(&order.links.rule)
    archive(&order.quantity)
    archive(&order.limit)
    archive(&order.stop)
    archive(&order.sequence)
    archive(&purpose)
    archive(&id)
    archive(&comment)
    archive(&budget)
    archive(&reversal)
    archive(&isCloseOnly)
    archive(&placedBar)
    archive(&serial)
  }
}

extension EntryLot {
  mutating func persist(_ archive: inout some StateArchive) {
    archive(&serial)
    archive(&id)
    archive(&direction)
    archive(&price)
    archive(&initial)
    archive(&remaining)
    archive(&order)
    archive(&firstLeg)
  }
}

extension ExitLeg {
  mutating func persist(_ archive: inout some StateArchive) {
    command.persist(&archive)
    archive(&lot)
    archive(&direction)
    archive(&reserved)
    archive(&isConsumed)
    archive(&prices.limit)
    archive(&prices.stop)
    archive(&prices.activation)
    archive(&prices.offset)
    archive(&best)
    archive(&sequence)
    archive(&serial)
    archive(&filled)
    archive(&ended)
    archive(&refused)
    archive(&next)
  }
}

extension OrderCommand {
  mutating func persist(_ archive: inout some StateArchive) {
    archive(&kind)
    archive(&direction)
    archive(&oca)
    archive(&immediately)
    archive(&id)
    archive(&fromEntry)
    archive(&ocaName)
    archive(&comment)
    archive(&commentProfit)
    archive(&commentLoss)
    archive(&commentTrailing)
    archive(&quantity)
    archive(&quantityPercent)
    archive(&limit)
    archive(&stop)
    archive(&trailPrice)
    archive(&profit)
    archive(&loss)
    archive(&trailPoints)
    archive(&trailOffset)
  }
}
