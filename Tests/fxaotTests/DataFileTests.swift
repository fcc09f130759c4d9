import Foundation
import Testing

@testable import fxaot

/// Whole runs over files as their sources deliver them: what the chart's bars are.
struct DataFileTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private let probe = """
    //@version=6
    indicator("probe")
    plot(open, "open")
    plot(high, "high")
    plot(low, "low")
    plot(close, "close")
    plot(volume, "volume")

    """

  /// The plotted rows of a run, or the sentence of refusal.
  private func rows(_ arguments: String...) throws -> [String] {
    let script = try scratch.file("probe.pine", probe)
    let plots = scratch.path + "/plots.csv"
    do {
      var command = try Fxaot.parseAsRoot(["run", script, "--plots", plots] + arguments)
      try command.run()
    } catch ToolError.failed(let sentence) {
      return [sentence.replacingOccurrences(of: scratch.path + "/", with: "")]
    }
    return try scratch.text("plots.csv").split(separator: "\n").dropFirst().map(String.init)
  }

  private let header = "timestamp,open,high,low,close,volume\n"
  private let first: Int64 = 1_709_510_400

  private func bar(_ minute: Int64, _ close: String = "1.1") -> String {
    "\((first + minute * 60) * 1_000),1.1,1.2,1.0,\(close),5\n"
  }

  @Test func `bars in files of a folder are in the order of time`() throws {
    try scratch.folder("parts-eurusd")
    for (name, from) in [("part1", 0), ("part10", 20), ("part2", 10)] {
      let bars = (from..<from + 10).map { bar(Int64($0), "1.1\($0 + 10)") }.joined()
      _ = try scratch.file("parts-eurusd/\(name).csv", header + bars)
    }
    let rows = try rows("--bars", scratch.path + "/parts-eurusd")
    #expect(rows.count == 30)
    #expect(rows.first == "2024-03-04T00:00:00Z,1.1,1.2,1.0,1.11,5.0")
    #expect(rows.last == "2024-03-04T00:29:00Z,1.1,1.2,1.0,1.139,5.0")
    #expect(rows == rows.sorted())
  }

  @Test func `a bar out of place is sorted in`() throws {
    let order: [Int64] = [0, 1, 3, 2, 4]
    let path = try scratch.file("eurusd.csv", header + order.map { bar($0) }.joined())
    let times = try rows("--bars", path).map { $0.prefix(16).suffix(5) }
    #expect(times == ["00:00", "00:01", "00:02", "00:03", "00:04"])
  }

  @Test func `a spike is skipped and a row of others makes it an error`() throws {
    var lines = (0..<300).map { bar(Int64($0)) }
    lines[150] = "\((first + 150 * 60) * 1_000),1.1,11000,1.0,1.1,5\n"
    let path = try scratch.file("eurusd.csv", header + lines.joined())
    #expect(try rows("--bars", path).count == 299)
    for index in 151..<156 { lines[index] = "rubbish,1,2\n" }
    let worse = try scratch.file("eurusd2.csv", header + lines.joined())
    let time = (first + 150 * 60) * 1_000
    #expect(
      try rows("--bars", worse) == [
        "eurusd2.csv: 6 of 300 lines are bad, more than one in a hundred: line 152 (a price ten "
          + "times its neighbours, or a tenth): \(time),1.1,11000,1.0,1.1,5; line 153 (fewer or more "
          + "columns than the other lines): rubbish,1,2; line 154 (fewer or more columns than the "
          + "other lines): rubbish,1,2 …; --max-bad-lines allows more"
      ])
    #expect(try rows("--bars", worse, "--max-bad-lines", "6").count == 294)
  }

  @Test func `no good line is an error that shows them`() throws {
    let path = try scratch.file("eurusd.csv", header + "1,1.1,1.2,1.0,1.1,5\n")
    let said = try rows("--bars", path)
    #expect(
      said.first?.hasPrefix(
        "eurusd.csv: every line is bad: line 2 (a time before 1990 or years from now): "
          + "1,1.1,1.2,1.0,1.1,5;") == true)
  }

  @Test func `what is no data in a zip is skipped`() throws {
    let zip = ZipBuilder([
      .init(
        name: "DAT_ASCII_USDJPY_T_201202.csv",
        bytes: Array("20120201 000003660,76.1,76.2,0\n20120201 000103660,76.3,76.4,0\n".utf8)),
      .init(name: "DAT_ASCII_USDJPY_T_201202.txt", bytes: Array("Status report\n\nGap of 3s\n".utf8)),
    ])
    let path = try scratch.file("HISTDATA_COM_ASCII_USDJPY_T201202.zip", zip.bytes)
    #expect(
      try rows("--ticks", path, "--price", "bid") == [
        "2012-02-01T05:00:00Z,76.1,76.1,76.1,76.1,1.0",
        "2012-02-01T05:01:00Z,76.3,76.3,76.3,76.3,1.0",
      ])
  }

  @Test func `utf 16 reads as utf 8 does`() throws {
    let text = header + bar(0) + bar(1)
    let plain = try rows("--bars", try scratch.file("eurusd.csv", text))
    #expect(plain.count == 2)
    for isBig in [false, true] {
      var bytes: [UInt8] = isBig ? [0xFE, 0xFF] : [0xFF, 0xFE]
      for unit in text.utf16 {
        let pair = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
        bytes += isBig ? pair : pair.reversed()
      }
      #expect(try rows("--bars", try scratch.file("eurusd16.csv", bytes)) == plain)
    }
  }

  @Test func `rows of several symbols need a choice`() throws {
    let text = "EUR/USD,20140101 21:55:34.404,1.1,1.2\nAUD/USD,20140101 21:55:35.404,0.8,0.9\n"
    let path = try scratch.file("ticks.csv", text)
    #expect(
      try rows("--ticks", path) == [
        "ticks.csv has rows of several symbols (EURUSD, and another at line 2): choose one with "
          + "--symbol"
      ])
    #expect(
      try rows("--ticks", path, "--symbol", "AUDUSD", "--price", "bid")
        == ["2014-01-01T21:55:00Z,0.8,0.8,0.8,0.8,1.0"])
    #expect(
      try rows("--ticks", path, "--symbol", "GBPUSD")
        == ["ticks.csv has no row of GBPUSD: its first row is of EURUSD"])
  }

  @Test func `a brokers zone is given by its name`() throws {
    let text = "2024.07.01,00:00,1.1,1.2,1.0,1.1,5\n2024.07.01,00:01,1.1,1.2,1.0,1.1,5\n"
    let path = try scratch.file("mt4-EURUSD1.csv", text)
    #expect(try rows("--bars", path)[0].hasPrefix("2024-07-01T00:00:00Z"))
    #expect(
      try rows("--bars", path, "--file-timezone", "Europe/Athens")[0]
        .hasPrefix("2024-06-30T21:00:00Z"))
    #expect(
      try rows("--bars", path, "--file-timezone", "Mars/Olympus")[0]
        .hasPrefix("this system has no time zone 'Mars/Olympus'"))
  }
}
