import Foundation
import Testing

@testable import fxaot

/// Whole runs of the tool, by its arguments.
struct RunTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Runs a command that succeeds or answers its sentence of refusal.
  @discardableResult
  private func fxaot(_ arguments: String...) throws -> String? {
    try scratch.fxaot(arguments)
  }

  private var signals: String { scratch.path + "/signals.csv" }

  private func run(_ path: String, _ more: String...) throws -> [String] {
    let arguments =
      ["run", "--strategy", "ma_crossover", "--ticks", path, "--signals", signals] + more
    var command = try Fxaot.parseAsRoot(arguments)
    try command.run()
    return try scratch.text("signals.csv").split(separator: "\n").map(String.init)
  }

  private let header = "open_time_ms,open,high,low,close,ticks,signal"

  @Test func `bars and the last open bar are written`() throws {
    // Two minutes: mid 1.5 and 1.6, then 1.5; the second bar ends with the data.
    let path = try scratch.file("20140501.csv", "0,1.4,1.6\n59999,1.6,1.6\n60000,1.5,1.5\n")
    #expect(
      try run(path) == [
        header, "1398902400000,1.5,1.6,1.5,1.6,2,0.0", "1398902460000,1.5,1.5,1.5,1.5,1,0.0",
      ])
    #expect(try run(path, "--price", "bid")[1] == "1398902400000,1.4,1.6,1.4,1.6,2,0.0")
    #expect(try run(path, "--timeframe", "1d").count == 2)
    #expect(try run(path, "--timeframe", "tick").count == 4)
    // A bar of two quotes; the third is alone in a bar that never fills.
    #expect(try run(path, "--timeframe", "2t").count == 2)
  }

  @Test func `a folder is read by name`() throws {
    let folder = scratch.path + "/data"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    _ = try scratch.file("data/20140502.csv", "0,1,1\n")
    _ = try scratch.file("data/20140501.zip", ZipBuilder("quotes.csv", "0,1,1\n").bytes)
    _ = try scratch.file("data/readme.md", "no quotes")
    let rows = try run(folder)
    #expect(rows.map { $0.prefix(13) }.dropFirst() == ["1398902400000", "1398988800000"])
  }

  @Test func `simulated quotes read back the same`() throws {
    for name in ["a.csv", "b.csv.gz"] {
      try fxaot(
        "simulate", "--days", "1", "--quotes-per-day", "20000", "-o", scratch.path + "/" + name)
    }
    let plain = try run(scratch.path + "/a.csv")
    #expect(plain.count > 1_000)
    #expect(try run(scratch.path + "/b.csv.gz") == plain)
    let first = try scratch.text("a.csv").split(separator: "\n").prefix(2)
    #expect(first[0] == "time_ns,bid,ask,bid_size,ask_size")
    #expect(first[1].hasPrefix("17040672"))
  }

  @Test func `mistakes get one clear sentence`() throws {
    let path = try scratch.file("20140501.csv", "0,1,1\n")
    let cases: [([String], String)] = [
      (
        ["--strategy", "ma_crosover"],
        "unknown strategy 'ma_crosover'; did you mean ma_crossover?"
      ),
      (["--strategy", "x"], "unknown strategy 'x'; `fxaot strategies` lists them"),
      (["--param", "bnad=1"], "ma_crossover has no parameter 'bnad'; did you mean band?"),
      (["--param", "fast=0"], "fast=0 is out of range: a whole number from 1 to 5000"),
      (
        ["--param", "fast"], "'fast' is not a parameter; write name=value, as in --param band=0.00005"
      ),
      (["--param", "band=nan"], "the parameter band needs a number, not 'nan'"),
      (["--timeframe", "1x"], "'1x' is not a timeframe; use tick, 10t, 30s, 1m, 5m, 1h, 4h or 1d"),
      (["--timeframe", "2d"], "the timeframe 2d is out of range: the only timeframe of days is 1d"),
      (
        ["--symbol", "EU"],
        "'EU' is not a symbol; use one like EURUSD: three letters of the base "
          + "currency, then the quote currency"
      ),
      (
        ["--signals", path],
        "20140501.csv is also a quote file; choose another name for the "
          + "output"
      ),
      (["--signals", "/dev/full"], "cannot write /dev/full: No space left on device"),
    ]
    for (arguments, sentence) in cases {
      let base = ["run", "--ticks", path]
      let strategy = arguments.contains("--strategy") ? [] : ["--strategy", "ma_crossover"]
      let output = arguments.contains("--signals") ? [] : ["--signals", signals]
      var command = try Fxaot.parseAsRoot(base + strategy + output + arguments)
      do {
        try command.run()
        Issue.record("\(arguments) went through")
      } catch ToolError.failed(let said) {
        #expect(said.replacingOccurrences(of: scratch.path + "/", with: "") == sentence)
      }
    }
  }

  @Test func `files without quotes are errors and leave no output`() throws {
    let cases = [
      (
        "quotes.csv", "0,1,1\n",
        "quotes.csv: its times are milliseconds since midnight, so its name "
          + "must contain the day as YYYYMMDD, as in 20140501_eurusd.csv"
      ),
      (
        "a.csv", "rubbish\n\n",
        "a.csv: no line has columns separated by commas, semicolons, tabs or bars"
      ),
      (
        "b.csv", "timestamp,bid,ask\n",
        "b.csv has no rows: TrueFX quotes: time from timestamp, bid from bid, ask from ask; "
          + "times taken as UTC (another zone by --file-timezone)"
      ),
      (
        "20140501.csv", "0,1,1\n?\n?\n",
        "20140501.csv has more than 1 bad line: line 2 (fewer or more columns than the other lines): "
          + "?; line 3 (fewer or more columns than the other lines): ?; see --max-bad-lines"
      ),
    ]
    for (name, text, sentence) in cases {
      let path = try scratch.file(name, text)
      let said = try fxaot(
        "run", "--strategy", "fusion", "--ticks", path, "--signals", signals,
        "--max-bad-lines", "1")
      #expect(said == sentence)
      #expect(!FileManager.default.fileExists(atPath: signals))
    }
    #expect(
      try fxaot("run", "--strategy", "fusion", "--ticks", scratch.path + "/c.csv")
        == "cannot open c.csv: No such file or directory")
  }

  @Test func `a line that never ends is refused`() throws {
    let bytes = Array("0,1,1\n".utf8) + [UInt8](repeating: 0x31, count: 17 << 20)
    let path = try scratch.file("20140501.csv", bytes)
    #expect(
      try fxaot("run", "--strategy", "fusion", "--ticks", path, "--signals", signals)
        == "line 2 of 20140501.csv is longer than 16 MiB")
  }

  @Test func `simulate checks its numbers`() throws {
    let cases = [
      (["--days", "0"], "--days must be from 1 to 3660, not 0"),
      (
        ["--start", "2024-02-30"],
        "'2024-02-30' is not a day from 1970-01-02 to 2200-12-31; write it as 2024-01-31"
      ),
      (["--volatility", "nan"], "--volatility must be above 0 and at most 10"),
      (["--price", "0"], "--price must be above 0"),
      (["--quotes-per-day", "0.5"], "--quotes-per-day must be from 1 to 10^9"),
    ]
    for (arguments, sentence) in cases {
      var command = try Fxaot.parseAsRoot(["simulate", "-o", signals] + arguments)
      #expect(throws: ToolError.failed(sentence)) { try command.run() }
      #expect(!FileManager.default.fileExists(atPath: signals))
    }
  }
}
