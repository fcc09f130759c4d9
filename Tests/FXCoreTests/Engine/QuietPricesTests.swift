import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market
@testable import Trading

/// An account that sees only the quotes outside its quiet prices does what one does that sees them all.
struct QuietPricesTests {
  @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  func `quotes at quiet prices change nothing`(seed: UInt64) throws {
    let quiet = try RandomTrader(seed: seed)
    let wakeful = try RandomTrader(seed: seed)
    for step in 0..<4_000 {
      try quiet.step()
      for slot in 0..<wakeful.world.engine.pointee.instruments.count {
        wakeful.world.engine.pointee.instruments.base[slot].market.watchers = 1
      }
      try wakeful.step()
      let (one, other) = (quiet.world.take(), wakeful.world.take())
      try #require(one.map(\.line) == other.map(\.line), "step \(step)")
      let (a, b) = (quiet.world.account, wakeful.world.account)
      try #require(a.equity_micro == b.equity_micro && a.margin_used_micro == b.margin_used_micro)
      try #require(a.balance_micro + a.unrealised_micro == a.equity_micro)
    }
    #expect(quiet.world.stats.fills > 20)
  }
}

extension fxaot_event {
  fileprivate var line: String {
    "\(kind) \(code) \(reason) \(sequence) \(time_ns) \(symbol_ref) \(order_id) \(quantity) \(price) \(profit_micro) "
      + "\(commission_micro) \(bar.open_time_ns)"
  }
}

/// Random orders of a client and random quotes, fixed by a seed.
final class RandomTrader {
  let world: World
  private var random: RandomSource
  private var time = start
  private var mids = [1.1, 150.0, 0.85, 165.0]
  private var orders = 0

  init(seed: UInt64) throws {
    random = RandomSource(seed: seed)
    world = try World { $0.balance_micro = 3_000 * 1_000_000 }
    try world.add("EUR", "USD", 1)
    try world.add("USD", "JPY", 2, decimals: 3)
    try world.add("EUR", "GBP", 3)
    try world.add("EUR", "JPY", 4, decimals: 3)
    try world.add("GBP", "USD", 5)
    var terms = Engine.defaultAccountTerms
    terms.mode = UInt32(seed % 2)
    terms.margin_mode = UInt32(seed / 2 % 3)
    terms.liquidation = UInt32(seed % 5)
    terms.conversion = UInt32(seed / 3 % 2)
    terms.margin_price = UInt32(seed / 4 % 2)
    try world.engine.pointee.setAccount(terms)
    var venue = fxaot_venue()
    venue.latency_ns = seed % 4 == 3 ? 700_000_000 : 0
    venue.slippage_steps = Int64(seed % 3)
    try world.engine.pointee.setVenue(venue)
    var risk = fxaot_risk()
    if seed % 6 == 5 { risk.daily_loss_micro = 500 * 1_000_000 }
    if seed % 6 == 4 { risk.max_drawdown = 300_000_000 }
    try world.engine.pointee.setRisk(risk)
    var swap = fxaot_terms()
    swap.swap_long = -3_000_000
    swap.swap_short = 1_000_000
    swap.commission = 3_500_000
    for ref in UInt64(1)...4 { try world.engine.pointee.setTerms(swap, symbolRef: ref) }
    for ref in UInt64(1)...5 { quote(ref) }
  }

  private func below(_ limit: UInt64) -> UInt64 { random.next() % limit }

  private func quote(_ ref: UInt64) {
    time += Int64(below(3)) * second
    if below(200) == 0 { time += Int64(below(30)) * hour }
    let mid = ref == 5 ? mids[0] / mids[2] : mids[Int(ref) - 1]
    if ref < 5 { mids[Int(ref) - 1] = mid * (1 + (random.uniform() - 0.5) * (below(50) == 0 ? 0.02 : 0.0004)) }
    let half = mid * random.uniform() * 0.0002
    world.tick(time, mid - half, mid + half, on: ref)
  }

  func step() throws {
    switch below(12) {
    case 0: submit()
    case 1 where below(3) == 0: cancelOrModify()
    case 2 where below(4) == 0: _ = world.engine.pointee.close(symbolRef: 1 + below(4), quantity: 0)
    case 3 where below(20) == 0: world.advance(to: time)
    case 4 where below(40) == 0: _ = world.engine.pointee.cash(Int64(below(2_000)) * 1_000_000)
    case 5 where below(60) == 0:
      world.engine.pointee.setState(UInt32(below(3)))
      _ = world.engine.pointee.applyState()
      world.engine.pointee.setState(0)
      _ = world.engine.pointee.applyState()
    default: quote(1 + below(5))
    }
  }

  private func submit() {
    orders += 1
    let ref = 1 + below(4)
    let mid = mids[Int(ref) - 1]
    var request = fxaot_order_request()
    request.id = id(orders)
    request.symbol_ref = ref
    request.side = UInt32(1 + below(2))
    let sign = request.side == UInt32(FXAOT_BUY) ? 1.0 : -1.0
    request.quantity = Int64(1 + below(40)) * 1_000
    request.type = UInt32(below(6))
    (request.price, request.limit, request.trail_activation) = (.nan, .nan, .nan)
    (request.stop_loss, request.take_profit) = (.nan, .nan)
    func near() -> Double { mid * (1 + (random.uniform() - 0.5) * 0.004) }
    if request.type != UInt32(FXAOT_TYPE_MARKET) { request.price = near() }
    if request.type == UInt32(FXAOT_TYPE_STOP_LIMIT) || request.type == UInt32(FXAOT_TYPE_LIMIT_IF_TOUCHED) {
      request.limit = near()
    }
    if request.type == UInt32(FXAOT_TYPE_STOP), below(2) == 0 {
      request.trail_steps = Int64(1 + below(200))
      request.trail_step = Int64(below(20))
      if below(2) == 0 { request.price = .nan }
      if below(3) == 0 { request.trail_activation = near() }
    }
    if below(3) == 0 { request.stop_loss = mid * (1 - sign * 0.004) }
    if below(3) == 0 { request.take_profit = mid * (1 + sign * 0.004) }
    request.time_in_force = UInt32(below(5))
    if request.time_in_force == UInt32(FXAOT_GTD) { request.expires_ns = time + Int64(1 + below(500)) * minute }
    request.trigger = UInt32(below(3))
    request.reduce_only = below(8) == 0 ? 1 : 0
    if below(4) == 0 { request.oco = id(-Int(1 + below(3))) }
    if below(6) == 0, orders > 1 { request.after = id(orders - 1) }
    _ = world.engine.pointee.submit(request)
  }

  private func cancelOrModify() {
    let id = id(max(1, orders - Int(below(10))))
    if below(2) == 0 {
      _ = world.engine.pointee.cancel(id)
      return
    }
    var change = fxaot_order_change()
    (change.price, change.limit, change.stop_loss, change.take_profit) = (.nan, .nan, .nan, .nan)
    switch below(3) {
    case 0: change.quantity = Int64(1 + below(40)) * 1_000
    case 1: change.price = mids[Int(below(4))] * (1 + (random.uniform() - 0.5) * 0.004)
    default: change.stop_loss = mids[0] * 0.99
    }
    _ = world.engine.pointee.modify(id, change)
  }

  private func id(_ number: Int) -> fxaot_id {
    var id = fxaot_id()
    let text = number < 0 ? "g\(-number)" : "o\(number)"
    withUnsafeMutableBytes(of: &id.text) { $0.copyBytes(from: Array(text.utf8)) }
    id.length = UInt32(text.utf8.count)
    return id
  }
}
