import CFxaot

/// A margin account by the letter of the specification, in plain doubles: nothing is kept from one question to the
/// next, nothing is fast. It shares no code with the engine's account.
struct NaiveAccount {
  struct Market {
    let ref: UInt64
    let base, quote: String
    let lot = 100_000.0
    let step, minimum, maximum: Int64
    var terms = fxaot_terms()
    /// Whether it trades in forex hours only.
    var hasHours = false
    /// 0 before the first quote.
    var bid = 0.0
    var ask = 0.0
    var spreadSteps: Int64 = 0
    var quoteTime: Int64 = 0

    var mid: Double { (bid + ask) / 2 }
    var low: Double { min(bid, ask) }
    var high: Double { max(bid, ask) }
    var hasQuote: Bool { bid > 0 }
  }

  /// A net position, or a ticket of a hedging account.
  struct Holding {
    var market: Int
    var quantity: Int64
    var price: Double
  }

  /// An order that has not ended.
  struct Live {
    var market: Int
    /// Signed, what is left of it.
    var quantity: Int64
    var isMarket: Bool
    /// Neither attached nor a close nor a liquidation.
    var isPlain: Bool
    var isReduceOnly: Bool
  }

  let currency: String
  var terms: fxaot_account_terms
  var risk: fxaot_risk
  var markets: [Market]
  var balance: Double
  var holdings: [Holding] = []
  var live: [Live] = []
  var state: UInt32 = 0
  var now: Int64 = 0
  var dayEquity: Double
  var highestEquity: Double
  var losingTrades = 0
  /// Orders that the rate still allows, and since when; nil before the first one.
  var tokens: (level: Double, time: Int64)?
  /// A comparison was so close that rounding decides it.
  var isDoubtful = false

  var isHedging: Bool { terms.mode == UInt32(FXAOT_HEDGING) }

  /// a > b, where the difference is not one of rounding.
  mutating func exceeds(_ a: Double, _ b: Double) -> Bool {
    if abs(a - b) <= 1e-3 + 1e-8 * abs(b) { isDoubtful = true }
    return a > b
  }

  // MARK: Conversion

  private func pair(_ from: String, _ to: String) -> (market: Market, isInverted: Bool)? {
    for market in markets where market.hasQuote {
      if market.base == from, market.quote == to { return (market, false) }
      if market.base == to, market.quote == from { return (market, true) }
    }
    return nil
  }

  /// Directly, inverted, or over one cross: USD first, then the others in alphabetical order.
  private func path(from: String) -> [(market: Market, isInverted: Bool)]? {
    if from == currency { return [] }
    if let direct = pair(from, currency) { return [direct] }
    let others = Set(markets.flatMap { [$0.base, $0.quote] }).subtracting([from, currency, "USD"]).sorted()
    for middle in ["USD"] + others {
      if let first = pair(from, middle), let second = pair(middle, currency) { return [first, second] }
    }
    return nil
  }

  /// At the mids; a profit at the side that a broker would give where the account wants that.
  func convert(_ amount: Double, from: String, isProfit: Bool = false) -> Double? {
    path(from: from)?.reduce(amount) { amount, leg in
      let (market, isInverted) = leg
      guard isProfit, terms.conversion == UInt32(FXAOT_CONVERT_SIDE) else {
        return isInverted ? amount / market.mid : amount * market.mid
      }
      let isGain = amount > 0
      if isInverted { return amount / (isGain ? market.ask : market.bid) }
      return amount * (isGain ? market.bid : market.ask)
    }
  }

  // MARK: Value and margin

  func unrealised(_ holding: Holding) -> Double {
    let market = markets[holding.market]
    let price = holding.quantity > 0 ? market.low : market.high
    return convert((price - holding.price) * Double(holding.quantity), from: market.quote, isProfit: true) ?? 0
  }

  var equity: Double { holdings.reduce(balance) { $0 + unrealised($1) } }

