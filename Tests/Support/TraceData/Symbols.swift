import Calendar
import StrategyIR
import StrategyLanguage
import StrategyVM

/// Scripts that ask for other symbols and other currencies, with histories of several timeframes that
/// have bars where the chart has none, and the other way round.
func symbols(_ arguments: ArraySlice<String>) throws -> [Trace] {
  guard let count = arguments.first.flatMap({ Int($0) }), let quarter = Period("15") else {
    throw Refusal(why: "how many bars?")
  }
  let chart = walk(count, minutes: 15, from: 1.1, decimals: 1e5, spread: 0.01)
  var environment = ScriptEnvironment(timeframe: quarter)
  environment.symbol = pair("EURGBP", "EUR", "GBP")
  let histories: [(ScriptSymbol, String, Double)] = [
    (pair("GBPUSD", "GBP", "USD"), "60", 1.2), (pair("USDJPY", "USD", "JPY"), "1D", 150),
    (pair("AAPL", "", "USD"), "5", 180), (pair("GLD", "", "USD"), "15", 200),
  ]
  for (symbol, timeframe, price) in histories {
    guard let period = Period(timeframe) else { continue }
    let minutes = Int64(period.seconds / 60)
    let bars = walk(
      count * 15 / Int(minutes) * 9 / 10, minutes: minutes, from: price, decimals: 100, spread: 0.01)
    environment.data.add(SymbolBars(symbol: symbol, period: period, bars: bars))
  }
  var lower = environment
  if let five = Period("5") {
    let bars = walk(count * 27 / 10, minutes: 5, from: 1.1, decimals: 1e5, spread: 0.01)
    lower.data.add(SymbolBars(symbol: environment.symbol, period: five, bars: bars))
  }
  let first = try traces(of: symbolScripts, "symbols", environment, chart)
  return try first + traces(of: lowerScripts, "lower", lower, chart)
}

/// Each over a history, and bar by bar.
private func traces(
  of scripts: [String], _ name: String, _ environment: ScriptEnvironment, _ chart: [ScriptBar]
) throws -> [Trace] {
  try scripts.enumerated().flatMap { number, script in
    let source = "//@version=6\nstrategy(\"t\", currency = currency.JPY)\n" + script
    let compiled = FrontEnd.compile(source, name: "script \(number)")
    guard let program = compiled.program else { throw Refusal(why: compiled.report) }
    return [true, false].map { isHistory in
      Trace(
        name: "\(name) \(number)\(isHistory ? "" : " live")", program: program,
        environment: environment, bars: chart, isHistory: isHistory)
    }
  }
}

private func pair(_ ticker: String, _ base: String, _ quote: String) -> ScriptSymbol {
  var symbol = ScriptSymbol()
  (symbol.ticker, symbol.baseCurrency, symbol.currency) = (ticker, base, quote)
  return symbol
}

/// The chart's symbol has 5-minute bars, too, which end before the chart's.
private let lowerScripts = [
  """
  a = request.security_lower_tf(syminfo.tickerid, "5", close)
  plot(a.size())
  plot(a.sum())
  [o, t] = request.security_lower_tf("AAPL", "5", [open, str.tostring(ta.sma(close, 7))])
  plot(o.size() > 0 ? o.last() : na)
  plot(str.length(t.join(",")))
  plot(request.security_lower_tf("", "", high).size())
  var kept = array.new<float>()
  kept.concat(a)
  if kept.size() > 50
      kept.clear()
  plot(kept.avg())
  plot(na(a[1]) ? na : a[1].size())
  """,
  """
  plot(request.security("", "5", close))
  plot(request.security("", "5", ta.ema(close, 9), barmerge.gaps_on))
  plot(request.security("", "5", close, lookahead = barmerge.lookahead_on))
  plot(request.security("", "10", volume))
  plot(request.security("AAPL", "10", close, barmerge.gaps_on, barmerge.lookahead_on))
  n = request.security_lower_tf("", "5", close).size()
  plot(request.security("", "60", n))
  plot(request.security("AAPL", "60", request.security_lower_tf("", "15", close).sum()))
  plot(request.security("", "60", n, lookahead = barmerge.lookahead_on))
  """,
]

private let symbolScripts = [
  """
  plot(request.security("AAPL", "15", close))
  plot(request.security("GLD", "15", close, barmerge.gaps_on))
  plot(request.security("GLD", "", ta.sma(close, 5)))
  plot(request.security("AAPL", "60", close, lookahead = barmerge.lookahead_on))
  plot(request.security("AAPL", "D", high[1], barmerge.gaps_on, barmerge.lookahead_on))
  """,
  """
  [h, l, v] = request.security("NYSE:AAPL", "240", [ta.highest(high, 3), low, volume])
  plot(h)
  plot(l)
  plot(v)
  plot(request.security("GBPUSD", "60", bar_index))
  plot(request.security("GBPUSD", "60", hour + minute, lookahead = barmerge.lookahead_on))
  """,
  """
  hours = request.security(syminfo.tickerid, "60", close)
  plot(request.security("AAPL", "30", hours))
  plot(request.security("AAPL", "30", hours, lookahead = barmerge.lookahead_on))
  plot(request.security("GLD", "15", request.security("USDJPY", "D", close)))
  plot(request.security("GLD", "15", syminfo.tickerid == "GLD" and syminfo.main_tickerid == "EURGBP" ? 1 : 0))
  """,
  """
  plot(request.currency_rate("GBP", "USD"))
  plot(request.currency_rate("JPY", "GBP"))
  plot(request.currency_rate("CHF", "CHF"))
  plot(request.currency_rate("CHF", "USD", ignore_invalid_currency = true))
  plot(request.security("", "60", close, currency = "USD"))
  plot(request.security("AAPL", "60", close, currency = "JPY"))
  plot(request.security("NONE", "60", close, ignore_invalid_symbol = true))
  """,
  """
  if bar_index % 20 == 3
      strategy.entry("L", strategy.long, 100)
  if bar_index % 20 == 15
      strategy.close_all()
  plot(strategy.netprofit)
  plot(strategy.convert_to_account(10))
  plot(strategy.convert_to_symbol(10))
  plot(strategy.closedtrades.profit_percent(strategy.closedtrades - 1))
  plot(strategy.account_currency == "JPY" ? 1 : 0)
  """,
  "plot(request.security(\"MSFT\", \"60\", close))\n",
  "plot(request.security(\"USDJPY\", \"60\", close))\n",
  "plot(request.security(close > open ? \"AAPL\" : \"GLD\", \"60\", close))\n",
]
