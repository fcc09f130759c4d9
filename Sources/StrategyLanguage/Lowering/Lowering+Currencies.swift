import StrategyIR

/// Money in another currency, and the names of symbols.
extension Lowering {
  /// Between the symbol's currency and the account's, at the rate of the bar.
  func money(_ bound: BoundArguments, _ operation: BinaryOperator) -> Value {
    guard let value = bound["value"], !value.ref.isNone else { return .unknown }
    return Value(
      b.binary(operation, value.ref, b.book(.accountRate)), .float, .series)
  }

  /// `request.currency_rate`: a request of its own kind.
  func currencyRate(_ bound: BoundArguments) -> Value {
    guard let from = bound["from"], let to = bound["to"], !from.ref.isNone, !to.ref.isNone else {
      return .unknown
    }
    guard b.program.requests.count < Self.mostRequests else {
      error("the script makes more than \(Self.mostRequests) requests", at: bound.range("from"))
      return .unknown
    }
    let results = b.request(timeframe: b.text("1D")) { [$0.bar(.close)] }
    let number = b.program.requests.count - 1
    b.program.requests[number].kind = .currencyRate
    b.program.requests[number].symbol = from.ref
    b.program.requests[number].currency = to.ref
    if let ignores = bound["ignore_invalid_currency"], ignores.number != 0 {
      b.program.requests[number].ignoresMissing = ignores.ref
    }
    return Value(results[0], .float, .series)
  }

  /// Session and adjustment of a symbol have no effect: the files determine the bars. The kind of chart is part of its
  /// name: `ticker.standard` takes it away, `ticker.inherit` hands it on.
  func ticker(_ bound: BoundArguments) -> Value {
    guard let symbol = bound["symbol"] ?? bound["tickerid"], !symbol.ref.isNone else { return .unknown }
    if bound.signature.name == "ticker.standard" {
      if symbol.text != nil { return symbol }
      return Value(standard(symbol.ref), .text, max(.simple, symbol.qualifier))
    }
    guard let other = bound["from_tickerid"], !other.ref.isNone else { return symbol }
    let plain = b.eager(standard(symbol.ref))
    let isHeikinAshi = b.function(.textContains, [other.ref, b.text(HeikinAshi.mark)])
    return Value(
      b.select(isHeikinAshi, marked(plain), plain), .text, max(.simple, symbol.qualifier, other.qualifier))
  }

  /// A request knows what is asked for by the name's end.
  func heikinAshi(_ bound: BoundArguments) -> Value {
    guard let symbol = bound["symbol"], !symbol.ref.isNone else { return .unknown }
    return Value(marked(standard(symbol.ref)), .text, max(.simple, symbol.qualifier))
  }

  private func standard(_ symbol: ExpressionRef) -> ExpressionRef {
    b.function(.textReplaceAll, [symbol, b.text(HeikinAshi.mark), b.text("")])
  }

  private func marked(_ symbol: ExpressionRef) -> ExpressionRef {
    b.function(.concatenate, [symbol, b.text(HeikinAshi.mark)])
  }

  /// `ticker.new("NASDAQ", "AAPL")` is "NASDAQ:AAPL".
  func newTicker(_ bound: BoundArguments) -> Value {
    guard let prefix = bound["prefix"], let ticker = bound["ticker"], !prefix.ref.isNone,
      !ticker.ref.isNone
    else { return .unknown }
    let name = b.function(.concatenate, [prefix.ref, b.text(":")])
    return Value(
      b.function(.concatenate, [name, ticker.ref]), .text,
      max(.simple, prefix.qualifier, ticker.qualifier))
  }
}
