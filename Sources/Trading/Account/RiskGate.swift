import CFxaot
import Market

/// Numbers every order on its way to the venue, and passes or refuses it.
/// Nothing else refuses orders. The first check that fails names the refusal, in the numbers of
/// fxaot_reject.
package struct RiskGate: BitwiseCopyable {
  /// The number of the next order. Numbers grow, and a refused order has one too.
  package private(set) var nextOrderID: Int64
  /// Gates that must not use the same numbers share a step and begin with different numbers
  /// up to it.
  private let step: Int64

  /// An order and everything that the gate checks.
  package struct Request: BitwiseCopyable {
    /// Base units, positive to buy and negative to sell, on the quantity step.
    let quantity: Int64
    /// The quantity step has reduced a size above 0 to 0.
    let isCut: Bool
    /// The size is a share of equity, and equity is 0 or less.
    let lacksEquity: Bool
    /// Profits in the quote currency can be converted to the account currency.
    let isConvertible: Bool
    /// The instrument's net position and the strategy's own before the order, in base units.
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

  /// Another gate has numbered orders below `next`: later orders here get higher numbers.
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

  /// 10^18. Positions of removed strategies add up without limit in the net position. So does a script's own
  /// position, while others may keep the net position small. With this limit both stay an Int64, even with
  /// the largest order of every strategy at the venue.
  private static var heldQuantityLimit: UInt64 { 1_000_000_000_000_000_000 }
}
