import CFxaot
import Calendar
import FXCore
import Research
import Scenarios
import StrategyVM
import Trading

/// What happens to a script and its account while it runs over quotes.
struct AccountRecord {
  var run: RunRecord
  private(set) var drawn: DrawnRecord
  /// Openings of the first and the last bar, in milliseconds since 1970.
  private(set) var first: Int64 = 0
  private(set) var last: Int64 = 0
  private(set) var orders = 0
  private(set) var fills = 0
  private(set) var nights = 0
  private(set) var marginCalls = 0
  private(set) var stopOuts = 0
  /// Refusals and cancellations by their words, but for what the script itself has cancelled.
  private(set) var refused: [String: Int] = [:]
  private(set) var cancelled: [String: Int] = [:]
  private let calendar: TradingCalendar

  init(initialCapital: Double, riskFreeRate: Double, calendar: TradingCalendar, _ drawn: DrawnRecord) {
    run = RunRecord(initialCapital: initialCapital, riskFreeRate: riskFreeRate)
    self.drawn = drawn
    self.calendar = calendar
  }

  /// The events of one quote, after it.
  mutating func take(_ events: UnsafeBufferPointer<fxaot_event>, _ running: Engine.RunningScript) {
    for event in events {
      switch Int(event.kind) {
      case FXAOT_EVENT_BAR: close(event.bar, running)
      case FXAOT_EVENT_FILL: fills += 1
      case FXAOT_EVENT_REJECT: refused[TradingWords.refusal(event.code), default: 0] += 1
      case FXAOT_EVENT_ORDER: take(order: event)
      case FXAOT_EVENT_ACCOUNT: take(account: event)
      default: break
      }
    }
  }

  private mutating func close(_ bar: fxaot_bar, _ running: Engine.RunningScript) {
    let opening = bar.open_time_ns / 1_000_000
    if run.bars.isEmpty { first = opening }
    last = opening
    let account = running.broker.lastBar
    let made = ScriptBar(
      time: opening, timeClose: bar.end_time_ns / 1_000_000, open: bar.open, high: bar.high, low: bar.low,
      close: bar.close, volume: bar.volume)
    run.note(
      made, day: calendar.tradingDay(at: opening), equity: account.equity, lowest: account.lowest,
      realised: account.realised, inMarket: account.isInMarket)
    drawn.note(running.plots())
  }

  private mutating func take(order event: fxaot_event) {
    switch event.code {
    case FXAOT_ORDER_ACCEPTED.rawValue: orders += 1
    case FXAOT_ORDER_CANCELLED.rawValue where UInt32(event.reason) != FXAOT_CANCEL_STRATEGY.rawValue:
      cancelled[TradingWords.cancel(UInt32(event.reason)), default: 0] += 1
    default: break
    }
  }

  private mutating func take(account event: fxaot_event) {
    switch event.code {
    case FXAOT_ACCOUNT_SWAP.rawValue: nights += Int(event.quantity)
    case FXAOT_ACCOUNT_MARGIN_CALL.rawValue: marginCalls += 1
    case FXAOT_ACCOUNT_STOP_OUT.rawValue: stopOuts += 1
    default: break
    }
  }
}

/// The account at the end of a run with one. Money is in the account's currency.
struct AccountSummary: Encodable, Equatable {
  var currency: String
  var balance, equity, realised, unrealised, marginUsed, freeMargin: Double
  /// nil: none is used.
  var marginLevel: Double?
  var commission, swap: Double
  var swapNights, marginCalls, stopOuts, orders, fills: Int
  var refused, cancelled: [String: Int]
  var quotes: UInt64
  /// Quotes that the engine has not taken: late, or no prices.
  var dropped: UInt64

  private enum CodingKeys: String, CodingKey {
    case currency, balance, equity, realised, unrealised, commission, swap, orders, fills, refused, cancelled, quotes,
      dropped
    case marginUsed = "margin_used"
    case freeMargin = "free_margin"
    case marginLevel = "margin_level"
    case swapNights = "swap_nights"
    case marginCalls = "margin_calls"
    case stopOuts = "stop_outs"
  }

  init(_ account: fxaot_account, _ stats: fxaot_stats, _ record: AccountRecord) {
    func money(_ micro: Int64) -> Double { Double(micro) / 1e6 }
    currency = withUnsafeBytes(of: account.currency) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    (balance, equity) = (money(account.balance_micro), money(account.equity_micro))
    (realised, unrealised) = (money(account.realised_micro), money(account.unrealised_micro))
    (marginUsed, freeMargin) = (money(account.margin_used_micro), money(account.free_margin_micro))
    marginLevel = account.margin_level.isFinite ? account.margin_level : nil
    (commission, swap) = (money(account.commission_micro), money(account.swap_micro))
    (swapNights, marginCalls, stopOuts) = (record.nights, record.marginCalls, record.stopOuts)
    (orders, fills) = (record.orders, record.fills)
    (refused, cancelled) = (record.refused, record.cancelled)
    quotes = stats.quotes
    dropped = stats.quotes &- stats.accepted
  }

  /// Rows for people.
  var rows: [(String, String)] {
    func money(_ value: Double) -> String { PlainNumber.fixed(value, places: 2) }
    let level = marginLevel.map { PlainNumber.fixed($0 * 100, places: 2) + " %" } ?? "none used"
    var rows = [
      ("balance", "\(money(balance)) \(currency)"),
      ("equity", "\(money(equity)), free margin \(money(freeMargin)), margin level \(level)"),
      ("costs", "commission \(money(commission)), swap \(money(swap)) over \(swapNights) nights"),
      ("orders", "\(orders), \(fills) fills, \(quotes) quotes"),
    ]
    for (label, counts) in [("refused", refused), ("cancelled", cancelled)] where !counts.isEmpty {
      rows.append((label, counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")))
    }
    if dropped > 0 { rows.append(("dropped", "\(dropped) quotes: late, or without a price")) }
    if marginCalls + stopOuts > 0 {
      rows.append(("margin", "\(marginCalls) margin calls, \(stopOuts) liquidations"))
    }
    return rows
  }
}
