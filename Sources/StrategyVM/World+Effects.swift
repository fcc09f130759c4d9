import Indicators
import StrategyIR

extension World {
  /// A text value's number; the empty text for na.
  @inline(__always)
  static func text(_ x: Double) -> TextRef { x >= 0 && x < 4e9 ? TextRef(x) : 0 }

  /// Notes an order; false when there are too many.
  func order(_ slot: UnsafePointer<OrderSlot>, _ r: UnsafeMutablePointer<Double>) -> Bool {
    guard let command = output.pointee.nextOrder() else { return false }
    command.initialize(to: OrderCommand(kind: slot.pointee.kind, id: Self.text(r[slot.pointee.id])))
    Self.fill(&command.pointee, slot.pointee, r)
    return true
  }

  @inline(__always)
  private static func fill(_ command: inout OrderCommand, _ slot: OrderSlot, _ r: UnsafeMutablePointer<Double>) {
    let direction = r[slot.direction]
    command.direction = direction > 0 ? 1 : direction < 0 ? -1 : 0
    command.oca = r[slot.oca] == 1 ? .cancel : r[slot.oca] == 2 ? .reduce : .none
    command.immediately = Pine.isTrue(r[slot.immediately])
    command.fromEntry = text(r[slot.fromEntry])
    command.ocaName = text(r[slot.ocaName])
    command.comment = text(r[slot.comment])
    command.commentProfit = text(r[slot.commentProfit])
    command.commentLoss = text(r[slot.commentLoss])
    command.commentTrailing = text(r[slot.commentTrailing])
    command.quantity = r[slot.quantity]
    command.quantityPercent = r[slot.quantityPercent]
    command.limit = r[slot.limit]
    command.stop = r[slot.stop]
    command.trailPrice = r[slot.trailPrice]
    command.profit = r[slot.profit]
    command.loss = r[slot.loss]
    command.trailPoints = r[slot.trailPoints]
    command.trailOffset = r[slot.trailOffset]
  }

  func risk(_ slot: RiskSlot, _ r: UnsafeMutablePointer<Double>) -> Bool {
    output.pointee.append(
      RiskRule(
        kind: slot.call.kind, value: r[slot.value], isPercent: slot.call.isPercent,
        message: Self.text(r[slot.message])))
  }

  /// A field of a trade; na where there is no such trade.
  func trade(
    _ trades: UnsafePointer<TradeRecord>?, _ count: Int, _ index: Double, _ field: Int
  ) -> Double {
    guard let trades, index >= 0, index < Double(count),
      let field = UInt8(exactly: field).flatMap(TradeField.init(rawValue:))
    else { return .nan }
    return value(field, trades[Int(index)])
  }

  private func value(_ field: TradeField, _ trade: TradeRecord) -> Double {
    switch field {
    case .entryID: Double(trade.entryID)
    case .exitID:
      trade.exitReason == .order
        ? Double(trade.exitID) : texts.made(trade.exitName { texts.arena.string($0) })
    case .entryComment: Double(trade.entryComment)
    case .exitComment: Double(trade.exitComment)
    case .entryBar: Double(trade.entryBar)
    case .exitBar: Double(trade.exitBar)
    case .entryTime: Double(trade.entryTime)
    case .exitTime: Double(trade.exitTime)
    case .entryPrice: trade.entryPrice
    case .exitPrice: trade.exitPrice
    case .size: trade.size
    case .profit: trade.profit
    case .profitPercent: percent(trade.profit, of: trade)
    case .commission: trade.commission
    case .maxRunup: trade.maxRunup
    case .maxRunupPercent: percent(trade.maxRunup, of: trade)
    case .maxDrawdown: trade.maxDrawdown
    case .maxDrawdownPercent: percent(trade.maxDrawdown, of: trade)
    }
  }

  /// As a share of the cost of the trade's entry.
  private func percent(_ amount: Double, of trade: TradeRecord) -> Double {
    amount / (trade.entryPrice * trade.size.magnitude * pointValue * trade.rate) * 100
  }
}
