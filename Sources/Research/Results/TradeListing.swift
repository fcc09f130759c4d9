import StrategyIR
import Trading

/// A trade as a user sees it: with its texts.
public struct ListedTrade: Sendable, Equatable {
  public var number: Int
  public var isLong: Bool
  /// Milliseconds since 1970, UTC: openings of the bars of entry and exit.
  public var entryTime: Int64
  public var exitTime: Int64?
  public var entryPrice: Double
  public var exitPrice: Double
  public var quantity: Double
  public var profit: Double
  /// The orders' comments, or their ids if they have none.
  public var entryName: String
  public var exitName: String
  public var commission = 0.0
  /// The entry's value in the account's currency.
  public var value = Double.nan
  /// The best and the worst profit while the trade was open, before commission; both positive, nan where not known.
  public var maxRunup = Double.nan
  public var maxDrawdown = Double.nan
  public var isMarginCall = false

  public init(
    number: Int, isLong: Bool, entryTime: Int64, exitTime: Int64?, entryPrice: Double, exitPrice: Double,
    quantity: Double, profit: Double, entryName: String, exitName: String
  ) {
    self.number = number
    self.isLong = isLong
    self.entryTime = entryTime
    self.exitTime = exitTime
    self.entryPrice = entryPrice
    self.exitPrice = exitPrice
    self.quantity = quantity
    self.profit = profit
    self.entryName = entryName
    self.exitName = exitName
  }

  /// After commission, in percent of the entry's value; nan where that is not known.
  public var profitPercent: Double { value > 0 ? profit / value * 100 : .nan }
}

extension BarBroker {
  /// Closed trades in the order of their exits, then the open ones. `text` gives a text's content.
  public func listTrades(_ text: (TextRef) -> String) -> [ListedTrade] {
    refreshBook()
    var list: [ListedTrade] = []
    list.reserveCapacity(book.closedTrades.count + book.openTrades.count)
    for index in 0..<book.closedTrades.count {
      list.append(listed(book.closedTrades[index], list.count + 1, isOpen: false, text))
    }
    for index in 0..<book.openTrades.count {
      list.append(listed(book.openTrades[index], list.count + 1, isOpen: true, text))
    }
    return list
  }

  private func listed(
    _ trade: TradeRecord, _ number: Int, isOpen: Bool, _ text: (TextRef) -> String
  ) -> ListedTrade {
    var listed = ListedTrade(
      number: number, isLong: trade.size > 0, entryTime: trade.entryTime,
      exitTime: isOpen ? nil : trade.exitTime, entryPrice: trade.entryPrice,
      exitPrice: trade.exitPrice, quantity: abs(trade.size), profit: trade.profit,
      entryName: text(trade.entryComment != 0 ? trade.entryComment : trade.entryID),
      exitName: isOpen
        ? "" : trade.exitComment != 0 ? text(trade.exitComment) : trade.exitName(text))
    listed.commission = trade.commission
    listed.value = abs(trade.size) * trade.entryPrice * book.pointValue * trade.rate
    (listed.maxRunup, listed.maxDrawdown) = (trade.maxRunup, trade.maxDrawdown)
    listed.isMarginCall = !isOpen && trade.exitReason == .marginCall
    return listed
  }
}
