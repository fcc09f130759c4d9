import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// Random orders of a client and random quotes, fixed by a seed, to an engine and to a naive account beside it. The
/// naive account learns positions from fills (in hedging from the tickets), and decides on each order before the
/// engine does.
final class GateTrader {
  let world: World
  var naive: NaiveAccount
  private var random: RandomSource
  private var mids = [1.1, 150.0, 0.85, 165.0, 1.29, 0.9, 0.66]
  private var orders = 0
  private var time = start
  /// Sums of the fills by market, and the balance in micro-units.
  private var filled = [Int64](repeating: 0, count: 7)
  private var balance: Int64
  /// Profit less commission since the position was flat.
  private var tradeProfit = [Int64](repeating: 0, count: 7)
  private var begun: Set<Int64> = []
  private var filledOrders: Set<Int64> = []
  private var ends: [Int64: Int] = [:]
  /// When orders reach the venue, by their numbers.
  private var arrivals: [Int64: Arrival] = [:]
  private let latency: Int64
  private var quotes = 0
  /// What it has given to the engine, and the events since, where it is to record them.
  private(set) var inputs: [Input] = []
  private(set) var history: [UInt8] = []
  var records = false
  /// How often each refusal was seen.
  private(set) var refusals: [UInt32: Int] = [:]
  private(set) var passed = 0
  /// The first difference between the engine and the naive account.
  private(set) var difference: String?

  /// An order that the venue knows of `at` a time, sent after so many quotes.
  private struct Arrival {
    let place: Int
    let at: Int64
    let sentAfter: Int
    let isMarket: Bool
  }

  enum Input {
    case quote(ref: UInt64, time: Int64, bid: Double, ask: Double)
    case submit(fxaot_order_request)
    case close(ref: UInt64)
    case cancelAll
    case state(UInt32)
    case risk(fxaot_risk)
  }

  private static let currencies = [
    ("EUR", "USD"), ("USD", "JPY"), ("EUR", "GBP"), ("EUR", "JPY"), ("GBP", "USD"), ("AUD", "CAD"), ("NZD", "USD"),
  ]

  /// `journal`: the engine records its inputs from the first one on.
  init(seed: UInt64, journal: Bool = false) throws {
    var random = RandomSource(seed: seed)
    let (empty, currency, opening) = try Self.empty(&random)
    world = empty
    balance = opening
    func below(_ limit: UInt64) -> UInt64 { random.next() % limit }
    if journal { try world.engine.pointee.startJournal(Journaled.inputs) }
    var terms = Engine.defaultAccountTerms
    terms.mode = UInt32(below(2))
    terms.margin_mode = UInt32(below(3))
    terms.margin_price = UInt32(below(2))
    terms.conversion = UInt32(below(2))
    terms.liquidation = UInt32(below(5))
    terms.leverage = [20, 50, 200][Int(below(3))]
    terms.new_orders = below(4) == 0 ? 2_000_000_000 : 1_000_000_000
    try world.engine.pointee.setAccount(terms)
    let unit: Int64 = currency == "JPY" ? 150_000_000 : 1_000_000
    var risk = fxaot_risk()
    func maybe(_ value: Int64) -> Int64 { below(3) == 0 ? value : 0 }
    risk.max_quote_age_ns = maybe(20 * second)
    risk.max_spread_steps = maybe(20)
    risk.collar = maybe(3_000_000)
    risk.max_order_quantity = maybe(60_000)
    risk.max_order_notional_micro = maybe(50_000 * unit)
    risk.max_position = maybe(90_000)
    risk.max_currency_notional_micro = maybe(150_000 * unit)
    risk.max_positions = UInt32(maybe(2))
    risk.max_orders = UInt32(maybe(4))
    (risk.order_rate_count, risk.order_rate_ns) = below(3) == 0 ? (3, 30 * second) : (0, 0)
    risk.daily_loss_micro = maybe(100 * unit)
    risk.max_drawdown = maybe(40_000_000)
    risk.max_losing_trades = terms.mode == 0 ? UInt32(maybe(3)) : 0
    try world.engine.pointee.setRisk(risk)
    latency = [0, 0, second / 2, 0, second, 0, 0, 5 * second][Int(seed % 8)]
    var venue = fxaot_venue()
    venue.latency_ns = latency
    try world.engine.pointee.setVenue(venue)
    var markets: [NaiveAccount.Market] = []
    for (index, pair) in Self.currencies.enumerated() {
      let step: Int64 = index == 0 ? 1_000 : 1
      let raw = Terms.make(
        pair.0, pair.1, decimals: pair.1 == "JPY" ? 3 : 5, quantityStep: step, maximum: 1_000_000)
      try world.engine.pointee.addInstrument(raw, ref: UInt64(index + 1))
      var own = fxaot_terms()
      own.margin_rate = maybe(50_000_000)
      if below(3) == 0 {
        own.tiers.0 = fxaot_margin_tier(above_micro: 50_000 * unit, rate: 100_000_000)
        own.tiers.1 = fxaot_margin_tier(above_micro: 120_000 * unit, rate: 200_000_000)
      }
      own.max_position = below(6) == 0 ? 40_000 : 0
      own.commission_kind = UInt32(below(3))
      own.commission = maybe([3_500_000, 20_000_000, 10_000][Int(own.commission_kind)])
      own.commission_minimum_micro = maybe(unit)
      if index == 4 { Terms.copy("forex", into: &own.hours) }
      try world.engine.pointee.setTerms(own, symbolRef: UInt64(index + 1))
      markets.append(
        NaiveAccount.Market(
          ref: UInt64(index + 1), base: pair.0, quote: pair.1, step: step, minimum: step, maximum: 1_000_000,
          terms: own, hasHours: index == 4))
    }
    naive = NaiveAccount(
      currency: currency, terms: terms, risk: risk, markets: markets, balance: Double(opening) / 1e6,
      dayEquity: Double(opening) / 1e6, highestEquity: Double(opening) / 1e6)
    self.random = random
    // The last market never has a quote.
    for place in 0..<6 { quote(place) }
  }

