import Foundation
import Testing

@testable import fxaot

/// Whole runs of scripts with the tool.
struct ScriptRunTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Runs a command that succeeds or answers its sentence of refusal.
  @discardableResult
  private func fxaot(_ arguments: String...) throws -> String? {
    try scratch.fxaot(arguments)
  }

  /// Five bars of 15 minutes from 2025-03-31T00:00Z on.
  private func bars() throws -> String {
    try scratch.fiveBars()
  }

  private func script(_ body: String) throws -> String {
    try scratch.file("script.pine", "//@version=6\nstrategy(\"S\")\n" + body)
  }

  private var trades: String { scratch.path + "/trades.csv" }
  private func rows() throws -> [String] {
    try scratch.text("trades.csv").split(separator: "\n").map(String.init)
  }

  private let header =
    "trade,side,entry_time,entry_price,exit_time,exit_price,qty,profit,entry_id,exit_id"

  @Test func `trades are written`() throws {
    let path = try script(
      """
      if bar_index == 0
          strategy.entry("L", strategy.long, comment = "go, now")
      if bar_index == 2
          strategy.close("L")
      if bar_index == 3
          strategy.entry("S", strategy.short)

      """)
    try fxaot("run", path, "--bars", try bars(), "--trades", trades)
    #expect(
      try rows() == [
        header,
        "1,long,2025-03-31T00:15:00Z,100.5,2025-03-31T00:45:00Z,103.0,1.0,2.5,\"go, now\","
          + "Close entry(s) order L",
        "2,short,2025-03-31T01:00:00Z,99.0,,,1.0,-0.5,S,",
      ])
  }

  @Test func `nothing is ordered before from`() throws {
    let path = try script("strategy.entry(\"L\", strategy.long)\n")
    try fxaot(
      "run", path, "--bars", try bars(), "--from", "2025-03-31T00:30:00Z", "--to",
      "2025-03-31T00:45:00Z", "--trades", trades)
    #expect(try rows().count == 2)
    #expect(try rows()[1].hasPrefix("1,long,2025-03-31T00:45:00Z,103.0,,"))
  }

  @Test func `inputs are set by title or by variable`() throws {
    let path = try script(
      """
      size = input.float(1.0, "Order size", minval = 0.5)
      if bar_index == 0
          strategy.entry("L", strategy.long, size)

      """)
    for name in ["Order size", "size"] {
      try fxaot("run", path, "--bars", try bars(), "--trades", trades, "--param", "\(name)=2.5")
      #expect(try rows()[1].contains(",2.5,"))
    }
    #expect(
      try fxaot("run", path, "--bars", try bars(), "--param", "sice=2")
        == "the script has no input 'sice'; did you mean size?")
    #expect(
      try fxaot("run", path, "--bars", try bars(), "--param", "size=much")
        == "the input size needs a number, not 'much'")
    #expect(try fxaot("run", path, "--bars", try bars(), "--param", "size=0.1") != nil)
  }

  @Test func `plots are written`() throws {
    let path = try scratch.file(
      "plots.pine",
      """
      //@version=6
      indicator("I")
      plot(close, "Close, last")
      plot(bar_index == 0 ? na : close - close[1])

      """)
    let plots = scratch.path + "/plots.csv"
    try fxaot("run", path, "--bars", try bars(), "--plots", plots)
    let lines = try scratch.text("plots.csv").split(separator: "\n").map(String.init)
    #expect(lines.count == 6)
    #expect(lines[0].hasPrefix("time,\"Close, last\","))
    #expect(lines[1] == "2025-03-31T00:00:00Z,100.5,")
    #expect(lines[2] == "2025-03-31T00:15:00Z,102.0,1.5")
  }

  @Test func `quotes become bars`() throws {
    let quotes = try scratch.file("20140501.csv", "0,1.4,1.6\n59999,1.6,1.6\n60000,1.5,1.5\n")
    let path = try script("strategy.entry(\"L\", strategy.long)\n")
    try fxaot("run", path, "--ticks", quotes, "--timeframe", "1m", "--trades", trades)
    #expect(try rows()[1].hasPrefix("1,long,2014-05-01T00:01:00Z,1.5,"))
  }

  @Test func `a script with errors is refused`() throws {
    let path = try script("x = ta.smaa(close, 3)\ny = undeclared\n")
    #expect(try fxaot("run", path, "--bars", try bars()) == "script.pine has 2 errors")
    #expect(try fxaot("check", path) == "script.pine cannot be compiled")
    #expect(try fxaot("check", try script("x = close\n")) == nil)
  }

  @Test func `what does not go together is refused`() throws {
    let path = try script("x = close\n")
    let bars = try bars()
    #expect(
      try fxaot("run", path) == "give the script bars with --bars, or quotes with --ticks")
    #expect(
      try fxaot("run", path, "--strategy", "ma_crossover", "--bars", bars)
        == "give either a script or --strategy, not both")
    #expect(
      try fxaot("run", "--strategy", "ma_crossover", "--ticks", bars, "--trades", "x")
        == "--trades is for a script, not for --strategy")
    #expect(
      try fxaot("run", path, "--bars", bars, "--from", "yesterday")
        == "--from: 'yesterday' is not a time; write it as 2025-03-31 or 2025-03-31T00:15:00Z")
    #expect(try fxaot("run", path, "--bars", bars, "--timezone", "Europe/Nowhere") != nil)
    #expect(try fxaot("run", path, "--bars", bars, "--trades", bars) != nil)
  }

  @Test func `a script that stops says where`() throws {
    let path = try script("if bar_index == 2\n    runtime.error(\"enough\")\n")
    #expect(
      try fxaot("run", path, "--bars", try bars())
        == "script.pine:4: enough after the bar of 2025-03-31T00:15:00Z")
  }

  @Test func `a script that loops for long is stopped, or given more steps`() throws {
    let path = try script(
      """
      n = 0
      for i = 1 to 500000
          n += 1
      if n == 500000
          strategy.entry("L", strategy.long)

      """)
    let run = ["run", path, "--bars", try bars(), "--trades", trades]
    #expect(
      try scratch.fxaot(run)
        == "script.pine:5: the script exceeds its step limit on this bar; --step-limit allows more")
    for tier in ["vm", "native"] {
      try scratch.fxaot(run + ["--step-limit", "10000000", "--tier", tier])
      #expect(try rows().count == 2)
    }
    #expect(try scratch.fxaot(run + ["--step-limit", "0"]) == "--step-limit must be from 1 to 1000000000000")
  }
}
