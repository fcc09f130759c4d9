import CFxaot
import Records
import Testing

@testable import Trading

@Suite struct SharedListTests {
  private static let block = SharedList<fxaot_trade>.blockCapacity

  private func trade(_ number: Int) -> fxaot_trade {
    var trade = fxaot_trade()
    trade.entry_order = Int64(number)
    return trade
  }

  private func numbers(_ list: borrowing SharedList<fxaot_trade>) -> [Int] {
    (0..<list.count).map { Int(list.at($0).pointee.entry_order) }
  }

  private func loaded(_ bytes: [UInt8]) -> [Int] {
    bytes.withUnsafeBytes { raw in
      var loader = StateLoader(raw, format: StateFormat.newest)
      var list = SharedList<fxaot_trade>()
      list.persist(&loader)
      return loader.isValid && loader.isAtEnd ? numbers(list) : []
    }
  }

  @Test(arguments: [0, 1, block - 1, block, block + 1, 3 * block]) func `What is saved is loaded`(_ count: Int) {
    var list = SharedList<fxaot_trade>()
    for number in 0..<count { _ = list.append(trade(number)) }
    var saver = StateSaver()
    list.persist(&saver)
    let bytes = saver.bytes()
    #expect(bytes.count == 8 + 88 * count)
    #expect(loaded(bytes) == Array(0..<count))
  }

  @Test func `A snapshot keeps what the list changes, adds and removes afterwards`() {
    let count = 2 * Self.block + 10
    var list = SharedList<fxaot_trade>()
    for number in 0..<count { _ = list.append(trade(number)) }
    var (first, second) = (StateSaver(), StateSaver())
    list.persist(&first)
    for place in [0, Self.block, count - 1] { list.change(place).pointee.entry_order = -1 }
    for number in 0..<Self.block { _ = list.append(trade(number)) }
    list.persist(&second)
    let removed = list.removeOldest(Self.block + 1)
    #expect(removed == Self.block)
    list.keepFirst(5)
    _ = list.append(trade(7))
    let rest = numbers(list)
    #expect(rest == [-1] + (Self.block + 1..<Self.block + 5) + [7])
    #expect(loaded(first.bytes()) == Array(0..<count))
    var changed = Array(0..<count) + Array(0..<Self.block)
    for place in [0, Self.block, count - 1] { changed[place] = -1 }
    #expect(loaded(second.bytes()) == changed)
  }

  @Test func `A snapshot outlives the list`() {
    var saver = StateSaver()
    do {
      var list = SharedList<fxaot_trade>()
      for number in 0..<Self.block + 1 { _ = list.append(trade(number)) }
      list.persist(&saver)
    }
    #expect(loaded(saver.bytes()) == Array(0...Self.block))
  }

  @Test func `Beyond its limit a list of trades forgets the older half`() {
    var trades = TradeList()
    for number in 0...TradeList.limit { trades.append(trade(number)) }
    let (forgotten, first, count) = (
      trades.forgotten, trades.trades.at(0).pointee.entry_order, trades.trades.count
    )
    #expect(forgotten == TradeList.limit / 2)
    #expect(Int(first) == TradeList.limit / 2)
    #expect(count == TradeList.limit / 2 + 1)
  }

  @Test func `Records that are forgotten stay in the snapshot before`() {
    let block = SharedList<OrderRecords.Record>.blockCapacity
    var records = OrderRecords(limit: 3 * block)
    for number in 0..<3 * block {
      var order = fxaot_order()
      order.order_id = Int64(number)
      order.state = FXAOT_ORDER_FILLED.rawValue
      _ = records.add(TestAccount.id("n\(number)"), end: 0, order)
    }
    var (now, later) = (StateSaver(), StateSaver())
    records.persist(&now)
    records.persist(&later)
    let bytes = now.bytes()
    _ = records.forget()
    let (count, place) = (records.count, records.place(of: TestAccount.id("n\(3 * block - 1)")))
    #expect(count == 3 * block - 3 * block / 2)
    #expect(place == count - 1)
    #expect(later.bytes() == bytes)
  }

  @Test func `Of a list of records the changed ones are saved again`() {
    var records = OrderRecords(limit: 1_000)
    for number in 0..<300 { _ = records.add(TestAccount.id("n\(number)"), end: 0, fxaot_order()) }
    func saved(_ records: inout OrderRecords) -> Int {
      var saver = StateSaver()
      records.persistTouched(&saver)
      return (saver.bytes().count - 16) / 233
    }
    let counts = (saved(&records), saved(&records))
    #expect(counts == (300, 0))
    _ = records[7]
    records.hold(0)
    records.hold(299)
    records.hold(299)
    let again = saved(&records)
    #expect(again == 2)
  }
}
