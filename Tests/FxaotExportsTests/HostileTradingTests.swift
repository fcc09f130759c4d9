import CFxaot
import FxaotExports
import Testing

/// The trading functions of fxaot.h with null pointers, and with bytes that no caller should send.
struct HostileTradingTests {
  private let argument = Int32(FXAOT_BAD_ARGUMENT.rawValue)
  private let badOrder = Int32(FXAOT_BAD_ORDER.rawValue)

  @Test func `null pointers are answered`() throws {
    let world = try CWorld()
    var id = fxaot_id("a")
    var answer = fxaot_order_answer()
    fxaot_account_terms_default(nil)
    for engine in [nil, world.engine] {
      #expect(fxaot_engine_set_account(engine, nil) == argument)
      #expect(fxaot_engine_set_risk(engine, nil) == argument)
      #expect(fxaot_engine_set_venue(engine, nil) == argument)
      #expect(fxaot_engine_set_terms(engine, 1, nil) == argument)
      #expect(fxaot_engine_submit(engine, nil, &answer) == argument)
      #expect(fxaot_engine_modify(engine, &id, nil, nil) == argument)
      #expect(fxaot_engine_modify(engine, nil, nil, nil) == argument)
      #expect(fxaot_engine_cancel(engine, nil, nil) == argument)
      #expect(fxaot_engine_close_ticket(engine, nil, 0, nil) == argument)
      #expect(fxaot_engine_close_by(engine, &id, nil, nil) == argument)
      #expect(fxaot_engine_close_by(engine, nil, &id, nil) == argument)
      #expect(fxaot_engine_order(engine, &id, nil) == argument)
      #expect(fxaot_engine_order(engine, nil, nil) == argument)
      #expect(fxaot_engine_order_numbered(engine, 1, nil) == argument)
      #expect(fxaot_engine_orders(engine, nil, .max) == 0)
      #expect(fxaot_engine_tickets(engine, nil, .max) == 0)
      #expect(fxaot_engine_trades(engine, .max, nil, .max) == 0)
    }
    #expect(fxaot_engine_cancel_all(nil, 0, 0) == 0)
    var report = fxaot_report()
    #expect(fxaot_engine_set_gateway(nil, 2) == argument)
    #expect(fxaot_engine_requests(nil, 0, nil, .max) == 0)
    #expect(fxaot_engine_requests(world.engine, 0, nil, .max) == 0)
    #expect(fxaot_engine_report(nil, &report, nil) == argument)
    #expect(fxaot_engine_report(world.engine, nil, nil) == argument)
    #expect(fxaot_engine_report(world.engine, &report, nil) == FXAOT_BAD_CONFIG.rawValue)
    fxaot_engine_gateway(nil, nil)
    fxaot_engine_gateway(world.engine, nil)
    #expect(fxaot_engine_close_symbol(nil, 1, 0, nil) == argument)
    #expect(fxaot_engine_cash(nil, 1, nil) == argument)
    fxaot_engine_set_state(nil, 2)
    #expect(fxaot_engine_apply_state(nil) == argument)
    #expect(fxaot_advance_work(nil, .max) == 0 && fxaot_advance_work(world.engine, .max) == 0)
    var order = fxaot_order()
    #expect(fxaot_engine_order_numbered(nil, 1, &order) == argument)
    #expect(fxaot_engine_order_numbered(world.engine, .min, &order) == FXAOT_NOT_FOUND.rawValue)
    fxaot_actor_publish(nil)
  }

  @Test func `ids longer than their memory are refused`() throws {
    let world = try CWorld()
    var answer = fxaot_order_answer()
    var order = fxaot_order()
    for length in [UInt32(65), 1 << 31, .max] {
      var id = fxaot_id("a")
      id.length = length
      var change = fxaot_order_change()
      #expect(fxaot_engine_modify(world.engine, &id, &change, &answer) == badOrder)
      #expect(answer.fault == FXAOT_FAULT_ID.rawValue)
      #expect(fxaot_engine_cancel(world.engine, &id, &answer) == badOrder)
      #expect(fxaot_engine_close_ticket(world.engine, &id, 0, &answer) == badOrder)
      #expect(answer.fault == FXAOT_FAULT_TICKET.rawValue)
      #expect(fxaot_engine_close_by(world.engine, &id, &id, nil) == badOrder)
      #expect(fxaot_engine_order(world.engine, &id, &order) == FXAOT_NOT_FOUND.rawValue)
      for field in [\fxaot_order_request.id, \.oco, \.after] {
        var request = fxaot_order_request.market("b")
        request[keyPath: field].length = length
        #expect(fxaot_engine_submit(world.engine, &request, &answer) == badOrder)
      }
    }
    for end in [UInt32(3), .max] {
      var id = fxaot_id("a")
      id.end = end
      #expect(fxaot_engine_cancel(world.engine, &id, &answer) == badOrder)
      #expect(fxaot_engine_order(world.engine, &id, &order) == FXAOT_NOT_FOUND.rawValue)
    }
    var empty = fxaot_id()
    #expect(fxaot_engine_cancel(world.engine, &empty, &answer) == badOrder)
    #expect(fxaot_engine_order(world.engine, &empty, &order) == FXAOT_NOT_FOUND.rawValue)
  }

