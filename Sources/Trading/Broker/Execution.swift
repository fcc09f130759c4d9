import StrategyIR

/// A fill without its price.
enum Execution {
  /// An entry or order with its whole quantity, including the part that closes an opposite position.
  case opening(PendingOrder, total: Double)
  /// A market order that only closes; `side` is the position's.
  case close(Double, LotShare, ScriptBook.Closing, side: Double)
  /// An exit's share of one lot.
  case leg(Double, lot: Int64, ScriptBook.Closing, ocaName: TextRef)
  /// A margin call, or a risk rule that ends the position.
  case forced(Double, TradeRecord.ExitReason)

  /// Without a sign.
  var quantity: Double {
    switch self {
    case .opening(_, let quantity), .close(let quantity, _, _, _), .leg(let quantity, _, _, _),
      .forced(let quantity, _):
      quantity
    }
  }
}

extension BarBroker {
  /// Books a fill; live, hands it out as an order first, and books it once it is reported.
  @inline(__always)
  func execute(_ execution: Execution, at price: Double) {
    if live.isOn { return send(execution) }
    settle(execution, at: price, of: execution.quantity)
  }

  /// `whole`: the quantity of the order, of which this is a part; `isLast`: nothing of it is left.
  @inline(__always)
  func settle(_ execution: Execution, at: Double, of whole: Double, isLast: Bool = true) {
    book.markUnmarked()
    within.hasFilled = true
    switch execution {
    case .opening(let order, let total):
      bookOpening(order, total: total, at: at, of: whole, isLast: isLast)
    case .close(let quantity, let share, let closing, let side):
      close(quantity, at: at, share, closing, orderQuantity: whole)
      closedSide = side
      afterFill(at: at, isLast: isLast)
    case .leg(let quantity, let lot, let closing, let ocaName):
      close(quantity, at: at, .lot(lot), closing, orderQuantity: whole)
      venue.reduceGroup(.reduce, ocaName, by: quantity)
      afterFill(at: at, isLast: isLast)
    case .forced(let quantity, let reason):
      let closing = ScriptBook.Closing(id: 0, comment: 0, reason: reason)
      close(quantity, at: at, .oldest, closing, orderQuantity: whole)
    }
  }
}
