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
    ListedTrade(
      number: number, isLong: trade.size > 0, entryTime: trade.entryTime,
      exitTime: isOpen ? nil : trade.exitTime, entryPrice: trade.entryPrice,
      exitPrice: trade.exitPrice, quantity: abs(trade.size), profit: trade.profit,
      entryName: text(trade.entryComment != 0 ? trade.entryComment : trade.entryID),
      exitName: isOpen
        ? "" : trade.exitComment != 0 ? text(trade.exitComment) : trade.exitName(text))
  }
}