  /// The rate of each part of a notional in account currency.
  private func tiered(_ notional: Double, _ market: Market) -> Double {
    let own = market.terms.margin_rate
    var rate = own > 0 ? Double(own) / 1e9 : 1 / Double(terms.leverage)
    var (margin, from) = (0.0, 0.0)
    let tiers = withUnsafeBytes(of: market.terms.tiers) {
      Array($0.assumingMemoryBound(to: fxaot_margin_tier.self)).prefix { $0.rate > 0 }
    }
    for tier in tiers where notional > Double(tier.above_micro) / 1e6 {
      let above = Double(tier.above_micro) / 1e6
      margin += (above - from) * rate
      (from, rate) = (above, Double(tier.rate) / 1e9)
    }
    return margin + (notional - from) * rate
  }

  /// Units that a market has on one side, and their cost in the quote currency.
  private struct Side {
    var units: Int64 = 0
    var cost = 0.0
  }

  private func price(_ holding: Holding) -> Double {
    terms.margin_price == UInt32(FXAOT_MARGIN_AT_ENTRY) ? holding.price : markets[holding.market].mid
  }

  /// The margin of a market with what is held, and with further signed units that open at the mid.
  private func margin(_ place: Int, more: [Int64]) -> Double {
    let market = markets[place]
    let held = holdings.filter { $0.market == place }
    func margin(_ cost: Double) -> Double { tiered(convert(cost, from: market.quote) ?? 0, market) }
    guard isHedging else {
      let before = held.first?.quantity ?? 0
      let after = more.reduce(before, +)
      let isSameSide = before != 0 && after != 0 && (before > 0) == (after > 0)
      let kept = isSameSide ? min(before.magnitude, after.magnitude) : 0
      let cost = Double(kept) * (held.first.map { price($0) } ?? 0)
      return margin(cost + Double(after.magnitude - kept) * market.mid)
    }
    var (long, short) = (Side(), Side())
    func add(_ units: Int64, _ price: Double) {
      let cost = Double(units.magnitude) * price
      if units > 0 {
        long = Side(units: long.units + units, cost: long.cost + cost)
      } else {
        short = Side(units: short.units - units, cost: short.cost + cost)
      }
    }
    for holding in held { add(holding.quantity, price(holding)) }
    for units in more { add(units, market.mid) }
    let larger = long.units >= short.units ? long : short
    switch Int(terms.margin_mode) {
    case FXAOT_MARGIN_SUM: return margin(long.cost) + margin(short.cost)
    case FXAOT_MARGIN_MAX: return margin(larger.cost)
    default:
      if larger.units == 0 { return 0 }
      let net = Double((long.units - short.units).magnitude)
      return margin(larger.cost * net / Double(larger.units))
    }
  }

  var marginUsed: Double { markets.indices.reduce(0) { $0 + margin($1, more: []) } }

  /// With all waiting market orders, and one more order.
  func marginAfter(_ order: (market: Int, quantity: Int64)) -> Double {
    markets.indices.reduce(0) { sum, place in
      var more = live.filter { $0.market == place && $0.isMarket && (!isHedging || opens($0)) }.map(\.quantity)
      if place == order.market { more.append(order.quantity) }
      return sum + margin(place, more: more)
    }
  }

  private func opens(_ order: Live) -> Bool { order.isPlain && !order.isReduceOnly }

  /// Of a fill, in account currency.
  func commission(_ place: Int, _ quantity: Int64, at price: Double) -> Double {
    let market = markets[place]
    let rate = Double(market.terms.commission) / 1e6
    let units = Double(quantity)
    let amount =
      switch Int(market.terms.commission_kind) {
      case FXAOT_COMMISSION_PER_LOT: rate * units / market.lot
      case FXAOT_COMMISSION_PER_MILLION: (convert(units * price, from: market.quote) ?? 0) * rate / 1e6
      default: (convert(units * price, from: market.quote) ?? 0) * rate / 100
      }
    return max(amount, Double(market.terms.commission_minimum_micro) / 1e6)
  }

  // MARK: Positions and waiting orders

  func net(_ place: Int) -> Int64 { holdings.reduce(0) { $0 + ($1.market == place ? $1.quantity : 0) } }

  /// Net, with the market orders that wait.
  func netAfterWaiting(_ place: Int) -> Int64 {
    live.reduce(net(place)) { $0 + ($1.market == place && $1.isMarket ? $1.quantity : 0) }
  }
}
