import CFxaot

/// The words of scenario files for the numbers of the C interface.
enum Names {
  static let modes: KeyValuePairs = ["netting": FXAOT_NETTING, "hedging": FXAOT_HEDGING]
  static let marginModes: KeyValuePairs = [
    "sum": FXAOT_MARGIN_SUM, "max": FXAOT_MARGIN_MAX, "net": FXAOT_MARGIN_NET,
  ]
  static let marginPrices: KeyValuePairs = ["mid": FXAOT_MARGIN_AT_MID, "entry": FXAOT_MARGIN_AT_ENTRY]
  static let conversions: KeyValuePairs = ["mid": FXAOT_CONVERT_MID, "side": FXAOT_CONVERT_SIDE]
  static let liquidations: KeyValuePairs = [
    "largest_loss": FXAOT_LIQUIDATE_LARGEST_LOSS, "largest_margin": FXAOT_LIQUIDATE_LARGEST_MARGIN,
    "oldest": FXAOT_LIQUIDATE_OLDEST, "all": FXAOT_LIQUIDATE_ALL, "partial": FXAOT_LIQUIDATE_PARTIAL,
  ]
  static let weekdays: KeyValuePairs = ["monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5]
  static let swapModes: KeyValuePairs = [
    "points": FXAOT_SWAP_POINTS, "currency": FXAOT_SWAP_CURRENCY, "percent": FXAOT_SWAP_PERCENT,
    "rates": FXAOT_SWAP_RATES,
  ]
  static let commissions: KeyValuePairs = [
    "per_lot": FXAOT_COMMISSION_PER_LOT, "per_million": FXAOT_COMMISSION_PER_MILLION,
    "percent": FXAOT_COMMISSION_PERCENT,
  ]
  static let sides: KeyValuePairs = ["buy": FXAOT_BUY, "sell": FXAOT_SELL]
  static let types: KeyValuePairs = [
    "market": FXAOT_TYPE_MARKET, "limit": FXAOT_TYPE_LIMIT, "stop": FXAOT_TYPE_STOP,
    "stop_limit": FXAOT_TYPE_STOP_LIMIT, "market_if_touched": FXAOT_TYPE_MARKET_IF_TOUCHED,
    "limit_if_touched": FXAOT_TYPE_LIMIT_IF_TOUCHED,
  ]
  static let timesInForce: KeyValuePairs = [
    "gtc": FXAOT_GTC, "day": FXAOT_DAY, "gtd": FXAOT_GTD, "ioc": FXAOT_IOC, "fok": FXAOT_FOK,
  ]
  static let tradingStates: KeyValuePairs = [
    "active": Int(FXAOT_TRADING_ACTIVE.rawValue), "reducing": Int(FXAOT_TRADING_REDUCING.rawValue),
    "halted": Int(FXAOT_TRADING_HALTED.rawValue),
  ]
  static let orderStates: KeyValuePairs = [
    "new": Int(FXAOT_ORDER_NEW.rawValue), "pending_new": Int(FXAOT_ORDER_PENDING_NEW.rawValue),
    "accepted": Int(FXAOT_ORDER_ACCEPTED.rawValue),
    "triggered": Int(FXAOT_ORDER_TRIGGERED.rawValue), "part_filled": Int(FXAOT_ORDER_PART_FILLED.rawValue),
    "filled": Int(FXAOT_ORDER_FILLED.rawValue), "cancelled": Int(FXAOT_ORDER_CANCELLED.rawValue),
    "rejected": Int(FXAOT_ORDER_REJECTED.rawValue), "expired": Int(FXAOT_ORDER_EXPIRED.rawValue),
  ]

  /// The word for a number, or the number itself if it has no word.
  static func word(_ number: UInt32, _ words: KeyValuePairs<String, Int>) -> String {
    words.first { $0.value == Int(number) }?.key ?? String(number)
  }

  static let rejects: KeyValuePairs = [
    "quantity_below_minimum": FXAOT_REJECT_QUANTITY_BELOW_MINIMUM.number,
    "quantity_above_maximum": FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM.number,
    "no_conversion": FXAOT_REJECT_NO_CONVERSION.number, "no_equity": FXAOT_REJECT_NO_EQUITY.number,
    "out_of_memory": FXAOT_REJECT_OUT_OF_MEMORY.number, "halted": FXAOT_REJECT_HALTED.number,
    "reducing": FXAOT_REJECT_REDUCING.number, "unknown_symbol": FXAOT_REJECT_UNKNOWN_SYMBOL.number,
    "quantity_step": FXAOT_REJECT_QUANTITY_STEP.number, "no_quote": FXAOT_REJECT_NO_QUOTE.number,
    "stale_quote": FXAOT_REJECT_STALE_QUOTE.number, "spread": FXAOT_REJECT_SPREAD.number,
    "market_closed": FXAOT_REJECT_MARKET_CLOSED.number, "collar": FXAOT_REJECT_COLLAR.number,
    "max_quantity": FXAOT_REJECT_MAX_QUANTITY.number, "max_notional": FXAOT_REJECT_MAX_NOTIONAL.number,
    "max_position": FXAOT_REJECT_MAX_POSITION.number, "max_currency": FXAOT_REJECT_MAX_CURRENCY.number,
    "max_positions": FXAOT_REJECT_MAX_POSITIONS.number, "max_orders": FXAOT_REJECT_MAX_ORDERS.number,
    "rate": FXAOT_REJECT_RATE.number, "daily_loss": FXAOT_REJECT_DAILY_LOSS.number,
    "drawdown": FXAOT_REJECT_DRAWDOWN.number, "losing_trades": FXAOT_REJECT_LOSING_TRADES.number,
    "post_only": FXAOT_REJECT_POST_ONLY.number, "reduce_only": FXAOT_REJECT_REDUCE_ONLY.number,
    "bad_stop_loss": FXAOT_REJECT_BAD_STOP_LOSS.number,
    "bad_take_profit": FXAOT_REJECT_BAD_TAKE_PROFIT.number, "margin": FXAOT_REJECT_MARGIN.number,
    "fifo": FXAOT_REJECT_FIFO.number, "gateway_down": FXAOT_REJECT_GATEWAY_DOWN.number,
    "journal_unavailable": FXAOT_REJECT_JOURNAL_UNAVAILABLE.number,
  ]
  static let cancels: KeyValuePairs = [
    "user": FXAOT_CANCEL_USER.number, "oco": FXAOT_CANCEL_OCO.number, "after": FXAOT_CANCEL_AFTER.number,
    "flip": FXAOT_CANCEL_FLIP.number, "halted": FXAOT_CANCEL_HALTED.number,
    "stop_out": FXAOT_CANCEL_STOP_OUT.number, "margin": FXAOT_CANCEL_MARGIN.number,
    "reduce_only": FXAOT_CANCEL_REDUCE_ONLY.number, "ioc": FXAOT_CANCEL_IOC.number,
    "fok": FXAOT_CANCEL_FOK.number, "rejected_by_venue": FXAOT_CANCEL_REJECTED_BY_VENUE.number,
    "strategy": FXAOT_CANCEL_STRATEGY.number, "venue": FXAOT_CANCEL_BY_VENUE.number,
  ]
  static let stateReasons: KeyValuePairs = [
    "user": FXAOT_STATE_USER.number, "daily_loss": FXAOT_STATE_DAILY_LOSS.number,
    "drawdown": FXAOT_STATE_DRAWDOWN.number, "losing_trades": FXAOT_STATE_LOSING_TRADES.number,
  ]
}

extension fxaot_reject { fileprivate var number: Int { Int(rawValue) } }
extension fxaot_cancel { fileprivate var number: Int { Int(rawValue) } }
extension fxaot_state_reason { fileprivate var number: Int { Int(rawValue) } }
