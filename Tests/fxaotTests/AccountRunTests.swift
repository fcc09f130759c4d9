import ArgumentParser
import Testing

@testable import fxaot

/// `fxaot run SCRIPT --account FILE`.
struct AccountRunTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func run(
    _ body: String, quotes: String, account: String, _ more: String...
  ) throws -> (summary: BacktestSummary, failure: String?) {
    let script = try scratch.file("script.pine", "//@version=6\nstrategy(\"S\", margin_long = 0)\n" + body)
    let ticks = try scratch.file("eurusd.csv", "time,bid,ask\n" + quotes)
    let file = try scratch.file("account.jsonl", account)
    let options = try RunCommand.parse([script, "--ticks", ticks, "--account", file] + more)
    return try AccountRun(options, script, file).result()
  }

  @Test func `profit, commission and swap are the account's`() throws {
    // 17:00 in New York is 22:00Z. The script buys a lot at 1.1002 and sells it at 1.1010, over one night.
    let summary = try run(
      """
      if bar_index == 0
          strategy.entry("L", strategy.long, 100000)
      if bar_index == 1
          strategy.close("L")
      """,
      quotes: """
        2024-03-05T21:50:00Z,1.1,1.1001
        2024-03-05T21:51:00Z,1.1,1.1001
        2024-03-05T21:51:01Z,1.1001,1.1002
        2024-03-05T22:10:00Z,1.1,1.1001
        2024-03-05T22:10:01Z,1.1010,1.1011

        """,
      account: #"""
        {"account": {"currency": "USD", "balance": 10000}}
        {"instrument": {"symbol": "EURUSD", "swap_mode": "points", "swap_long": -6.5, "commission": {"per_lot": 3.5, "currency": "USD"}}}
        """#,
      "--trades", scratch.path + "/trades.csv"
    ).summary
    let account = try #require(summary.account)
    #expect(account.commission == 7 && account.swap == -6.5 && account.swapNights == 1)
    #expect(account.balance == 10_066.5 && account.equity == 10_066.5 && account.marginLevel == nil)
    #expect(account.orders == 2 && account.fills == 2 && account.refused.isEmpty && account.cancelled.isEmpty)
    #expect(abs(summary.statistics.netProfit - 80) < 1e-6 && summary.statistics.bars == 2)
    #expect(
      try scratch.text("trades.csv").split(separator: "\n").last.map(String.init)
        == "1,long,2024-03-05T21:51:01Z,1.1002,2024-03-05T22:10:01Z,1.101,100000.0,80.0,L,Close entry(s) order L")
  }

  @Test func `a stop-out closes the script's position`() throws {
    // 400,000 at 1.1 need 8,800 of margin. At 1.078 the equity is 1,200, below a fifth of 8,624.
    let summary = try run(
      """
      if bar_index == 0
          strategy.entry("L", strategy.long, 400000)
      """,
      quotes: """
        2024-03-05T10:00:00Z,1.1,1.1
        2024-03-05T10:01:00Z,1.1,1.1
        2024-03-05T10:01:01Z,1.1,1.1
        2024-03-05T10:01:02Z,1.078,1.078
        2024-03-05T10:01:03Z,1.078,1.078

        """, account: ""
    ).summary
    let account = try #require(summary.account)
    #expect(account.balance == 1_200 && account.stopOuts == 1 && account.marginCalls == 1)
    #expect(summary.statistics.trades == 1 && summary.statistics.openTrades == 0)
    #expect(abs(summary.statistics.netProfit + 8_800) < 1e-6)
  }

  @Test func `refusals are counted by their names`() throws {
    let account = try #require(
      try run(
        "strategy.entry(str.tostring(bar_index), strategy.long, 1000000)",
        quotes: """
          2024-03-05T10:00:00Z,1.1,1.1
          2024-03-05T10:01:00Z,1.1,1.1
          2024-03-05T10:02:00Z,1.1,1.1

          """, account: ""
      ).summary.account)
    #expect(account.refused == ["margin": 2] && account.fills == 0)
  }

  @Test func `fills look at sizes whose unit is known`() throws {
    let script = try scratch.file(
      "script.pine",
      "//@version=6\nstrategy(\"S\", margin_long = 0)\nif bar_index == 0\n    strategy.entry(\"L\", strategy.long, 1000)\n"
    )
    let account = try scratch.file("account.jsonl", "")
    func position(_ file: String, _ option: String) throws -> Double {
      let options = try RunCommand.parse([script, option, file, "--symbol", "EURUSD", "--account", account])
      return try AccountRun(options, script, account).result().summary.account?.marginUsed ?? 0
    }
    let ours = try scratch.file(
      "ours.csv",
      """
      time_ns,bid,ask,bid_size,ask_size
      1709632200000000000,1.1,1.1,500,500
      1709632260000000000,1.1,1.1,500,500
      1709632261000000000,1.1,1.1,500,500

      """)
    // 500 × 1.1 / 50, and 1,000 × 1.1 / 50.
    #expect(try position(ours, "--ticks") == 11)
    let bars = try scratch.file(
      "bars.csv",
      """
      timestamp,open,high,low,close,volume
      1743379200000,1.1,1.1,1.1,1.1,80
      1743380100000,1.1,1.1,1.1,1.1,80
      1743381000000,1.1,1.1,1.1,1.1,80

      """)
    #expect(try position(bars, "--bars") == 22)
  }

  private func refusal(_ account: String, _ more: String...) -> String? {
    do {
      let script = try scratch.file("script.pine", "//@version=6\nstrategy(\"S\")\n")
      let ticks = try scratch.file("eurusd.csv", "time,bid,ask\n2024-03-05T10:00:00Z,1.1,1.1\n")
      let file = try scratch.file("account.jsonl", account)
      let command = try RunCommand.parse([script, "--ticks", ticks, "--account", file] + more)
      try command.run()
      return nil
    } catch ToolError.failed(let sentence) {
      return sentence.replacing(scratch.path + "/", with: "")
    } catch {
      return "\(error)"
    }
  }

  @Test func `what does not fit is refused in a sentence`() {
    #expect(
      refusal(#"{"quote": {"time": "2024-03-05T10:00:00Z", "symbol": "EURUSD", "bid": 1, "ask": 1}}"#)
        == "account.jsonl:1: an account's file has the lines account, instrument, risk and venue alone")
    #expect(
      refusal(#"{"account": {"currency": "CHF"}}"#)
        == "the account is in CHF, and no quotes here convert USD into it: give an account in EUR or USD")
    #expect(
      refusal("", "--from", "2024-01-01")
        == "--from does not go with --account, which runs a script as an engine does")
    #expect(refusal(#"{"acount": {}}"#)?.hasPrefix("account.jsonl:1:2: there is no line 'acount'") == true)
  }
}
