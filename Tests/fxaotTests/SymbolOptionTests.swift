import Foundation
import Testing

@testable import fxaot

/// What a script's symbol is taken to be, by its name and by options.
struct SymbolOptionTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func fxaot(_ arguments: [String]) throws {
    var command = try Fxaot.parseAsRoot(arguments)
    try command.run()
  }

  /// Six hourly bars from 2024-03-04T00:00Z on, in a file whose name tells the symbol.
  private func bars(_ name: String) throws -> String {
    let rows = (0..<6).map { "\(1_709_510_400_000 + $0 * 3_600_000),1.1,1.1,1.1,1.1,1" }
    return try scratch.file(
      name, "timestamp,open,high,low,close,volume\n" + rows.joined(separator: "\n") + "\n")
  }

  /// What a script plots on the first bar.
  private func plotted(_ expressions: String..., bars: String, _ options: [String] = []) throws
    -> String
  {
    let plots = expressions.enumerated().map { "plot(\($1), \"\($0)\")\n" }.joined()
    let script = try scratch.file("p.pine", "//@version=6\nindicator(\"p\")\n" + plots)
    try fxaot(
      ["run", script, "--bars", try self.bars(bars), "--plots", scratch.path + "/p.csv"] + options)
    let row = try scratch.text("p.csv").split(separator: "\n")[1]
    return String(row.drop { $0 != "," }.dropFirst())
  }

  @Test func `a forex symbol trades by the unit`() throws {
    #expect(try plotted("syminfo.mincontract", "syminfo.mintick", bars: "gbpusd.csv") == "1.0,1e-05")
    #expect(try plotted("syminfo.mincontract", bars: "a.csv", ["--symbol", "EURSEK"]) == "1.0")
    #expect(try plotted("syminfo.mincontract", bars: "a.csv") == "0.0001")
    #expect(try plotted("syminfo.mincontract", bars: "a.csv", ["--symbol", "BTCUSD"]) == "0.0001")
  }

  @Test func `the default size trades on forex`() throws {
    let script = try scratch.file(
      "s.pine", "//@version=6\nstrategy(\"s\")\nstrategy.entry(\"L\", strategy.long)\n")
    let trades = scratch.path + "/t.csv"
    try fxaot(["run", script, "--bars", try bars("gbpusd.csv"), "--trades", trades])
    #expect(try scratch.text("t.csv").split(separator: "\n")[1].contains(",1.0,0.0,L,"))
  }

  @Test func `options override the symbol`() throws {
    #expect(
      try plotted(
        "syminfo.mintick", "syminfo.pointvalue", "syminfo.mincontract",
        "syminfo.currency == \"JPY\" ? 1 : 0", bars: "eurusd.csv",
        ["--mintick", "0.25", "--pointvalue", "50", "--quantity-step", "100", "--currency", "jpy"])
        == "0.25,50.0,100.0,1.0")
  }

  @Test func `an instrument file describes the symbol and options override it`() throws {
    let file = try scratch.file(
      "es.json",
      """
      {"mintick": 0.25, "point_value": 50, "min_contract": 1, "session": "1700-1600:23456",
       "timezone": "America/Chicago", "currency": "USD", "type": "futures"}
      """)
    let plots = [
      "syminfo.mintick", "syminfo.pointvalue", "syminfo.mincontract", "hour",
      "syminfo.type == \"futures\" and syminfo.timezone == \"America/Chicago\" ? 1 : 0",
    ]
    #expect(
      try plotted(plots[0], plots[1], plots[2], plots[3], plots[4], bars: "es.csv", ["--instrument", file])
        == "0.25,50.0,1.0,18.0,1.0")
    #expect(
      try plotted(
        plots[0], plots[3], bars: "es.csv", ["--instrument", file, "--mintick", "0.5", "--timezone", "UTC"])
        == "0.5,0.0")
  }

  @Test func `a file that is no instrument file fails with the reason`() throws {
    for (text, why) in [
      ("{\"mintik\": 1}", "unknown term 'mintik'; did you mean mintick?"),
      ("{\"mintick\": \"1\"}", "mintick has the wrong type"),
    ] {
      let file = try scratch.file("x.json", text)
      #expect(throws: ToolError.failed("\(file): \(why)")) {
        try plotted("close", bars: "eurusd.csv", ["--instrument", file])
      }
    }
    let file = try scratch.file("x.json", "mintick")
    #expect(throws: ToolError.failed("\(file) is not a JSON object that describes an instrument")) {
      try plotted("close", bars: "eurusd.csv", ["--instrument", file])
    }
  }

  @Test func `steps that are not above zero are refused`() throws {
    for option in ["--mintick", "--pointvalue", "--quantity-step"] {
      #expect(throws: ToolError.failed("\(option) must be above 0")) {
        try plotted("close", bars: "eurusd.csv", [option, "0"])
      }
    }
  }
}