  @Test func `reports with random bytes neither trap nor unbalance the account`() throws {
    let world = try CWorld()
    #expect(fxaot_engine_set_gateway(world.engine, 3) == FXAOT_BAD_CONFIG.rawValue)
    #expect(fxaot_engine_set_gateway(world.engine, 2) == FXAOT_OK.rawValue)
    _ = fxaot_tick(world.engine, 1, 1_704_240_000_000_000_000, 1.1, 1.1001, 0, 0, 0)
    var random = SystemRandomNumberGenerator()
    var verdict: UInt32 = 0
    for round in 0..<20_000 {
      if round % 50 == 0 {
        var request = fxaot_order_request.market("a\(round)")
        _ = fxaot_engine_submit(world.engine, &request, nil)
      }
      var report = fxaot_report()
      withUnsafeMutableBytes(of: &report) { bytes in
        if round % 4 == 0 { for index in bytes.indices { bytes[index] = UInt8.random(in: 0...255, using: &random) } }
      }
      if round % 4 != 0 || round % 8 == 0 {
        report.id = fxaot_id("a\(round / 50 * 50)")
        report.kind = UInt32.random(in: 0...10, using: &random)
        report.execution = fxaot_id("e\(round % 7)")
        report.quantity = [1, 1_000, 1_000_000_000_000, .max, .min, 0].randomElement(using: &random) ?? 0
        report.price = [1.1, .nan, .infinity, 1e300, 0].randomElement(using: &random) ?? 0
        report.has_commission = UInt32.random(in: 0...2, using: &random)
        report.commission_micro = [0, .max, .min, 1_000_000].randomElement(using: &random) ?? 0
      }
      _ = fxaot_engine_report(world.engine, &report, &verdict)
      #expect(verdict <= 4)
      fxaot_engine_clear_events(world.engine)
    }
    var account = fxaot_account()
    fxaot_engine_account(world.engine, &account)
    let sum = account.balance_micro.addingReportingOverflow(account.unrealised_micro)
    #expect(sum.overflow || sum.partialValue == account.equity_micro)
  }

  @Test func `numbers that are no enumeration's are named`() throws {
    let world = try CWorld()
    let fields: [(WritableKeyPath<fxaot_order_request, UInt32>, UInt32, fxaot_order_fault)] = [
      (\.side, 0, FXAOT_FAULT_SIDE), (\.side, 3, FXAOT_FAULT_SIDE),
      (\.type, 6, FXAOT_FAULT_TYPE), (\.type, .max, FXAOT_FAULT_TYPE),
      (\.time_in_force, 5, FXAOT_FAULT_TIME_IN_FORCE), (\.trigger, 3, FXAOT_FAULT_TYPE),
      (\.reduce_only, 2, FXAOT_FAULT_TYPE), (\.post_only, .max, FXAOT_FAULT_TYPE),
    ]
    for (field, value, fault) in fields {
      var request = fxaot_order_request.market("a")
      var answer = fxaot_order_answer()
      request[keyPath: field] = value
      #expect(fxaot_engine_submit(world.engine, &request, &answer) == badOrder)
      #expect(answer.fault == fault.rawValue)
      #expect(answer.order_id == 0)
    }
    var id = fxaot_id("a")
    var answer = fxaot_order_answer()
    #expect(fxaot_engine_close_symbol(world.engine, 1, -1, &answer) == badOrder)
    #expect(answer.fault == FXAOT_FAULT_QUANTITY.rawValue)
    #expect(fxaot_engine_close_ticket(world.engine, &id, .min, &answer) == badOrder)
    #expect(answer.fault == FXAOT_FAULT_QUANTITY.rawValue)
    #expect(fxaot_engine_orders(world.engine, nil, 0) == 0)
  }

  @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6])
  func `random calls in random order do not crash`(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let world = try CWorld()
    var run = Run(engine: world.engine)
    run.setTerms(&random, isHedging: seed % 2 == 0)
    for _ in 0..<20_000 {
      switch random.below(12) {
      case 0: run.setAnything(&random)
      case 1...3: run.submit(&random)
      case 4: run.change(&random)
      case 5: run.close(&random)
      case 6: run.read(&random)
      case 7 where random.below(8) == 0: run.setState(&random)
      default: run.tick(&random)
      }
    }
    #expect(run.accepted > 50)
    var account = fxaot_account()
    fxaot_engine_account(world.engine, &account)
    if account.unvalued == 0 {
      let (equity, overflow) = account.balance_micro.addingReportingOverflow(
        account.unrealised_micro)
      if !overflow { #expect(account.equity_micro == equity) }
    }
  }
}

