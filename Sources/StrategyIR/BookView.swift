/// One trade of a script's book, open or closed: `strategy.opentrades.*`, `strategy.closedtrades.*`.
public struct TradeRecord: Sendable {
  /// The order that closed the trade. Only `order` has an id of its own (see `exitName`); of `close`,
  /// `exitID` is the entries' id.
  public enum ExitReason: UInt8, Sendable {
    case order, close, closeAll, marginCall, riskRule, filledOrders, intradayLoss
  }

  public var entryID, exitID, entryComment, exitComment: TextRef
  public var exitReason: ExitReason
  public var entryBar, exitBar: Int64
  /// Milliseconds since 1970, UTC.
  public var entryTime, exitTime: Int64
  public var entryPrice, exitPrice: Double
  /// Signed: short trades are negative.
  public var size: Double
  /// After commission; account currency. Of an open trade: at the bar's close.
  public var profit: Double
  public var commission: Double
  public var maxRunup, maxDrawdown: Double
  /// One unit of the symbol's currency in the account's: where the trade was closed, or now.
  public var rate: Double

  @inlinable
  public init() {
    entryID = 0
    exitID = 0
    entryComment = 0
    exitComment = 0
    exitReason = .order
    entryBar = 0
    exitBar = 0
    entryTime = 0
    exitTime = 0
    entryPrice = .nan
    exitPrice = .nan
    size = 0
    profit = 0
    commission = 0
    maxRunup = 0
    maxDrawdown = 0
    rate = 1
  }
}

extension TradeRecord {
  /// `strategy.closedtrades.exit_id`: the exit order's id, in TradingView's words where the order has
  /// none of its own. `text` gives a text's content.
  public func exitName(_ text: (TextRef) -> String) -> String {
    switch exitReason {
    case .order: text(exitID)
    case .close: "Close entry(s) order " + text(exitID)
    case .closeAll: "Close position order"
    case .marginCall: "Margin call"
    case .riskRule: "Close Position (risk rule)"
    case .filledOrders: "Close Position (Max number of filled orders in one day)"
    case .intradayLoss: "Close Position (Max intraday Loss)"
    }
  }
}

/// The numbers of its own book that a script can read: `strategy.position_size` and others.
/// The raw value is the place of the number in `BookView.numbers`.
public enum BookField: UInt8, Sendable, CaseIterable {
  case positionSize, positionAveragePrice, equity, netProfit, openProfit, grossProfit, grossLoss
  case maxDrawdown, maxRunup, maxDrawdownPercent, maxRunupPercent
  case netProfitPercent, openProfitPercent, grossProfitPercent, grossLossPercent
  case winTrades, lossTrades, evenTrades, openTrades, closedTrades
  case averageTrade, averageTradePercent, averageWinningTrade, averageLosingTrade
  case averageWinningTradePercent, averageLosingTradePercent
  case maxContractsHeldAll, maxContractsHeldLong, maxContractsHeldShort
  case initialCapital, marginLiquidationPrice
  case openTradesCapitalHeld
  /// One unit of the symbol's currency in the account's, on this bar; na if it is not known.
  case accountRate
}

/// The book as a script reads it during a step. The broker (or the engine's virtual book) fills
/// it before each step; pointers are good for that step. Nothing in it is owned by the reader.
public struct BookView {
  /// `BookField.allCases.count` numbers.
  public var numbers: UnsafePointer<Double>
  public var openTrades, closedTrades: UnsafePointer<TradeRecord>?
  public var openCount, closedCount: Int
  /// `strategy.position_entry_name`: the id of the first open entry.
  public var positionEntryName: TextRef

  public init(numbers: UnsafePointer<Double>) {
    self.numbers = numbers
    openTrades = nil
    closedTrades = nil
    openCount = 0
    closedCount = 0
    positionEntryName = 0
  }
}
