import CFxaot
import FXCore
import Trading

/// An account at a moment of its journal. Money is in whole units of its currency.
struct JournalReport: Codable, Equatable {
  struct Position: Codable, Equatable {
    var symbol: String
    var quantity: Int64
    var averagePrice, realised, unrealised: Double
  }

  struct Order: Codable, Equatable {
    var number: Int64
    var id, symbol, strategy, side, type, state: String
    var quantity, filled: Int64
    var price: Double?
  }

  struct Strategy: Codable, Equatable {
    var name, strategy, symbol: String
    var bars, signals, orders, fills: UInt64
    var quantity: Int64
  }

  var records: Int
  var sequence: UInt64
  var timeNs: Int64?
  var currency, state: String
  var balance, equity, marginUsed, realised, unrealised: Double
  var positions: [Position]
  var orders: [Order]
  var strategies: [Strategy]

  init(_ replay: borrowing JournalReplay) {
    let account = replay.engine.account
    (records, sequence, timeNs) = (replay.records, replay.sequence, replay.time)
    currency = withUnsafeBytes(of: account.currency) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    state = Self.word(account.state, ["active", "reducing", "halted"])
    (balance, equity) = (Self.money(account.balance_micro), Self.money(account.equity_micro))
    marginUsed = Self.money(account.margin_used_micro)
    (realised, unrealised) = (Self.money(account.realised_micro), Self.money(account.unrealised_micro))
    let names = replay.names
    positions = Self.all(fxaot_position()) { replay.engine.positions(into: $0) }.map {
      Position(
        symbol: names.text($0.symbol_ref), quantity: $0.quantity, averagePrice: $0.average_price,
        realised: Self.money($0.realised_micro), unrealised: Self.money($0.unrealised_micro))
    }
    orders = Self.all(fxaot_order()) { replay.engine.orders(into: $0) }.map { Self.order($0, names) }
    strategies = Self.all(fxaot_strategy_stats()) { replay.engine.strategyStats(into: $0) }.map {
      Strategy(
        name: names.text($0.strategy_ref), strategy: $0.strategy.map { String(cString: $0) } ?? "",
        symbol: names.text($0.symbol_ref), bars: $0.bars, signals: $0.signals, orders: $0.orders, fills: $0.fills,
        quantity: $0.quantity)
    }
  }

  private static func order(_ order: fxaot_order, _ names: JournalReplay.Names) -> Order {
    let end = order.name_end < 3 ? ["", ".sl", ".tp"][Int(order.name_end)] : ""
    let id = withUnsafeBytes(of: order.name.text) {
      String(decoding: $0.prefix(Int(order.name_length)), as: UTF8.self)
    }
    return Order(
      number: order.order_id, id: id + end, symbol: names.text(order.symbol_ref),
      strategy: names.text(order.strategy_ref), side: Int(order.side) == FXAOT_BUY ? "buy" : "sell",
      type: word(order.type, ["market", "limit", "stop", "stop_limit", "market_if_touched", "limit_if_touched"]),
      state: word(
        order.state,
        [
          "new", "accepted", "triggered", "part_filled", "filled", "cancelled", "rejected", "expired", "modified",
          "pending_new",
        ]), quantity: order.quantity, filled: order.filled, price: order.price.isFinite ? order.price : nil)
  }

  private static func word(_ code: UInt32, _ words: [String]) -> String {
    code < words.count ? words[Int(code)] : "\(code)"
  }

  private static func money(_ micro: Int64) -> Double { Double(micro) / 1e6 }

  private static func all<Item>(_ fresh: Item, _ read: (UnsafeMutableBufferPointer<Item>) -> Int) -> [Item] {
    var items = [Item](repeating: fresh, count: read(UnsafeMutableBufferPointer(start: nil, count: 0)))
    items.withUnsafeMutableBufferPointer { _ = read($0) }
    return items
  }

  func json() throws(ToolError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let data = try? encoder.encode(self) else { throw .failed("cannot write the account as JSON") }
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  var table: String {
    var rows = [
      ("records", "\(records), up to \(sequence)"), ("time", timeNs.map(JournalTime.text) ?? "of the snapshot"),
      ("balance", amount(balance)), ("equity", amount(equity)), ("margin used", amount(marginUsed)),
      ("profit", amount(realised)), ("open profit", amount(unrealised)), ("state", state),
    ]
    for position in positions {
      rows.append(
        (
          "position",
          "\(position.symbol) \(position.quantity) at \(PlainNumber.text(position.averagePrice)), "
            + "profit \(amount(position.realised)), open \(amount(position.unrealised))"
        ))
    }
    for order in orders {
      let price = order.price.map { " at " + PlainNumber.text($0) } ?? ""
      let id = order.id.isEmpty ? "" : " \(order.id)"
      rows.append(
        (
          "order",
          "\(order.number)\(id): \(order.side) \(order.quantity) \(order.symbol) \(order.type)\(price), "
            + "\(order.state), \(order.filled) filled"
        ))
    }
    for strategy in strategies {
      rows.append(
        (
          "strategy",
          "\(strategy.name): \(strategy.strategy) on \(strategy.symbol), \(strategy.bars) bars, "
            + "\(strategy.fills) fills, position \(strategy.quantity)"
        ))
    }
    // No label has more than 12 letters.
    return rows.map { $0 + String(repeating: " ", count: 13 - $0.count) + $1 + "\n" }.joined()
  }

  private func amount(_ money: Double) -> String { PlainNumber.fixed(money, places: 2) + " " + currency }
}