extension fxaot_id {
  init(_ text: String) {
    self.init()
    length = UInt32(text.utf8.count)
    withUnsafeMutableBytes(of: &self.text) { $0.copyBytes(from: Array(text.utf8).prefix(64)) }
  }
}

extension fxaot_order_request {
  /// A buy of 1,000 at the market.
  static func market(_ id: String) -> Self {
    var request = Self()
    request.id = fxaot_id(id)
    request.symbol_ref = 1
    request.side = UInt32(FXAOT_BUY)
    request.quantity = 1_000
    request.price = .nan
    request.limit = .nan
    request.trail_activation = .nan
    request.stop_loss = .nan
    request.take_profit = .nan
    return request
  }
}

/// Calls that make sense now and then, so that there are orders and positions to disturb.
private struct Run {
  let engine: OpaquePointer?
  var accepted = 0
  private var time = Int64(1_704_240_000_000_000_000)
  private let integers: [Int64] = [.min, -1, 0, 1, 2, 63, 1_000, 1 << 31, 1 << 32, .max - 1, .max]
  private let numbers: [Double] = [
    .nan, .signalingNaN, .infinity, -.infinity, 0, -0.0, -1, .leastNonzeroMagnitude, 1e-5, 1.1,
    0x1p51, 1e300, .greatestFiniteMagnitude,
  ]
  private let names = ["a", "b", "c", "d", "e", "a.sl", "b.tp", "close.1", "stop_out.1", ""]

  init(engine: OpaquePointer?) { self.engine = engine }

  mutating func tick(_ random: inout SplitMix) {
    time += Int64(random.below(3)) * 1_000_000_000
    if random.below(200) == 0 { time += 86_400_000_000_000 }
    let bid = Double(109_000 + random.below(2_000)) / 100_000
    let size = random.below(3) == 0 ? Double(random.below(2_000)) : 0
    _ = fxaot_tick(engine, 1, time, bid, bid + 0.0001, size, size, 0)
    if random.below(50) == 0 { _ = fxaot_advance(engine, time) }
    if random.below(4) == 0 { fxaot_engine_clear_events(engine) }
  }

  func setTerms(_ random: inout SplitMix, isHedging: Bool) {
    var account = fxaot_account_terms()
    fxaot_account_terms_default(&account)
    account.mode = UInt32(isHedging ? FXAOT_HEDGING : FXAOT_NETTING)
    account.liquidation = UInt32(random.below(5))
    #expect(fxaot_engine_set_account(engine, &account) == 0)
  }

  func setAnything(_ random: inout SplitMix) {
    switch random.below(5) {
    case 0:
      var account = fxaot_account_terms()
      random.fill(&account)
      _ = fxaot_engine_set_account(engine, &account)
    case 1:
      var risk = fxaot_risk()
      if random.below(2) == 0 { random.fill(&risk) }
      risk.max_spread_steps = random.pick(integers)
      _ = fxaot_engine_set_risk(engine, &risk)
      risk = fxaot_risk()
      _ = fxaot_engine_set_risk(engine, &risk)
    case 2:
      var venue = fxaot_venue()
      if random.below(2) == 0 { random.fill(&venue) }
      venue.slippage_steps = random.pick(integers)
      _ = fxaot_engine_set_venue(engine, &venue)
    case 3:
      var terms = fxaot_terms()
      random.fill(&terms)
      _ = fxaot_engine_set_terms(engine, UInt64(random.below(3)), &terms)
    default:
      var terms = fxaot_terms()
      terms.swap_long = random.pick(integers)
      terms.commission = random.pick(integers)
      terms.margin_rate = random.pick([0, 20_000_000, 1_000_000_000])
      _ = fxaot_engine_set_terms(engine, 1, &terms)
      _ = fxaot_engine_cash(engine, random.pick(integers), nil)
    }
  }

