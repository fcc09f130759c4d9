import Calendar
import StrategyIR

/// Known before a script's first bar: its parameters' values, the symbol, the timeframe.
struct RunKnowledge: Knowledge {
  let environment: ScriptEnvironment
  /// The chart's own timeframe and symbol, whichever world is asked for.
  let chart: Period
  let chartSymbol: ScriptSymbol
  /// nil where one stays open.
  let parameters: [Double?]
  let texts: TextFunctions

  func value(ofParameter number: Int) -> Double? { parameters[number] }

  func value(of field: SymbolField) -> Double? {
    let symbol = environment.symbol
    switch field {
    case .mintick: return symbol.mintick
    case .pointValue: return symbol.pointValue
    case .minContract: return symbol.minContract
    case .priceScale: return (1 / symbol.mintick).rounded()
    case .minMove: return 1
    case .accountCurrency: return text(environment.accountCurrency ?? chartSymbol.currency)
    case .mainTickerID: return text(Self.text(of: .tickerID, chartSymbol))
    default: return text(Self.text(of: field, symbol))
    }
  }

  /// An account in the symbol's own currency needs no rate.
  func value(of field: BookField) -> Double? {
    guard field == .accountRate else { return nil }
    return environment.accountCurrency ?? chartSymbol.currency == chartSymbol.currency ? 1 : nil
  }

  private static func text(of field: SymbolField, _ symbol: ScriptSymbol) -> String {
    switch field {
    case .tickerID: symbol.prefix.isEmpty ? symbol.ticker : "\(symbol.prefix):\(symbol.ticker)"
    case .ticker: symbol.ticker
    case .prefix: symbol.prefix
    case .root: symbol.root
    case .description: symbol.description
    case .type: symbol.type
    case .session: symbol.session
    case .timezone: symbol.timezone
    case .currency: symbol.currency
    case .baseCurrency: symbol.baseCurrency
    case .volumeType: "base"
    default: ""
    }
  }

  func value(of field: TimeframeField) -> Double? {
    let period = environment.timeframe
    let truth = { (x: Bool) in x ? 1.0 : 0.0 }
    switch field {
    case .period: return text(period.text)
    case .mainPeriod: return text(chart.text)
    case .shortPeriod:
      let isShort = period.count == 1 && !period.isIntraday
      return text(isShort ? String(period.text.dropFirst()) : period.text)
    case .multiplier: return Double(period.count)
    case .seconds: return Double(period.seconds)
    case .isIntraday: return truth(period.isIntraday)
    case .isMinutes: return truth(period.unit == .minute)
    case .isSeconds: return truth(period.unit == .second)
    case .isTicks: return 0
    case .isDWM: return truth(!period.isIntraday)
    case .isDaily: return truth(period.unit == .day)
    case .isWeekly: return truth(period.unit == .week)
    case .isMonthly: return truth(period.unit == .month)
    }
  }

  func evaluate(_ function: Function, _ arguments: [Double], texts mask: UInt32) -> Double? {
    switch function {
    case .timeframeSeconds: return period(arguments[0]).map { Double($0.seconds) }
    case .year, .month, .weekOfYear, .dayOfMonth, .dayOfWeek, .hour, .minute, .second, .time,
      .timeClose, .textFormatTime:
      return nil
    case .timestamp: return timestamp(arguments)
    default:
      return arguments.withUnsafeBufferPointer {
        NumberFunctions.evaluate(function, $0, mintick: environment.symbol.mintick)
          ?? texts.evaluate(function, $0, texts: mask)
      }
    }
  }

  private func timestamp(_ arguments: [Double]) -> Double? {
    let zone = TextRef(exactly: arguments[0]).flatMap {
      environment.rules(named: texts.arena.string($0))
    }
    guard let zone else { return nil }
    var query = TimeQuery(.timestamp, zone: zone, calendar: environment.calendar)
    return arguments.withUnsafeBufferPointer {
      $0.baseAddress.map { query.answer($0 + 1, texts) }
    }
  }

  /// "" is the world's own.
  func period(_ text: Double) -> Period? {
    if text != text { return environment.timeframe }
    guard let ref = TextRef(exactly: text) else { return nil }
    let name = texts.arena.string(ref)
    return name.isEmpty ? environment.timeframe : Period(name)
  }

  func isOwn(timeframe: Double) -> Bool { period(timeframe) == environment.timeframe }

  func isOwn(symbol: Double) -> Bool {
    TextRef(exactly: symbol).map { environment.symbol.isMeant(by: texts.arena.string($0)) } ?? false
  }

  private func text(_ text: String) -> Double {
    texts.arena.intern(text).map(Double.init) ?? .nan
  }
}

extension ScriptSymbol {
  /// Whether a script means this symbol by a text: "" is the one of the bars at hand.
  public func isMeant(by text: String) -> Bool { text.isEmpty || SymbolName(self).means(SymbolName(text)) }
}
