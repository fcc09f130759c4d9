/// The tables of the symbol's and the timeframe's variables, which are known before the first bar.
extension SymbolField {
  private static let rows = allCases.map(\.written)

  /// Its row of the catalogue.
  package var row: VariableRow { Self.rows[Int(rawValue)] }

  public var type: ValueType { row.type.valueType }

  private var written: VariableRow {
    switch self {
    case .mintick: VariableRow("syminfo.mintick", type: .float, .simple, about: "Smallest step of prices.")
    case .pointValue:
      VariableRow("syminfo.pointvalue", type: .float, .simple, about: "Value of one point of one contract.")
    case .minContract: VariableRow("syminfo.mincontract", type: .float, .simple, about: "Smallest quantity.")
    case .priceScale: VariableRow("syminfo.pricescale", type: .int, .simple, about: "Smallest steps in a price of 1.")
    case .minMove: VariableRow("syminfo.minmove", type: .int, .simple, about: "The smallest move: 1.")
    case .tickerID: VariableRow("syminfo.tickerid", type: .text, .simple, about: "Exchange and ticker.")
    case .ticker: VariableRow("syminfo.ticker", type: .text, .simple, about: "The ticker.")
    case .prefix: VariableRow("syminfo.prefix", type: .text, .simple, about: "The exchange.")
    case .root: VariableRow("syminfo.root", type: .text, .simple, about: "Root of a derivative's ticker.")
    case .description: VariableRow("syminfo.description", type: .text, .simple, about: "Description of the symbol.")
    case .type: VariableRow("syminfo.type", type: .text, .simple, about: "\"forex\", \"crypto\", \"stock\" …")
    case .session: VariableRow("syminfo.session", type: .text, .simple, about: "The trading session.")
    case .timezone: VariableRow("syminfo.timezone", type: .text, .simple, about: "The exchange's time zone.")
    case .currency: VariableRow("syminfo.currency", type: .text, .simple, about: "Currency of the prices.")
    case .baseCurrency: VariableRow("syminfo.basecurrency", type: .text, .simple, about: "A pair's base currency.")
    case .country: VariableRow("syminfo.country", type: .text, .simple, about: "Always empty here.")
    case .sector: VariableRow("syminfo.sector", type: .text, .simple, about: "Always empty here.")
    case .industry: VariableRow("syminfo.industry", type: .text, .simple, about: "Always empty here.")
    case .volumeType: VariableRow("syminfo.volumetype", type: .text, .simple, about: "Always \"base\" here.")
    case .accountCurrency:
      VariableRow("strategy.account_currency", type: .text, .simple, about: "Currency of the account.")
    case .mainTickerID:
      VariableRow("syminfo.main_tickerid", type: .text, .simple, about: "Exchange and ticker of the chart's symbol.")
    }
  }
}

extension TimeframeField {
  private static let rows = allCases.map(\.written)

  /// Its row of the catalogue.
  package var row: VariableRow { Self.rows[Int(rawValue)] }

  public var type: ValueType { row.type.valueType }

  private var written: VariableRow {
    switch self {
    case .period:
      VariableRow("timeframe.period", type: .text, .simple, about: "The timeframe as a text: \"60\", \"1D\".")
    case .mainPeriod:
      VariableRow("timeframe.main_period", type: .text, .simple, about: "The chart's timeframe as a text.")
    case .multiplier:
      VariableRow("timeframe.multiplier", type: .int, .simple, about: "Number of the timeframe's units.")
    case .isIntraday: VariableRow("timeframe.isintraday", type: .bool, .simple, about: "Whether it is less than a day.")
    case .isMinutes: VariableRow("timeframe.isminutes", type: .bool, .simple, about: "Whether its unit is the minute.")
    case .isSeconds: VariableRow("timeframe.isseconds", type: .bool, .simple, about: "Whether its unit is the second.")
    case .isTicks: VariableRow("timeframe.isticks", type: .bool, .simple, about: "Whether its unit is the tick: false.")
    case .isDWM:
      VariableRow("timeframe.isdwm", type: .bool, .simple, about: "Whether its unit is the day, week or month.")
    case .isDaily: VariableRow("timeframe.isdaily", type: .bool, .simple, about: "Whether its unit is the day.")
    case .isWeekly: VariableRow("timeframe.isweekly", type: .bool, .simple, about: "Whether its unit is the week.")
    case .isMonthly: VariableRow("timeframe.ismonthly", type: .bool, .simple, about: "Whether its unit is the month.")
    case .seconds: VariableRow(inner: .int, .simple, about: "timeframe.in_seconds() without an argument.")
    case .shortPeriod: VariableRow(inner: .text, .simple, about: "timeframe.period of version 5.")
    }
  }
}
