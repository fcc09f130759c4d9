/// A text of a script, by its number in the program's text table. Equal texts have equal numbers,
/// so orders are matched by number. 0 is the empty text.
public typealias TextRef = UInt32

/// One order call of a script, as it was made: `strategy.entry`, `.order`, `.exit`, `.close`,
/// `.close_all`, `.cancel`, `.cancel_all`. A step of the script leaves these in the order of the
/// calls; a broker (over bars) or the engine (live) carries them out after the step.
///
/// Numbers a script did not give are nan.
public struct OrderCommand: Sendable {
  public enum Kind: UInt8, Sendable {
    case entry, order, exit, close, closeAll, cancel, cancelAll
  }

  public enum OCA: UInt8, Sendable, BitwiseCopyable { case none, cancel, reduce }

  public var kind: Kind
  /// +1 long, −1 short, 0 where the call has no direction.
  public var direction: Int8
  public var oca: OCA
  /// `close` and `close_all` with `immediately = true`.
  public var immediately: Bool
  public var id: TextRef
  public var fromEntry: TextRef
  public var ocaName: TextRef
  public var comment: TextRef
  /// Of `exit`: the comments by the price that filled it; 0 stands for `comment`.
  public var commentProfit, commentLoss, commentTrailing: TextRef
  public var quantity, quantityPercent: Double
  /// Prices.
  public var limit, stop, trailPrice: Double
  /// Distances in ticks (steps of `syminfo.mintick`).
  public var profit, loss, trailPoints, trailOffset: Double

  @inlinable
  public init(kind: Kind, id: TextRef = 0) {
    self.kind = kind
    self.id = id
    direction = 0
    oca = .none
    immediately = false
    fromEntry = 0
    ocaName = 0
    comment = 0
    commentProfit = 0
    commentLoss = 0
    commentTrailing = 0
    quantity = .nan
    quantityPercent = .nan
    limit = .nan
    stop = .nan
    trailPrice = .nan
    profit = .nan
    loss = .nan
    trailPoints = .nan
    trailOffset = .nan
  }
}

/// The broker's settings in `strategy(…)`.
public struct BrokerSettings: Sendable {
  public enum Sizing: UInt8, Sendable { case fixed, cash, percentOfEquity }
  public enum Commission: UInt8, Sendable { case percent, cashPerContract, cashPerOrder }

  public var initialCapital = 1_000_000.0
  public var sizing = Sizing.fixed
  public var defaultQuantity = 1.0
  /// Entries allowed in one direction; 0 and 1 both allow one.
  public var pyramiding = 0
  public var commission = Commission.percent
  public var commissionValue = 0.0
  /// Ticks.
  public var slippage = 0.0
  /// Ticks by which a limit price must be passed before it fills.
  public var limitVerification = 0.0
  /// Percent.
  public var marginLong = 100.0, marginShort = 100.0
  public var processOrdersOnClose = false
  public var closeEntriesAny = false
  public var calculateOnOrderFills = false
  /// Of the account, as in "USD"; empty: the symbol's.
  public var currency = ""
  public init() {}
}

/// Calls of `strategy.risk.*`: made once a bar at most, kept by the broker.
public struct RiskRule: Sendable {
  public enum Kind: UInt8, Sendable {
    /// value: +1 long only, −1 short only, 0 both
    case allowEntryIn
    case maxConsecutiveLossDays, maxDrawdown, maxIntradayFilledOrders, maxIntradayLoss
    case maxPositionSize
  }

  public var kind: Kind
  public var value: Double
  /// maxDrawdown, maxIntradayLoss: percent of equity; else account currency.
  public var isPercent: Bool
  public var message: TextRef

  public init(kind: Kind, value: Double, isPercent: Bool = false, message: TextRef = 0) {
    self.kind = kind
    self.value = value
    self.isPercent = isPercent
    self.message = message
  }
}