  /// An engine of the seed's configuration, without anything in it.
  static func empty(seed: UInt64) throws -> World {
    var random = RandomSource(seed: seed)
    return try empty(&random).world
  }

  private static func empty(_ random: inout RandomSource) throws -> (world: World, currency: String, balance: Int64) {
    let currency = ["USD", "USD", "EUR", "JPY", "GBP"][Int(random.next() % 5)]
    let balance: Int64 = (currency == "JPY" ? 1_500_000 : 10_000) * 1_000_000
    let world = try World {
      $0.balance_micro = balance
      Terms.copy(currency, into: &$0.account_currency)
      $0.max_time_jump_ns = .max
    }
    return (world, currency, balance)
  }

  func below(_ limit: UInt64) -> UInt64 { random.next() % limit }

  // MARK: What happens

  /// False where rounding has decided something: the two may differ from then on.
  func step() throws -> Bool {
    switch below(20) {
    case 0..<9: submit()
    case 9 where below(2) == 0:
      let place = Int(below(6))
      if naive.net(place) != 0 { give(.close(ref: UInt64(place + 1))) }
    case 10 where below(6) == 0: give(.cancelAll)
    case 11 where below(6) == 0: give(.state(UInt32(1 + below(2))))
    case 11 where below(2) == 0: makeActive()
    case 12 where below(8) == 0: try tighten()
    default: quote(Int(below(6)))
    }
    learn()
    return !naive.isDoubtful && difference == nil
  }

  private func makeActive() {
    give(.state(FXAOT_TRADING_ACTIVE.rawValue))
    guard naive.state != FXAOT_TRADING_ACTIVE.rawValue else { return }
    naive.losingTrades = 0
    naive.highestEquity = naive.equity
  }

  /// Limits that may be exceeded already: an order finds it before a quote shows it.
  private func tighten() throws {
    if naive.risk.max_drawdown > 0 { naive.risk.max_drawdown = 100_000 }
    if !naive.isHedging { naive.risk.max_losing_trades = UInt32(1 + below(2)) }
    give(.risk(naive.risk))
    naive.tokens = nil
  }

  private func give(_ input: Input) {
    if records { inputs.append(input) }
    world.take(input)
  }

  /// Closes and cancels all, at quotes that go on. Nothing may be left.
  func finish() {
    makeActive()
    for _ in 0..<8 {
      // Past a weekend, then past every latency.
      if !naive.isForexOpen { time += 60 * hour }
      for place in 0..<6 { quote(place) }
      give(.cancelAll)
      for place in 0..<6 where naive.holdings.contains(where: { $0.market == place }) {
        give(.close(ref: UInt64(place + 1)))
      }
      learn()
      time += 6 * second
    }
    if !naive.live.isEmpty || !naive.holdings.isEmpty { differ("not all has ended") }
  }

