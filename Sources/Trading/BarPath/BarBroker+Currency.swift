import StrategyIR

/// An account in another currency than the symbol's.
extension BarBroker {
  /// One unit of the symbol's currency in the account's; nan while it is not known.
  public var accountRate: Double { rate }

  /// From now on one unit of the symbol's currency is worth so much of the account's. What has been
  /// paid and what was closed stays as it was; open trades are worth what the new rate says.
  ///
  /// TradingView converts with the rate of the day before, so that a bar has one rate.
  public func convert(at rate: Double) {
    guard rate != self.rate, !(rate.isNaN && self.rate.isNaN) else { return }
    markUnmarked()
    self.rate = rate
    unitValue = pointValue * rate
    safePrices = .nowhere
    hasTraded = true
    isBookStale = true
  }
}
