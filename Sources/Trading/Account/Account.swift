import CFxaot
import Libc
import Market
import Messaging
import Records

/// A margin account: balance, positions, orders, risk gate and paper venue, all in integers.
///
/// A quote passes the files of this type in one direction:
///
///     Account+Time (swap, expiry) ─▶ quote ─▶ Account+Fills ─▶ Account+Positions ─▶ Account+Watch (margin call, stop-out)
///
/// An order passes Account+Submit ─▶ Account+Gate ─▶ PaperVenue. The account reads the instruments through
/// `markets`, which its owner sets whenever their memory has moved. Between two changes of the account most
/// quotes are quiet (`TradedInstrument.quiet`), and the account does not see them at all.
package struct Account: ~Copyable {
  /// The key of its currency's name.
  package let currency: UInt64
  /// Micro-units, as all money here.
  var openingBalance: Int64
  package internal(set) var settings: AccountSettings
  package var gate: RiskGate
  /// Where orders wait; with a gateway their fills are a broker's.
  package var venue = PaperVenue()
  package internal(set) var gateway = GatewayVenue()
  package var markets = Markets(Account.nowhere, stride: 0, count: 0)
  package var log = EventLog()

  /// Open positions, oldest first: one of an instrument, or one a ticket.
  package var positions = Slab<Position>()
  package internal(set) var records = OrderRecords()
  var groups = Slab<OrderGroup>()
  var trades = TradeList()
  /// Strategies' orders that have ended without a fill since their owner last looked.
  package var lost = Slab<AccountOrder>()

  /// Booked profit of all instruments, commission and swap included.
  package var realised: Int64 = 0
  /// Deposits less withdrawals.
  package internal(set) var cash: Int64 = 0
  var commissions: Int64 = 0
  var swaps: Int64 = 0

  /// The newest time of any quote or advance.
  package var now: Int64 = FXAOT_MIN_TIME_NS
  /// Before this time nothing happens by time alone.
  package internal(set) var deadline: Int64 = .min
  /// The next 17:00 in New York.
  var rollover: Int64 = .min

  /// Equity when the day began, and its highest so far.
  var dayEquity: Int64
  var highestEquity: Int64
  var losingTrades = 0
  var isMarginCalled = false
  /// Some instrument's `accountRange` is not all prices.
  var hasRanges = false
  /// Alarms so far.
  package internal(set) var alarms: UInt64 = 0

  /// How many closes and liquidations have been sent.
  var closes: Int64 = 0
  var liquidations: Int64 = 0
  /// Positions are numbered as they open.
  var opened: Int64 = 0
  /// The engine's count of the newest quote.
  package var quoteNumber: UInt64 = 0

  package init(
    currency: UInt64, balance: Int64, gate: consuming RiskGate,
    settings: AccountSettings = .standard
  ) {
    self.currency = currency
    openingBalance = balance
    self.gate = gate
    self.settings = settings
    dayEquity = balance
    highestEquity = balance
  }

  private static var nowhere: UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped
  }

  package var balance: Int64 {
    Money.saturating(Int128(openingBalance) + Int128(cash) + Int128(realised))
  }

  /// The numbers of the newest refusal.
  var refusalMeasure = Measure()

  /// Orders whose dependants are to be cancelled.
  var orphaned = Slab<Int64>()
  var isDropping = false

  package mutating func forgetLost() { lost.removeAll() }
  package mutating func forgetLost(of strategySlot: Int) { lost.removeAll { $0.strategySlot == strategySlot } }
}

/// An open position: an instrument's net one, or a ticket of a hedging account.
package struct Position: BitwiseCopyable {
  package var instrumentSlot: Int
  package var book = AccountBook()
  /// The order that has opened it, and the place of its record.
  package var order: Int64
  package var record: Int
  package var strategyRef: UInt64
  /// The older position has the smaller number.
  private(set) var opened: Int64
  package var openedAt: Int64
  /// Units of liquidations that are on their way.
  var inFlight: Int64 = 0
  /// Since it was opened: profit of closed parts, commission, swap.
  var tradeProfit: Int64 = 0

  mutating func number(_ opened: Int64) { self.opened = opened }

  package var quantity: Int64 { book.quantity }
  var isLong: Bool { book.quantity > 0 }
  /// The average entry price, in whole steps.
  package var entrySteps: Int64 {
    let units = Int128(quantity.magnitude)
    return units == 0 ? 0 : Int64(clamping: Money.divide(book.cost(of: quantity), by: units))
  }
  /// Units without those that are being liquidated, signed.
  var remaining: Int64 {
    let left = max(0, Int64(clamping: quantity.magnitude) - inFlight)
    return isLong ? left : -left
  }
}

/// A one-cancels-other group with orders that live.
struct OrderGroup: BitwiseCopyable {
  var name: fxaot_id
  /// 0: the place is free.
  var orders: Int
}

/// The newest closed trades.
struct TradeList: ~Copyable {
  private(set) var trades = SharedList<fxaot_trade>()
  /// How many older ones have been forgotten.
  private(set) var forgotten = 0
  /// Of all trades, forgotten ones included, so many are in a snapshot or in items.
  private var saved = 0
  static let limit = 131_072

  /// Without memory, and beyond the limit, the older half is forgotten.
  mutating func append(_ trade: fxaot_trade) {
    if trades.count < Self.limit, trades.append(trade) { return }
    forgotten += trades.removeOldest(trades.count / 2)
    if !trades.append(trade) { forgotten += 1 }
  }
}

extension Position {
  mutating func persist(_ archive: inout some StateArchive) {
    archive(&instrumentSlot)
    book.persist(&archive)
    archive(&order)
    archive(&record)
    archive.ref(&strategyRef)
    archive(&opened)
    archive(&openedAt)
    archive(&inFlight)
    archive(&tradeProfit)
    if inFlight < 0 || inFlight > 1 << 56 { archive.fail() }
  }

  static var blank: Position {
    Position(instrumentSlot: 0, order: 0, record: -1, strategyRef: 0, opened: 0, openedAt: 0)
  }
}

extension TradeList {
  /// The trades since the last call.
  mutating func persistNew(_ archive: inout some StateArchive) {
    var first = archive.isLoading ? 0 : max(saved, forgotten)
    archive(&first)
    var count = archive.isLoading ? 0 : forgotten + trades.count - first
    archive.count(&count, bytes: MemoryLayout<fxaot_trade>.size)
    if archive.isLoading, first != forgotten + trades.count { return archive.fail() }
    for place in 0..<count where archive.isValid {
      var trade = archive.isLoading ? fxaot_trade() : trades.at(first - forgotten + place).pointee
      trade.persist(&archive)
      if archive.isLoading { append(trade) }
    }
    forgetNew()
  }

  mutating func forgetNew() { saved = forgotten + trades.count }

  /// The trades are copied when the bytes are asked for.
  mutating func persist(_ archive: inout some StateArchive) {
    archive(&forgotten)
    trades.persist(&archive)
    if forgotten < 0 || forgotten > 1 << 60 { return archive.fail() }
    forgetNew()
  }
}

extension fxaot_trade: SavedElement {
  static var blank: fxaot_trade { fxaot_trade() }
  static var savedBytes: Int { MemoryLayout<fxaot_trade>.size }

  mutating func persist(_ archive: inout some StateArchive) {
    archive.plain(&self)
    guard archive.isLoading else { return }
    symbol_ref = archive.translated(symbol_ref)
    strategy_ref = archive.translated(strategy_ref)
  }
}
