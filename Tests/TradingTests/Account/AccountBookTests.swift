import Testing

@testable import Market
@testable import Trading

/// Prices in steps of 0.00001 unless a test says otherwise; profits in quantity × steps.
struct AccountBookTests {
  private let grid = PriceGrid(decimals: 5, stepUnits: 1)

  @Test func `a new book is flat`() {
    let book = AccountBook()
    #expect(book.quantity == 0)
    #expect(book.averagePrice(on: grid) == 0)
    #expect(book.unrealised(at: QuoteSteps(bid: 100, ask: 101)) == 0)
  }

  @Test func `adding moves the average`() {
    var book = AccountBook()
    #expect(book.fill(10_000, at: 110_000) == 0)
    #expect(book.averagePrice(on: grid) == 1.1)
    #expect(book.fill(30_000, at: 110_400) == 0)
    #expect(book.quantity == 40_000)
    // (1 × 1.10000 + 3 × 1.10400) / 4
    #expect(book.averagePrice(on: grid) == 1.103)
  }

  @Test func `reducing realises at the average and keeps it`() {
    var book = AccountBook()
    _ = book.fill(10_000, at: 110_000)
    _ = book.fill(30_000, at: 110_400)
    // 15,000 × (1.10500 − 1.10300) = 30 USD = 15,000 × 200 steps
    #expect(book.fill(-15_000, at: 110_500) == 3_000_000)
    #expect(book.quantity == 25_000)
    #expect(book.averagePrice(on: grid) == 1.103)
  }

  @Test func `closing realises all and leaves nothing`() {
    var book = AccountBook()
    _ = book.fill(-20_000, at: 110_000)
    #expect(book.fill(20_000, at: 109_950) == 1_000_000)
    #expect(book.quantity == 0)
    #expect(book.averagePrice(on: grid) == 0)
    #expect(book.unrealised(at: QuoteSteps(bid: 1, ask: 2)) == 0)
  }

  @Test func `reversing closes all and opens the rest at the new price`() {
    var book = AccountBook()
    _ = book.fill(10_000, at: 110_000)
    // 10,000 × −100 steps; 5,000 are short from there
    #expect(book.fill(-15_000, at: 109_900) == -1_000_000)
    #expect(book.quantity == -5_000)
    #expect(book.averagePrice(on: grid) == 1.099)
    #expect(book.fill(5_000, at: 109_800) == 500_000)
    #expect(book.quantity == 0)
  }

  @Test func `longs are valued at bid and shorts at ask`() {
    let quote = QuoteSteps(bid: 110_010, ask: 110_025)
    var long = AccountBook()
    _ = long.fill(10_000, at: 110_000)
    #expect(long.unrealised(at: quote) == 100_000)
    var short = AccountBook()
    _ = short.fill(-10_000, at: 110_000)
    #expect(short.unrealised(at: quote) == -250_000)
  }

  @Test func `what is closed in parts adds up to the whole`() {
    // 3 units for 10 in all: thirds of 10 are no whole steps, their sum must be.
    var book = AccountBook()
    _ = book.fill(1, at: 3)
    _ = book.fill(2, at: 3)
    _ = book.fill(1, at: 4)
    #expect(book.quantity == 4)  // cost 13
    let parts = [book.fill(-1, at: 5), book.fill(-1, at: 5), book.fill(-1, at: 5)]
    // 13/4 → 3, 10/3 → 3, 7/2 → 4 (half away from zero)
    #expect(parts == [2, 2, 1])
    #expect(book.fill(-1, at: 5) == 2)
    #expect(book.quantity == 0)
  }

  @Test func `a short is rounded like a long`() {
    var book = AccountBook()
    _ = book.fill(-1, at: 3)
    _ = book.fill(-1, at: 4)
    // half of −7 → −4, away from zero: bought back at 5, −5 + 4
    #expect(book.fill(1, at: 5) == -1)
    #expect(book.fill(1, at: 5) == -2)
  }

  @Test func `the largest position at the highest price can be reduced`() {
    let highest: Int64 = 1 << 51
    var book = AccountBook()
    for _ in 0..<1_000_000 { _ = book.fill(1_000_000_000_000, at: highest) }
    #expect(book.quantity == 1_000_000_000_000_000_000)
    #expect(book.fill(-999_999_999_999, at: highest) == 0)
    #expect(book.fill(-999_999_999_999, at: highest - 1) == -999_999_999_999)
  }

  @Test func `realised profit stops at the ends`() {
    var book = AccountBook()
    book.realise(.max)
    book.realise(.max)
    #expect(book.realised == .max)
    book.realise(.min)
    #expect(book.realised == -1)
  }
}
