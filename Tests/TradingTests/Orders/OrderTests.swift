import Testing

@testable import Trading

struct OrderTests {
  @Test func `the kind follows from the prices on either side`() {
    #expect(Order<Int64, Int64>(.buy, 1).kind == .market)
    #expect(Order<Int64, Int64>(.buy, 1, limit: 110_000).kind == .limit)
    #expect(Order<Int64, Int64>(.buy, 1, stop: 110_000).kind == .stop)
    #expect(Order<Int64, Int64>(.buy, 1, limit: 110_000, stop: 110_010).kind == .stopLimit)
    #expect(Order<Double, Double>(.sell, 1).kind == .market)
    #expect(Order<Double, Double>(.sell, 1, limit: 1.1).kind == .limit)
    #expect(Order<Double, Double>(.sell, 1, stop: 1.1).kind == .stop)
    #expect(Order<Double, Double>(.sell, 1, limit: 1.1, stop: 1.2).kind == .stopLimit)
  }

  @Test func `only an order without prices is a market order`() {
    #expect(Order<Double, Double>(.buy, 1).isMarket)
    #expect(!Order<Double, Double>(.buy, 1, limit: 1.1).isMarket)
    #expect(!Order<Int64, Int64>(.buy, 1, stop: 1).isMarket)
  }

  @Test func `a side is the sign of a direction or a quantity`() {
    #expect(Side(1.0) == .buy)
    #expect(Side(-1.0) == .sell)
    #expect(Side(Int64(-10_000)) == .sell)
    #expect(Side.buy.sign == 1)
    #expect(Side.sell.sign == -1)
  }

  @Test func `an accounts order keeps its signed quantity`() {
    for quantity: Int64 in [10_000, -10_000, 1_000_000_000_000, -1_000_000_000_000] {
      let order = AccountOrder(
        id: 1, strategySlot: 0, instrumentSlot: 0, quantity: quantity, fillsFrom: 1)
      #expect(order.quantity == quantity)
      #expect(order.order.quantity == Int64(quantity.magnitude))
      #expect(order.order.state == .sent)
    }
  }
}
