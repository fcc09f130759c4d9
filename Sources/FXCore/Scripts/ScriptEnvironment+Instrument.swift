import Calendar
import Market
import StrategyVM

extension ScriptEnvironment {
  /// The environment of a script in an engine: bars of an instrument, in its market's zone, quantities in base
  /// units. Of other instruments it may read bars of the same timeframe.
  package init(_ instrument: Instrument, _ period: Period, others: [Instrument] = []) {
    self.init(timeframe: period) { SystemZones.rules($0) }
    symbol = ScriptSymbol(instrument)
    for other in others {
      data.add(SymbolBars(symbol: ScriptSymbol(other), period: period, bars: []))
    }
  }
}

extension ScriptSymbol {
  fileprivate init(_ instrument: Instrument) {
    self.init()
    mintick = instrument.grid.price(1)
    minContract = Double(instrument.quantityStep)
    ticker = CurrencyName.text(instrument.base) + CurrencyName.text(instrument.quote)
    root = ticker
    type = "forex"
    currency = CurrencyName.text(instrument.quote)
    baseCurrency = CurrencyName.text(instrument.base)
    session = instrument.hours.session
    timezone = instrument.hours.timezone
    zone = instrument.hours.zone
  }
}

extension Timeframe {
  /// The timeframe as a script sees it; nil if Pine has no such timeframe. Bars of a number of quotes have no
  /// length: a script sees them as bars of one second, the shortest in Pine, with their real times.
  var period: Period? {
    guard isTime else { return Period(1, .second) }
    let seconds = Int(length / 1_000_000_000)
    if seconds % 86_400 == 0 { return Period(seconds / 86_400, .day) }
    if seconds % 60 == 0 { return Period(seconds / 60, .minute) }
    return Period(seconds, .second)
  }
}
