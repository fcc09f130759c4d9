import Calendar
import StrategyVM

extension ScriptEnvironment {
  /// Where a script runs in an engine: bars of an instrument, in UTC, quantities in base units.
  package init(_ instrument: Instrument, _ period: Period) {
    self.init(timeframe: period) { SystemZones.rules($0) }
    symbol.mintick = instrument.grid.price(1)
    symbol.minContract = Double(instrument.quantityStep)
    symbol.ticker = Self.text(instrument.base) + Self.text(instrument.quote)
    symbol.root = symbol.ticker
    symbol.type = "forex"
    symbol.currency = Self.text(instrument.quote)
    symbol.baseCurrency = Self.text(instrument.base)
  }

  /// The name that a currency's key stands for: up to 8 characters, the first one lowest.
  private static func text(_ key: UInt64) -> String {
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: key >> (8 * UInt64($0))) }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}

extension Timeframe {
  /// As a script knows it; nil where Pine has no such timeframe. Bars of a number of quotes have no
  /// length of their own: a script sees them as bars of one second, the shortest that there is, with
  /// the times that they really have.
  var period: Period? {
    guard isTime else { return Period(1, .second) }
    let seconds = Int(length / 1_000_000_000)
    if seconds % 86_400 == 0 { return Period(seconds / 86_400, .day) }
    if seconds % 60 == 0 { return Period(seconds / 60, .minute) }
    return Period(seconds, .second)
  }
}
