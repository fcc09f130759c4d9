/// An order of an engine's account, from the risk gate to the venue.
package struct AccountOrder: BitwiseCopyable, VenueOrder {
  package let id: Int64
  package var strategySlot: Int
  package var instrumentSlot: Int
  package var order: Order<Int64, Int64>
  /// The number, by the engine's count, of the first quote at which it may fill.
  package var fillsFrom: UInt64

  /// A market order of signed base units.
  package init(
    id: Int64, strategySlot: Int, instrumentSlot: Int, quantity: Int64, fillsFrom: UInt64
  ) {
    self.id = id
    self.strategySlot = strategySlot
    self.instrumentSlot = instrumentSlot
    order = Order(Side(quantity), Int64(clamping: quantity.magnitude), state: .sent)
    self.fillsFrom = fillsFrom
  }

  /// Signed base units.
  package var quantity: Int64 { order.side == .buy ? order.quantity : -order.quantity }
}