  /// The events of the same inputs, given to an engine of the same terms.
  static func replay(seed: UInt64, _ inputs: [Input]) throws -> (history: [UInt8], account: fxaot_account) {
    let other = try GateTrader(seed: seed)
    var history: [UInt8] = []
    for input in inputs {
      other.world.take(input)
      history += other.world.takeBytes()
    }
    return (history, other.world.account)
  }

  /// Random walks; sometimes hours later, and sometimes wide.
  private func quote(_ place: Int) {
    let before = time
    time += Int64(below(4)) * second
    if below(60) == 0 { time += Int64(below(20)) * hour }
    passDay(from: before, to: time)
    mids[place] *= 1 + (random.uniform() - 0.5) * (below(30) == 0 ? 0.01 : 0.001)
    let scale = naive.markets[place].quote == "JPY" ? 1e3 : 1e5
    let bid = (mids[place] * scale).rounded()
    let spread = Int64(below(8) == 0 ? below(60) : below(8))
    let prices = (bid / scale, (bid + Double(spread)) / scale)
    naive.markets[place].bid = prices.0
    naive.markets[place].ask = prices.1
    naive.markets[place].spreadSteps = spread
    naive.markets[place].quoteTime = time
    naive.now = time
    quotes += 1
    give(.quote(ref: UInt64(place + 1), time: time, bid: prices.0, ask: prices.1))
    learn()
    checkArrivals(place)
    naive.highestEquity = max(naive.highestEquity, naive.equity)
  }

  /// The day begins at 22:00 UTC, with the equity at the quotes before.
  private func passDay(from before: Int64, to after: Int64) {
    func day(_ time: Int64) -> Int64 { (time + 2 * hour) / (24 * hour) }
    if day(before) != day(after) { naive.dayEquity = naive.equity }
  }

  private func submit() {
    let request = request()
    let wanted = naive.refusal(of: request)
    if records { inputs.append(.submit(request)) }
    let (status, answer) = world.engine.pointee.submit(request)
    if naive.isDoubtful { return }
    if (wanted?.rawValue ?? 0) != answer.reject || (status == FXAOT_OK) != (wanted == nil) {
      differ("wanted \(wanted?.rawValue ?? 0), got \(answer.reject) (\(status)): \(text(request))")
    }
    if let wanted { refusals[wanted.rawValue, default: 0] += 1 } else { passed += 1 }
  }

  private func differ(_ text: String) {
    if difference == nil {
      difference = """
        \(text), mode \(naive.terms.mode) \(naive.terms.margin_mode) \(naive.terms.margin_price) of \(naive.currency), \
        state \(naive.state), equity \(naive.equity), margin \(naive.marginUsed), day \(naive.dayEquity), \
        highest \(naive.highestEquity), losing \(naive.losingTrades), tokens \(naive.tokens ?? (-1, 0)), \
        holdings \(naive.holdings.map { "\($0.market): \($0.quantity) @ \($0.price)" }), \
        live \(naive.live.map { "\($0.market): \($0.quantity)\($0.isMarket ? " m" : "")\($0.isPlain ? " p" : "")" }), \
        \(naive.risk)
        """
    }
  }

  private func text(_ order: fxaot_order_request) -> String {
    let place = Int(order.symbol_ref) - 1
    guard naive.markets.indices.contains(place) else { return "order \(orders) of no market" }
    let market = naive.markets[place]
    let signed = order.side == UInt32(FXAOT_BUY) ? order.quantity : -order.quantity
    return """
      order \(orders): market \(place) \(market.bid) \(market.ask), \(signed), type \(order.type), price \(order.price), \
      limit \(order.limit), stop-loss \(order.stop_loss), take-profit \(order.take_profit), \
      reduce-only \(order.reduce_only), post-only \(order.post_only), margin after \(naive.marginAfter((place, signed)))
      """
  }

