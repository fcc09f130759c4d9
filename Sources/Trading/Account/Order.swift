/// A market order on its way from the risk gate to the venue.
package struct Order: BitwiseCopyable {
  package let id: Int64
  package var strategySlot: Int
  package var instrumentSlot: Int
  /// Base units, positive to buy and negative to sell.
  package let quantity: Int64
  /// The number, by the engine's count, of the first quote at which it may fill.
  package var fillsFrom: UInt64

  package init(
    id: Int64, strategySlot: Int, instrumentSlot: Int, quantity: Int64, fillsFrom: UInt64
  ) {
    self.id = id
    self.strategySlot = strategySlot
    self.instrumentSlot = instrumentSlot
    self.quantity = quantity
    self.fillsFrom = fillsFrom
  }
}
