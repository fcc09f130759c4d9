import Calendar
import StrategyIR
import Testing

@testable import StrategyVM

@Suite("Rates between currencies")
struct CurrencyRateTests {
  static let day: Int64 = 86_400_000
  /// 2024-01-01.
  static let start: Int64 = 1_704_067_200_000

  /// One bar a day from 2024-01-01 on.
  private func pair(_ base: String, _ quote: String, _ closes: [Double]) -> SymbolBars {
    var symbol = ScriptSymbol()
    (symbol.ticker, symbol.baseCurrency, symbol.currency) = (base + quote, base, quote)
    return SymbolBars(symbol: symbol, period: .day, bars: bars(minutes: 1440, closes))
  }

  private func data(_ pairs: SymbolBars...) -> MarketData {
    var data = MarketData()
    for pair in pairs { data.add(pair) }
    return data
  }

  private func at(_ days: Double) -> Int64 { Self.start + Int64(days * Double(Self.day)) }

  @Test func `the close of the day before holds all day; before the first day is over, its open`() throws {
    var rates = try #require(
      CurrencyRates(from: "EUR", to: "USD", in: data(pair("EUR", "USD", [1.1, 1.2, 1.3]))))
    #expect(rates.rate(at: at(0)) == 1.1)
    #expect(rates.rate(at: at(0.99)) == 1.1)
    #expect(rates.rate(at: at(1)) == 1.1)
    #expect(rates.rate(at: at(1.99)) == 1.1)
    #expect(rates.rate(at: at(2)) == 1.2)
    #expect(rates.rate(at: at(40)) == 1.3)
    #expect(rates.rate(at: at(1.5)) == 1.1)
    #expect(rates.rate(at: at(-0.01)).isNaN)
    #expect(rates.end == at(3))
  }

  @Test func `the inverse of a pair, and one cross, the dollar's before others`() throws {
    let yen = pair("USD", "JPY", [150, 160])
    var inverse = try #require(CurrencyRates(from: "JPY", to: "USD", in: data(yen)))
    #expect(inverse.rate(at: at(1)) == 1.0 / 150)
    #expect(inverse.description == "inverse of USDJPY")
    let pound = pair("GBP", "JPY", [200, 200])
    let all = data(pair("EUR", "GBP", [0.5, 0.5]), pound, pair("EUR", "USD", [1.1, 1.2]), yen)
    var cross = try #require(CurrencyRates(from: "EUR", to: "JPY", in: all))
    #expect(cross.rate(at: at(1)) == 1.1 * 150)
    #expect(cross.description == "EURUSD and USDJPY")
    var other = try #require(
      CurrencyRates(from: "EUR", to: "JPY", in: data(pair("EUR", "GBP", [0.5, 0.5]), pound)))
    #expect(other.rate(at: at(1)) == 100)
    #expect(CurrencyRates(from: "CHF", to: "JPY", in: all) == nil)
    var same = try #require(CurrencyRates(from: "CHF", to: "CHF", in: MarketData()))
    #expect(same.rate(at: 0) == 1)
  }

  @Test func `hours are days of their symbol's calendar`() throws {
    var symbol = ScriptSymbol()
    (symbol.ticker, symbol.baseCurrency, symbol.currency) = ("EURUSD", "EUR", "USD")
    let hours = bars(minutes: 60, (0..<60).map { 1 + Double($0) / 100 })
    let history = SymbolBars(symbol: symbol, period: try #require(Period("60")), bars: hours)
    var rates = try #require(CurrencyRates(from: "EUR", to: "USD", in: data(history)))
    #expect(rates.rate(at: at(0.5)) == 1)
    #expect(rates.rate(at: at(1)) == 1.23)
    #expect(rates.rate(at: at(2.2)) == 1.47)
  }

  @Test func `request.currency_rate is the rate of the day before on every bar`() throws {
    var b = ProgramBuilder()
    let x = b.request(timeframe: b.text("1D")) { [$0.bar(.close)] }
    b.program.requests[0].kind = .currencyRate
    b.program.requests[0].symbol = b.text("eur")
    b.program.requests[0].currency = b.text("USD")
    b.plot("x", x[0])
    let program = b.finish()
    let halves = bars(minutes: 720, [1, 1, 1, 1, 1, 1])
    let plots = try run(program, halves, timeframe: "720") {
      $0.data.add(pair("EUR", "USD", [1.1, 1.2, 1.3]))
    }.plots.map { $0[0] }
    #expect(plots == [1.1, 1.1, 1.1, 1.1, 1.2, 1.2])
    #expect(throws: ScriptError.noRate(from: "EUR", to: "USD")) {
      try run(program, halves, timeframe: "720")
    }
  }

  @Test func `currency of request.security converts each bar's prices at the rate of the day before`() throws {
    var b = ProgramBuilder()
    let x = b.request(timeframe: b.text("720")) { [$0.bar(.close)] }
    b.program.requests[0].currency = b.text("USD")
    b.plot("x", x[0])
    let program = b.finish()
    let halves = bars(minutes: 720, [10, 20, 30, 40, 50, 60])
    let plots = try run(program, halves, timeframe: "720") {
      $0.symbol.currency = "EUR"
      $0.data.add(pair("EUR", "USD", [1.5, 2, 1.3]))
    }.plots.map { $0[0] }
    #expect(plots == [15, 30, 45, 60, 100, 120])
  }

  @Test func `the account's rate is 1, and known, where the account is in the symbol's currency`() throws {
    var b = ProgramBuilder()
    b.plot("x", b.book(.accountRate))
    let program = b.finish()
    let plots = try run(program, bars([1, 2])).plots.map { $0[0] }
    #expect(plots == [1, 1])
  }
}
