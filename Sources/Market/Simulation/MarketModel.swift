import CFxaot

/// The checked configuration of a simulated market, with defaults in the place of zeros.
struct MarketModel {
  /// Open days in a mean year: 365.25 · 5/7.
  static let openDaysPerYear = 260.892_857_142_857_1

  let symbol: UInt64
  let start: Int64
  let price: Double
  /// Steps in a price of 1: a power of ten.
  let scale: Double
  let quotesPerDay: Double
  let spreadSteps: Double
  /// Variance of the relative price change of one open day.
  let dailyVariance: Double

  init(_ config: fxaot_market_config) throws(SimulatedMarket.BadConfig) {
    symbol = config.symbol
    let given = config.start_ns == 0 ? 1_704_067_200_000_000_000 : config.start_ns
    guard given > 0, given <= FXAOT_MAX_TIME_NS else { throw .start }
    // Quotes come on whole milliseconds, none before the start.
    start = (given + 999_999) / 1_000_000 * 1_000_000
    let decimals = config.price_decimals == 0 ? 5 : config.price_decimals
    guard decimals <= 9 else { throw .priceDecimals }
    scale = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
    price = config.price == 0 ? 1.1 : config.price
    guard price * scale >= 1, price * scale <= SimulatedMarket.highestSteps else {
      throw .price
    }
    let volatility = config.annual_volatility == 0 ? 0.08 : config.annual_volatility
    guard volatility > 0, volatility <= 10 else { throw .annualVolatility }
    dailyVariance = volatility * volatility / MarketModel.openDaysPerYear
    quotesPerDay = config.quotes_per_day == 0 ? 100_000 : config.quotes_per_day
    guard quotesPerDay >= 1, quotesPerDay <= 1e9 else { throw .quotesPerDay }
    spreadSteps = config.spread_steps == 0 ? 2 : config.spread_steps
    guard spreadSteps > 0, spreadSteps <= 1e6 else { throw .spreadSteps }
  }
}

/// A state of the volatility, left by chance at the end of a minute.
///
/// In the long run half of the time is calm, 0.4 normal, 0.1 a storm (each pair of neighbours is
/// in detailed balance). With these shares the mean rate is 1 and so is the mean of
/// rate · variance: 0.5·0.7·0.4 + 0.4·1.1·1 + 0.1·2.1·2.
enum MarketRegime {
  case calm, normal, storm

  /// Factor on the number of quotes.
  var rate: Double {
    switch self {
    case .calm: 0.7
    case .normal: 1.1
    case .storm: 2.1
    }
  }

  /// Factor on the variance of the change from one quote to the next.
  var variance: Double {
    switch self {
    case .calm: 0.4
    case .normal: 1
    case .storm: 2
    }
  }

  var spread: Double {
    switch self {
    case .calm: 0.9
    case .normal: 1
    case .storm: 1.8
    }
  }

  /// The state of the next minute, for `chance` uniform in [0, 1).
  func next(_ chance: Double) -> MarketRegime {
    switch self {
    case .calm: chance < 1.0 / 200 ? .normal : .calm
    case .normal: chance < 1.0 / 160 ? .calm : chance >= 1 - 1.0 / 400 ? .storm : .normal
    case .storm: chance < 1.0 / 100 ? .normal : .storm
    }
  }
}
