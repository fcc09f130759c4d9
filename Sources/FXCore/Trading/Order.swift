/// A market order on its way from the risk gate to the venue.
struct Order: BitwiseCopyable {
  let id: Int64
  var strategySlot: Int
  var instrumentSlot: Int
  /// Base units, positive to buy and negative to sell.
  let quantity: Int64
  /// The engine's count of quotes when it was placed: it fills on a later one.
  var bornAt: UInt64
}