  private func request() -> fxaot_order_request {
    orders += 1
    var request = fxaot_order_request()
    let name = Array("o\(orders)".utf8)
    withUnsafeMutableBytes(of: &request.id.text) { $0.copyBytes(from: name) }
    request.id.length = UInt32(name.count)
    let place = below(25) == 0 ? 5 + Int(below(2)) : Int(below(5))
    request.symbol_ref = below(60) == 0 ? 99 : UInt64(place + 1)
    request.side = UInt32(1 + below(2))
    request.quantity = Int64(1 + below(40)) * [1_000, 2_500][below(6) == 0 ? 1 : 0]
    if below(40) == 0 { request.quantity = [500, 2_000_000][Int(below(2))] }
    (request.price, request.limit, request.trail_activation) = (.nan, .nan, .nan)
    (request.stop_loss, request.take_profit) = (.nan, .nan)
    request.type = below(2) == 0 ? UInt32(FXAOT_TYPE_MARKET) : UInt32(below(6))
    let scale = naive.markets[place].quote == "JPY" ? 1e3 : 1e5
    func near(_ width: Double) -> Double {
      (mids[place] * (1 + (random.uniform() - 0.5) * width) * scale).rounded() / scale
    }
    if request.type != UInt32(FXAOT_TYPE_MARKET) { request.price = near(0.008) }
    if request.type == UInt32(FXAOT_TYPE_STOP_LIMIT) || request.type == UInt32(FXAOT_TYPE_LIMIT_IF_TOUCHED) {
      request.limit = near(0.008)
    }
    if below(5) == 0 { request.stop_loss = near(0.02) }
    if below(5) == 0 { request.take_profit = near(0.02) }
    if request.type == UInt32(FXAOT_TYPE_LIMIT), below(3) == 0 { request.post_only = 1 }
    if below(10) == 0 { request.reduce_only = 1 }
    return request
  }

  // MARK: What follows

  /// Takes the engine's events into the books, and holds the account against them.
  private func learn() {
    if records { history += Array(UnsafeRawBufferPointer(world.engine.pointee.events)) }
    for event in world.take() { take(event) }
    readTickets()
    readOrders()
    let account = world.account
    naive.state = account.state
    naive.balance = Double(balance) / 1e6
    if account.balance_micro != balance || balance + account.unrealised_micro != account.equity_micro {
      differ("balance \(account.balance_micro), unrealised \(account.unrealised_micro), of fills \(balance)")
    }
    // Each position and conversion is rounded to a micro-unit; a yen is worth 1/150 of a dollar.
    let off = max(1e-4, abs(naive.equity) * 1e-8)
    let (equity, used) = (Double(account.equity_micro) / 1e6, Double(account.margin_used_micro) / 1e6)
    if abs(equity - naive.equity) > off { differ("equity \(equity)") }
    if abs(used - naive.marginUsed) > off { differ("margin used \(used)") }
    // Without sizes a fill is whole, or its rest is cancelled.
    let ended = filledOrders.union(ends.keys)
    if begun.count - ended.count != naive.live.count {
      differ("\(begun.count) orders, \(ended.count) ended, \(naive.live.count) live")
    }
    for place in filled.indices where naive.net(place) != filled[place] {
      differ("net \(naive.net(place)) of market \(place), of fills \(filled[place])")
    }
  }

  private func take(_ event: fxaot_event) {
    let isOrder = event.kind == UInt32(FXAOT_EVENT_ORDER)
    if isOrder || event.kind == UInt32(FXAOT_EVENT_REJECT) { begun.insert(event.order_id) }
    let final = [FXAOT_ORDER_CANCELLED, FXAOT_ORDER_EXPIRED, FXAOT_ORDER_FILLED].map(\.rawValue)
    if isOrder, event.code == FXAOT_ORDER_ACCEPTED.rawValue {
      arrivals[event.order_id] = Arrival(
        place: Int(event.symbol_ref) - 1, at: event.time_ns + latency, sentAfter: quotes, isMarket: event.price == 0)
    }
    if event.kind == UInt32(FXAOT_EVENT_REJECT) || (isOrder && final.contains(event.code)) {
      ends[event.order_id, default: 0] += 1
      if ends[event.order_id] != 1 { differ("two ends of order \(event.order_id)") }
    }
    guard event.kind == UInt32(FXAOT_EVENT_FILL) else { return }
    if ends[event.order_id] != nil { differ("a fill of order \(event.order_id) after its end") }
    filledOrders.insert(event.order_id)
    if let arrival = arrivals[event.order_id], event.time_ns < arrival.at || arrival.sentAfter >= quotes {
      differ("order \(event.order_id) fills at \(event.time_ns), and arrives at \(arrival.at)")
    }
    let place = Int(event.symbol_ref) - 1
    let signed = event.side == UInt32(FXAOT_BUY) ? event.quantity : -event.quantity
    balance += event.profit_micro - event.commission_micro
    if !naive.isHedging { book(place, signed, event) }
    filled[place] += signed
  }

