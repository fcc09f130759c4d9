/// The bar's values for a script: series, so each has a history.
public enum BarField: UInt8, Sendable, CaseIterable {
  case open, high, low, close, volume
  case hl2, hlc3, ohlc4, hlcc4
  /// Milliseconds since 1970, UTC: `time`, `time_close`.
  case time, timeClose
  /// `time_tradingday`: 00:00 UTC of the trading day.
  case timeTradingDay
  /// `bar_index`, `last_bar_index`, `last_bar_time`, `timenow` (the bar's close).
  case index, lastIndex, lastTime, now
  /// `barstate.*`
  case isFirst, isLast, isHistory, isRealtime, isNew, isConfirmed, isLastConfirmedHistory
  /// `session.ismarket`, `.ispremarket`, `.ispostmarket`, `.isfirstbar`, `.islastbar`
  case isMarket, isPremarket, isPostmarket, isSessionFirst, isSessionLast
  /// `year … second` of the bar's time in the symbol's zone; `weekofyear`, `dayofweek` (Sunday 1).
  case year, month, weekOfYear, dayOfMonth, dayOfWeek, hour, minute, second
}

/// `syminfo.*`: known before the first bar.
public enum SymbolField: UInt8, Sendable, CaseIterable {
  case mintick, pointValue, minContract, priceScale, minMove
  case tickerID, ticker, prefix, root, description, type, session, timezone
  case currency, baseCurrency, country, sector, industry, volumeType
  /// `strategy.account_currency`, and the chart's own `tickerid` in a request's world too.
  case accountCurrency, mainTickerID
}

/// `timeframe.*` of the bars the expression is calculated on (in a request: the requested ones).
public enum TimeframeField: UInt8, Sendable, CaseIterable {
  case period, mainPeriod, multiplier
  case isIntraday, isMinutes, isSeconds, isTicks, isDWM, isDaily, isWeekly, isMonthly
  /// `timeframe.in_seconds()` without argument.
  case seconds
  /// The period as version 5 writes it: "D", "W", "M" for "1D", "1W", "1M".
  case shortPeriod
}

/// `strategy.opentrades.*(i)`, `strategy.closedtrades.*(i)`.
public enum TradeField: UInt8, Sendable, CaseIterable {
  case entryID, exitID, entryComment, exitComment
  case entryBar, exitBar, entryTime, exitTime
  case entryPrice, exitPrice, size, profit, profitPercent, commission
  case maxRunup, maxRunupPercent, maxDrawdown, maxDrawdownPercent
}
