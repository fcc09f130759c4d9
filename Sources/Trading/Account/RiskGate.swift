import CFxaot
import Market

/// Every order passes here before it reaches the venue: it gets its number, and is let through or refused.
/// It is refused nowhere else, and the first check that it fails names the refusal, in the numbers of
/// fxaot_reject.
package struct RiskGate: BitwiseCopyable {
  /// The number of the next order. Numbers grow, and a refused order has one too.
  package private(set) var nextOrderID: Int64
  /// Gates whose orders are not to have a number in common share a step and begin with different numbers
  /// up to it.
  private let step: Int64

  /// An order and all that it is judged by.
  package struct Request: BitwiseCopyable {
    /// Base units, positive to buy and negative to sell, on the quantity step.
    let quantity: Int64
    /// Of more than nothing the quantity step has left nothing.
    let isCut: Bool
    /// The size is a share of equity, and there is none.
    let lacksEquity: Bool
    /// Profits in the quote currency can be turned into account currency.
    let isConvertible: Bool
    /// What the instrument's net position and the strategy's own are before it, in base units.
    let net, own: Int64
    /// The venue has memory for it.
    let hasRoom: Bool

    package init(
      quantity: Int64, isCut: Bool = false, lacksEquity: Bool = false, isConvertible: Bool = true,
      net: Int64 = 0, own: Int64 = 0, hasRoom: Bool = true
    ) {
      self.quantity = quantity
      self.isCut = isCut
      self.lacksEquity = lacksEquity
      self.isConvertible = isConvertible
      self.net = net
      self.own = own
      self.hasRoom = hasRoom
    }
  }

  package struct Verdict: BitwiseCopyable {
    package let orderID: Int64
    /// nil: the order may pass.
    package let refusal: fxaot_reject?
  }

  /// The first number from 1 to `step`.
  package init(firstOrder: UInt16 = 1, step: UInt16 = 1) {
    nextOrderID = Int64(firstOrder)
    self.step = Int64(step)
  }

  /// Numbers an order and judges it.
  package mutating func judge(_ order: Request, in instrument: Instrument) -> Verdict {
    defer { nextOrderID &+= step }
    return Verdict(orderID: nextOrderID, refusal: refusal(of: order, in: instrument))
  }

  /// Orders numbered below `next` have come from another gate: those from here on follow them too.
  package mutating func skip(to next: Int64) {
    guard next > nextOrderID else { return }
    let (behind, rest) = (next &- nextOrderID).quotientAndRemainder(dividingBy: step)
    nextOrderID &+= (behind &+ (rest == 0 ? 0 : 1)) &* step
  }

  private func refusal(of order: Request, in instrument: Instrument) -> fxaot_reject? {
    if order.isCut { return FXAOT_REJECT_QUANTITY_BELOW_MINIMUM }
    if order.lacksEquity { return FXAOT_REJECT_NO_EQUITY }
    let size = Int64(clamping: order.quantity.magnitude)
    if size < instrument.minimumQuantity { return FXAOT_REJECT_QUANTITY_BELOW_MINIMUM }
    if size > instrument.maximumQuantity { return FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM }
    if !order.isConvertible { return FXAOT_REJECT_NO_CONVERSION }
    let (net, own) = (order.net &+ order.quantity, order.own &+ order.quantity)
    if max(net.magnitude, own.magnitude) > Self.heldQuantityLimit {
      return FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM
    }
    return order.hasRoom ? nil : FXAOT_REJECT_OUT_OF_MEMORY
  }

  /// 10^18: what removed strategies leave adds up without an end in the net position, and so does
  /// what a script adds to its own, while others may keep the net position small. Even with the
  /// largest order of every strategy at the venue either stays an Int64.
  private static var heldQuantityLimit: UInt64 { 1_000_000_000_000_000_000 }
}