  /// A market order fills, or ends, at the first quote after it has arrived.
  private func checkArrivals(_ place: Int) {
    arrivals = arrivals.filter { !filledOrders.contains($0.key) && ends[$0.key] == nil }
    if naive.markets[place].hasHours, !naive.isForexOpen { return }
    for (order, arrival) in arrivals where arrival.place == place && arrival.isMarket {
      if arrival.at <= time, arrival.sentAfter < quotes { differ("order \(order) has arrived and does not fill") }
    }
  }

  /// A fill into a net position: it reduces, then reverses; the price changes where it grows. The commission of a
  /// reversal belongs to the two trades by their parts.
  private func book(_ place: Int, _ signed: Int64, _ event: fxaot_event) {
    let index = naive.holdings.firstIndex { $0.market == place }
    var holding = index.map { naive.holdings[$0] } ?? NaiveAccount.Holding(market: place, quantity: 0, price: 0)
    let after = holding.quantity + signed
    let isReduction = holding.quantity != 0 && (holding.quantity > 0) != (signed > 0)
    let closed = isReduction ? min(holding.quantity.magnitude, signed.magnitude) : 0
    let share = (Double(event.commission_micro) * Double(closed) / Double(signed.magnitude)).rounded()
    tradeProfit[place] += event.profit_micro - Int64(share)
    if isReduction, after == 0 || (after > 0) != (holding.quantity > 0) {
      naive.losingTrades = tradeProfit[place] < 0 ? naive.losingTrades + 1 : 0
      tradeProfit[place] = 0
      holding.price = event.price
    } else if !isReduction {
      let cost = holding.price * Double(holding.quantity.magnitude) + event.price * Double(signed.magnitude)
      holding.price = cost / Double(after.magnitude)
    }
    tradeProfit[place] -= event.commission_micro - Int64(share)
    holding.quantity = after
    if let index { naive.holdings.remove(at: index) }
    if after != 0 { naive.holdings.append(holding) }
  }

  private func readTickets() {
    guard naive.isHedging else { return }
    let count = world.engine.pointee.tickets(into: UnsafeMutableBufferPointer(start: nil, count: 0))
    var all = [fxaot_ticket](repeating: fxaot_ticket(), count: count)
    _ = all.withUnsafeMutableBufferPointer { world.engine.pointee.tickets(into: $0) }
    naive.holdings = all.map {
      NaiveAccount.Holding(market: Int($0.symbol_ref) - 1, quantity: $0.quantity, price: $0.price)
    }
  }

  private func readOrders() {
    let count = world.engine.pointee.orders(into: UnsafeMutableBufferPointer(start: nil, count: 0))
    var all = [fxaot_order](repeating: fxaot_order(), count: count)
    _ = all.withUnsafeMutableBufferPointer { world.engine.pointee.orders(into: $0) }
    naive.live = all.map { order in
      let left = order.quantity - order.filled
      let isBuy = order.side == UInt32(FXAOT_BUY)
      // Clients' names begin with an o; the engine's are close.N and stop_out.N.
      let isPlain = order.name_end == UInt8(FXAOT_NAME_PLAIN) && order.name.text.0 == UInt8(ascii: "o")
      return NaiveAccount.Live(
        market: Int(order.symbol_ref) - 1, quantity: isBuy ? left : -left,
        isMarket: order.type == UInt32(FXAOT_TYPE_MARKET), isPlain: isPlain, isReduceOnly: order.reduce_only == 1)
    }
  }
}

extension World {
  func take(_ input: GateTrader.Input) {
    switch input {
    case .quote(let ref, let time, let bid, let ask): tick(time, bid, ask, on: ref)
    case .submit(let request): _ = engine.pointee.submit(request)
    case .close(let ref): _ = engine.pointee.close(symbolRef: ref, quantity: 0)
    case .cancelAll: _ = engine.pointee.cancelAll(symbolRef: 0, strategyRef: 0)
    case .state(let state):
      engine.pointee.setState(state)
      _ = engine.pointee.applyState()
    case .risk(let risk): #expect(throws: Never.self) { try engine.pointee.setRisk(risk) }
    }
  }
}
