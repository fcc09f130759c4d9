/// An order call in the script; executed, it makes an `OrderCommand` of its arguments' values.
/// `ExpressionRef.none` for arguments that the script leaves out or gives as na.
public struct OrderCall: Hashable, Sendable {
  public var kind: OrderCommand.Kind
  /// A number: > 0 long, < 0 short.
  public var direction = ExpressionRef.none
  /// Text.
  public var id = ExpressionRef.none, fromEntry = ExpressionRef.none
  public var ocaName = ExpressionRef.none
  /// A number: 0 none, 1 cancel, 2 reduce.
  public var oca = ExpressionRef.none
  public var comment = ExpressionRef.none, commentProfit = ExpressionRef.none
  public var commentLoss = ExpressionRef.none, commentTrailing = ExpressionRef.none
  public var quantity = ExpressionRef.none, quantityPercent = ExpressionRef.none
  public var limit = ExpressionRef.none, stop = ExpressionRef.none
  public var profit = ExpressionRef.none, loss = ExpressionRef.none
  public var trailPrice = ExpressionRef.none, trailPoints = ExpressionRef.none
  public var trailOffset = ExpressionRef.none
  /// A bool.
  public var immediately = ExpressionRef.none

  public init(_ kind: OrderCommand.Kind) { self.kind = kind }

  /// The arguments in the order in which they are evaluated.
  public var arguments: [ExpressionRef] {
    [
      id, direction, fromEntry, quantity, quantityPercent,
      limit, stop, profit, loss, trailPrice,
      trailPoints, trailOffset, ocaName, oca, comment,
      commentProfit, commentLoss, commentTrailing, immediately,
    ]
  }

  /// The call with other arguments, made in the order in which they are evaluated.
  public func mapped(_ change: (ExpressionRef) -> ExpressionRef) -> OrderCall {
    var call = self
    call.id = change(id)
    call.direction = change(direction)
    call.fromEntry = change(fromEntry)
    call.quantity = change(quantity)
    call.quantityPercent = change(quantityPercent)
    call.limit = change(limit)
    call.stop = change(stop)
    call.profit = change(profit)
    call.loss = change(loss)
    call.trailPrice = change(trailPrice)
    call.trailPoints = change(trailPoints)
    call.trailOffset = change(trailOffset)
    call.ocaName = change(ocaName)
    call.oca = change(oca)
    call.comment = change(comment)
    call.commentProfit = change(commentProfit)
    call.commentLoss = change(commentLoss)
    call.commentTrailing = change(commentTrailing)
    call.immediately = change(immediately)
    return call
  }
}

/// A call of `strategy.risk.*`.
public struct RiskCall: Hashable, Sendable {
  public var kind: RiskRule.Kind
  /// For `allowEntryIn`: 1 long, −1 short, 0 all.
  public var value: ExpressionRef
  public var isPercent: Bool
  public var message: ExpressionRef

  public init(
    _ kind: RiskRule.Kind, value: ExpressionRef, isPercent: Bool = false,
    message: ExpressionRef = .none
  ) {
    self.kind = kind
    self.value = value
    self.isPercent = isPercent
    self.message = message
  }
}
