/// What one unit of a currency was worth in another, day by day: by the closes of their pair, of its
/// inverse, or of two pairs over one cross.
public struct CurrencyRates: Sendable {
  private struct Leg: Sendable {
    let closes: DailyCloses
    let isInverted: Bool
  }

  private let legs: [Leg]
  /// The pairs that it uses, for people: `USDJPY`, `inverse of EURUSD`.
  public let description: String
  private var value = 1.0
  /// From when to when the value holds.
  private var from = Int64.max
  private var until = Int64.min

  /// nil where no history links the two. Of several crosses the dollar's goes first.
  public init?(from source: String, to target: String, in data: MarketData) {
    let links = Links(data)
    guard let found = links.way(from: source, to: target) else { return nil }
    legs = found.map {
      Leg(closes: DailyCloses(data.symbols[$0.history]), isInverted: $0.isInverted)
    }
    description = found.map {
      ($0.isInverted ? "inverse of " : "") + data.symbols[$0.history].symbol.ticker
    }.joined(separator: " and ")
    if found.isEmpty { (from, until) = (.min, .max) }
  }

  /// The rate of the day before `time` (milliseconds since 1970); nan before the first day.
  public mutating func rate(at time: Int64) -> Double {
    if time >= from, time < until { return value }
    (value, from, until) = (1, .min, .max)
    for leg in legs {
      let price = leg.closes.price(at: time)
      value *= leg.isInverted ? 1 / price.value : price.value
      from = max(from, price.from)
      until = min(until, price.until)
    }
    if !(value > 0 && value < .infinity) { value = .nan }
    return value
  }

  /// When the newest day of the pair that ends first is over; nil where nothing is converted.
  public var end: Int64? { legs.compactMap(\.closes.end).min() }

  /// One bar for each rate, which holds from its time on.
  func bars() -> [ScriptBar] {
    guard !legs.isEmpty else {
      return [
        ScriptBar(
          time: .min, timeClose: .min, open: 1, high: 1, low: 1, close: 1, volume: 0)
      ]
    }
    var rates = self
    let times = Set(legs.flatMap { $0.closes.bars.map(\.time) }).sorted()
    return times.compactMap { time in
      let rate = rates.rate(at: time)
      guard rate == rate else { return nil }
      return ScriptBar(
        time: time, timeClose: time, open: rate, high: rate, low: rate, close: rate, volume: 0)
    }
  }
}

/// Which histories are pairs of currencies.
private struct Links {
  struct Link {
    let history: Int
    let isInverted: Bool
  }

  private let pairs: [(base: String, quote: String)]

  init(_ data: MarketData) {
    // Without bars there is no rate: live, bars are still to come.
    pairs = data.symbols.map {
      $0.bars.isEmpty ? ("", "") : ($0.symbol.baseCurrency, $0.symbol.currency)
    }
  }

  func way(from source: String, to target: String) -> [Link]? {
    if source == target { return [] }
    if let link = link(source, target) { return [link] }
    for middle in ["USD"] + pairs.flatMap({ [$0.base, $0.quote] }) where !middle.isEmpty {
      if let first = link(source, middle), let second = link(middle, target) {
        return [first, second]
      }
    }
    return nil
  }

  private func link(_ source: String, _ target: String) -> Link? {
    if let index = pairs.firstIndex(where: { $0.base == source && $0.quote == target }) {
      return Link(history: index, isInverted: false)
    }
    if let index = pairs.firstIndex(where: { $0.base == target && $0.quote == source }) {
      return Link(history: index, isInverted: true)
    }
    return nil
  }
}
