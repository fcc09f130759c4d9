import Foundation
import Testing

@testable import fxaot

/// `--data SYMBOL=FILE`.
struct DataOptionTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @discardableResult
  private func fxaot(_ arguments: [String]) throws -> String? {
    try scratch.fxaot(arguments)
  }

  /// Hours of 2024-03-04 from midnight UTC on, with these closes.
  private func hours(_ name: String, _ closes: [Double]) throws -> String {
    let rows = closes.enumerated().map { index, close in
      "\(1_709_510_400_000 + index * 3_600_000),\(close),\(close),\(close),\(close),1"
    }
    return try scratch.file(
      name, "timestamp,open,high,low,close,volume\n" + rows.joined(separator: "\n") + "\n")
  }

  private func plots() throws -> [String] {
    try scratch.text("plots.csv").split(separator: "\n").dropFirst().map { row in
      String(row.drop { $0 != "," }.dropFirst())
    }
  }

  private func run(_ script: String, _ bars: String, _ more: String...) throws -> String? {
    let path = try scratch.file("script.pine", "//@version=6\n" + script)
    return try fxaot(
      ["run", path, "--bars", bars, "--plots", scratch.path + "/plots.csv"] + more)
  }

  @Test func `Figures are read by days, from a file under the name that the request makes`() throws {
    let chart = try hours("chart.csv", (1...50).map(Double.init))
    // The days before the chart's first one and of it.
    let figures = try scratch.file(
      "gdp.csv", "time,open,high,low,close,volume\n2024-03-01,3,3,3,3,0\n2024-03-04,4,4,4,4,0\n")
    let script = "indicator(\"t\")\nplot(request.economic(\"US\", \"GDP\"))\n"
    #expect(try run(script, chart, "--data", "ECONOMIC;US;GDP=\(figures)") == nil)
    // A day is seen from the bar on that ends with it.
    #expect(try plots() == Array(repeating: "3.0", count: 23) + Array(repeating: "4.0", count: 27))
    #expect(try run(script, chart) == nil)
    #expect(try plots() == Array(repeating: "", count: 50))
    let dividend = "indicator(\"t\")\nplot(request.dividends(\"NASDAQ:AAPL\", dividends.net))\n"
    #expect(try run(dividend, chart, "--data", "NASDAQ:AAPL;DIVIDENDS;net=\(figures)") == nil)
    #expect(try plots().last == "4.0")
  }

  @Test func `Another symbol's bars are read, however the script writes its name`() throws {
    let chart = try hours("chart.csv", [1, 2, 3])
    let other = try hours("other.csv", [10, 20, 30])
    let names = [
      "\"NASDAQ:AAPL\"", "input.symbol(\"NASDAQ:AAPL\")", "\"NASDAQ\" + \":AAPL\"",
      "ticker.new(\"NASDAQ\", \"AAPL\")", "ticker.modify(\"NASDAQ:AAPL\", session.extended)",
    ]
    for name in names {
      let script = "indicator(\"t\")\nplot(request.security(\(name), \"60\", close))\n"
      #expect(try run(script, chart, "--data", "NASDAQ:AAPL=\(other)") == nil)
      #expect(try plots() == ["10.0", "20.0", "30.0"], "\(name)")
      #expect(
        try run(script, chart)
          == "script.pine: request.security needs bars of NASDAQ:AAPL: give "
          + "them with --data NASDAQ:AAPL=FILE (in Erlang: data => #{…})")
    }
  }

  @Test func `The chart's own symbol stays the chart`() throws {
    let chart = try hours("eurusd.csv", [1, 2, 3])
    for name in [
      "syminfo.tickerid", "syminfo.ticker", "\"\"", "\"EURUSD\"", "ticker.new(\"FX\", \"EURUSD\")",
      "syminfo.prefix + \":\" + syminfo.ticker",
    ] {
      let script = "indicator(\"t\")\nplot(request.security(\(name), \"\", close))\n"
      #expect(try run(script, chart) == nil, "\(name)")
      #expect(try plots() == ["1.0", "2.0", "3.0"], "\(name)")
    }
  }

  @Test func `A symbol that only a bar could settle is refused`() throws {
    let chart = try hours("chart.csv", [1, 2, 3])
    let script = """
      indicator("t")
      plot(request.security(close > 2 ? "A" : syminfo.tickerid, "60", close))

      """
    #expect(
      try run(script, chart)
        == "script.pine: line 3: request.security's symbol must be known before the first bar")
  }

  private let account = """
    strategy("t", initial_capital = 1000000, default_qty_value = 10000, margin_long = 2,
         margin_short = 2, currency = currency.USD)
    if bar_index == 0
        strategy.entry("L", strategy.long)
    if bar_index == 2
        strategy.close_all()
    plot(strategy.netprofit, "np")
    plot(strategy.convert_to_account(15000), "account")
    plot(strategy.convert_to_symbol(100), "symbol")
    plot(strategy.account_currency == "USD" ? 1 : 0, "usd")
    plot(syminfo.currency == "JPY" ? 1 : 0, "jpy")

    """

  @Test func `An account in dollars on USDJPY converts by the chart itself`() throws {
    let chart = try hours("usdjpy.csv", [150, 150, 151, 151, 151])
    #expect(try run(account, chart) == nil)
    #expect(try plots().first == "0.0,100.0,14999.999999999998,1.0,1.0")
    // 10,000 yen at 150, the price that held when the day began.
    #expect(try plots().last == "66.66666666666667,100.0,14999.999999999998,1.0,1.0")
  }

  @Test func `A pair that no data links is an error that names it`() throws {
    let chart = try hours("eurgbp.csv", [0.8, 0.8])
    let other = try hours("gbpusd-1h.csv", [1.25, 1.25])
    let script = """
      strategy("t", currency = currency.USD)
      plot(strategy.convert_to_account(4))

      """
    #expect(
      try run(script, chart)
        == "script.pine: cannot convert GBP to USD: no GBPUSD, no USDGBP, and "
        + "no two pairs that link them; give one with --data GBPUSD=FILE, or add it to the engine")
    #expect(try run(script, chart, "--data", "GBPUSD=\(other)") == nil)
    #expect(try plots() == ["5.0", "5.0"])
  }

  @Test func `Rates that begin after the first bar that may trade are refused`() throws {
    let chart = try hours("eurgbp.csv", [0.8, 0.8, 0.8])
    let late = try scratch.file(
      "late.csv",
      """
      timestamp,open,high,low,close,volume
      1709514000000,1.2,1.2,1.2,1.2,1
      1709517600000,1.2,1.2,1.2,1.2,1

      """)
    let script = "strategy(\"t\", currency = currency.USD)\nplot(strategy.convert_to_account(1))\n"
    #expect(
      try run(script, chart, "--data", "GBPUSD=\(late)")
        == "script.pine: cannot convert GBP to USD on the first bar that may trade: the "
        + "rates start later")
    #expect(
      try run(
        script, chart, "--data", "GBPUSD=\(late)", "--from", "2024-03-04T01:00:00Z") == nil)
    #expect(try plots() == ["", "1.2", "1.2"])
  }

  @Test func `What --data does not understand is said`() throws {
    let chart = try hours("chart.csv", [1, 2])
    let script = "indicator(\"t\")\nplot(close)\n"
    #expect(
      try run(script, chart, "--data", "EURUSD")
        == "--data: 'EURUSD' has no file; write it as --data EURUSD=eurusd-1h.csv")
    #expect(
      try run(script, chart, "--symbol", "EURUSD", "--data", "FX:EURUSD=\(chart)")
        == "--data: FX:EURUSD is the chart's own symbol, which has its bars already")
  }

  @Test func `a name splits into the currencies of its pair`() {
    func pair(_ name: String) -> [String] {
      CurrencyPair(name).map { [$0.base, $0.quote] } ?? []
    }
    #expect(pair("EURUSD") == ["EUR", "USD"])
    #expect(pair("ethusdt") == ["ETH", "USDT"])
    #expect(pair("USDTUSD") == ["USDT", "USD"])
    #expect(pair("BTCBUSD") == ["BTC", "BUSD"])
    #expect(pair("WIFUSDT") == ["WIF", "USDT"])
    #expect(pair("AAPL") == [])
    #expect(pair("CHART") == [])
    #expect(CurrencyPair(known: "WIFUSDT") == nil)
  }

  @Test func `The source of an input is chosen with --param`() throws {
    let chart = try scratch.file(
      "chart.csv",
      """
      timestamp,open,high,low,close,volume
      1709510400000,1,4,0.5,2,1
      1709514000000,2,5,1.5,3,1

      """)
    for script in [
      "src = input.source(close, \"Source\")", "src = input(close, title = \"Source\")",
    ] {
      let whole = "indicator(\"t\")\n\(script)\nplot(src)\nplot(src[1])\n"
      #expect(try run(whole, chart, "--param", "Source=high") == nil)
      #expect(try plots() == ["4.0,", "5.0,4.0"])
      #expect(try run(whole, chart, "--param", "src=ohlc4") == nil)
      #expect(try plots() == ["1.875,", "2.875,1.875"])
      #expect(try run(whole, chart) == nil)
      #expect(try plots() == ["2.0,", "3.0,2.0"])
      #expect(
        try run(whole, chart, "--param", "Source=hig")
          == "the input Source needs one of open, high, low, close, volume, hl2, hlc3, ohlc4, hlcc4, "
          + "not 'hig'")
    }
  }
}