  mutating func submit(_ random: inout SplitMix) {
    var request = fxaot_order_request.market(random.pick(names))
    if random.below(4) != 0 { request.id = fxaot_id("n\(random.below(100_000))") }
    request.side = UInt32(random.below(2)) + 1
    request.type = UInt32(random.below(6))
    request.time_in_force = UInt32(random.below(5))
    request.trigger = UInt32(random.below(3))
    request.quantity = Int64(random.below(20_000))
    if request.type != 0 { request.price = price(&random) }
    if request.type == 3 || request.type == 5 { request.limit = price(&random) }
    if request.time_in_force == 2 { request.expires_ns = time + Int64(random.below(1 << 40)) }
    if random.below(4) == 0 { request.stop_loss = price(&random) }
    if random.below(4) == 0 { request.take_profit = price(&random) }
    if random.below(6) == 0 { request.oco = fxaot_id("g") }
    if random.below(6) == 0 { request.after = fxaot_id(random.pick(names)) }
    if random.below(6) == 0 { request.reduce_only = 1 }
    if random.below(6) == 0 { request.trail_steps = random.pick(integers) }
    switch random.below(30) {
    case 0: random.fill(&request)
    case 1: request.quantity = random.pick(integers)
    case 2: request.price = random.pick(numbers)
    case 3: request.stop_loss = random.pick(numbers)
    case 4: request.symbol_ref = UInt64(random.below(3))
    case 5: request.expires_ns = random.pick(integers)
    case 6: request.strategy_ref = random.next()
    default: break
    }
    var answer = fxaot_order_answer()
    if fxaot_engine_submit(engine, &request, &answer) == 0 { accepted += 1 }
  }

  private func price(_ random: inout SplitMix) -> Double {
    Double(109_000 + random.below(2_000)) / 100_000
  }

  private func known(_ random: inout SplitMix) -> fxaot_id {
    var orders = [fxaot_order](repeating: fxaot_order(), count: 8)
    let count = min(fxaot_engine_orders(engine, &orders, 8), 8)
    var id = fxaot_id(random.pick(names))
    if count > 0 && random.below(4) != 0 {
      let order = orders[Int(random.below(count))]
      id.text = order.name.text
      id.length = UInt32(order.name_length)
    }
    return id
  }

  func change(_ random: inout SplitMix) {
    var id = known(&random)
    var change = fxaot_order_change()
    change.price = random.below(2) == 0 ? price(&random) : .nan
    change.limit = random.below(8) == 0 ? random.pick(numbers) : .nan
    change.stop_loss = random.below(4) == 0 ? price(&random) : .nan
    change.take_profit = random.below(8) == 0 ? random.pick(numbers) : .nan
    change.quantity = random.below(2) == 0 ? Int64(random.below(20_000)) : random.pick(integers)
    if random.below(20) == 0 { random.fill(&change) }
    if random.below(3) == 0 {
      _ = fxaot_engine_cancel(engine, &id, nil)
    } else {
      _ = fxaot_engine_modify(engine, &id, &change, nil)
    }
    if random.below(100) == 0 { _ = fxaot_engine_cancel_all(engine, random.below(3), 0) }
  }

  func close(_ random: inout SplitMix) {
    var tickets = [fxaot_ticket](repeating: fxaot_ticket(), count: 4)
    let count = Int(min(fxaot_engine_tickets(engine, &tickets, 4), 4))
    let quantity = random.below(2) == 0 ? 0 : random.pick(integers)
    var ids = [known(&random), known(&random)]
    for index in 0..<min(count, 2) where random.below(4) != 0 {
      let ticket = tickets[Int(random.below(UInt64(count)))]
      ids[index].text = ticket.name.text
      ids[index].length = ticket.name_length
    }
    switch random.below(3) {
    case 0: _ = fxaot_engine_close_symbol(engine, random.below(3), quantity, nil)
    case 1: _ = fxaot_engine_close_ticket(engine, &ids[0], quantity, nil)
    default:
      var other = ids[1]
      _ = fxaot_engine_close_by(engine, &ids[0], &other, nil)
    }
  }

  func setState(_ random: inout SplitMix) {
    fxaot_engine_set_state(engine, UInt32(truncatingIfNeeded: random.pick(integers)))
    if random.below(2) == 0 { _ = fxaot_engine_apply_state(engine) }
    fxaot_engine_set_state(engine, 0)
    _ = fxaot_engine_apply_state(engine)
  }

  func read(_ random: inout SplitMix) {
    var account = fxaot_account()
    fxaot_engine_account(engine, &account)
    var orders = [fxaot_order](repeating: fxaot_order(), count: 4)
    var tickets = [fxaot_ticket](repeating: fxaot_ticket(), count: 4)
    var trades = [fxaot_trade](repeating: fxaot_trade(), count: 4)
    _ = fxaot_engine_orders(engine, &orders, random.below(5))
    _ = fxaot_engine_tickets(engine, &tickets, random.below(5))
    _ = fxaot_engine_trades(engine, random.below(2) == 0 ? 0 : .max, &trades, random.below(5))
    var id = known(&random)
    _ = fxaot_engine_order(engine, &id, &orders)
  }
}
