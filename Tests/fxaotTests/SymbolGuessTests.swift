import Foundation
import Testing

@testable import fxaot

/// Whose quotes a run takes files for.
struct SymbolGuessTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private let text = "0,100.1,100.2\n60000,100.3,100.4\n"

  /// The summary's symbol, or the sentence of refusal.
  private func symbol(_ arguments: [String]) throws -> String {
    let paths = arguments.map { $0.hasPrefix("-") ? $0 : scratch.path + "/" + $0 }
    let sources = try QuoteSources(paths)
    do throws(ToolError) {
      let guess = try SymbolGuess.symbol(of: sources.paths)
      return guess ?? "none"
    } catch {
      guard case .failed(let sentence) = error else { throw error }
      return sentence.replacingOccurrences(of: scratch.path + "/", with: "")
    }
  }

  private func folder(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: scratch.path + "/" + name, withIntermediateDirectories: true)
  }

  @Test func `a word of the files name is the symbol`() throws {
    for (name, expected) in [
      ("usdjpy-ticks.csv", "USDJPY"), ("20140501_EurGbp.csv", "EURGBP"),
      ("quotes (XAUUSD).txt", "XAUUSD"), ("20140501.csv", "none"), ("eurusdx.csv", "none"),
      ("eurusd_gbpusd.csv", "EURUSD"),
      ("mt4-EURUSD1.csv", "EURUSD"), ("GBPUSD240.csv", "GBPUSD"), ("EURUSD7.csv", "none"),
      ("FX_EURUSD, 60.csv", "EURUSD"), ("DAT_ASCII_AUDUSD_M1_2012.csv", "AUDUSD"),
    ] {
      _ = try scratch.file(name, text)
      #expect(try symbol([name]) == expected)
    }
  }

  @Test func `the members name comes before the files and that before the folders`() throws {
    try folder("gbpusd")
    _ = try scratch.file("gbpusd/20140501.csv", text)
    _ = try scratch.file("gbpusd/audusd.csv", text)
    _ = try scratch.file("gbpusd/audusd.zip", ZipBuilder("20140501_usdchf.csv", text).bytes)
    _ = try scratch.file("gbpusd/usdcad.zip", ZipBuilder("20140501.csv", text).bytes)
    #expect(try symbol(["gbpusd/20140501.csv"]) == "GBPUSD")
    #expect(try symbol(["gbpusd/audusd.csv"]) == "AUDUSD")
    #expect(try symbol(["gbpusd/audusd.zip"]) == "USDCHF")
    #expect(try symbol(["gbpusd/usdcad.zip"]) == "USDCAD")
  }

  @Test func `several symbols are refused`() throws {
    try folder("data")
    _ = try scratch.file("data/eurusd.csv", text)
    _ = try scratch.file("data/usdjpy.csv", text)
    _ = try scratch.file("data/20140501.csv", text)
    let advice = "; run one symbol at a time, or give the symbol with --symbol"
    #expect(
      try symbol(["data/eurusd.csv", "data/usdjpy.csv"])
        == "the file names give different symbols (data/eurusd.csv: EURUSD, "
        + "data/usdjpy.csv: USDJPY)" + advice)
    #expect(
      try symbol(["data/usdjpy.csv", "data/20140501.csv"])
        == "the file names give different symbols (data/usdjpy.csv: USDJPY, "
        + "data/20140501.csv: none)" + advice)
    #expect(try symbol(["data/20140501.csv", "-"]) == "none")
  }

  /// A yen price has three decimals, one of EURUSD five: the bar shows whose it was taken for.
  @Test func `the run takes the guessed symbol`() throws {
    let path = try scratch.file("20140501_usdjpy.csv", "0,1.12345,1.12345\n")
    let output = scratch.path + "/signals.csv"
    for (more, price) in [([], "1.123"), (["--symbol", "EURUSD"], "1.12345")] {
      var command = try Fxaot.parseAsRoot(
        ["run", "--strategy", "mean_reversion", "--ticks", path, "--signals", output] + more)
      try command.run()
      let bar = try scratch.text("signals.csv").split(separator: "\n").last
      #expect(bar == "1398902400000,\(price),\(price),\(price),\(price),1,0.0")
    }
  }
}
