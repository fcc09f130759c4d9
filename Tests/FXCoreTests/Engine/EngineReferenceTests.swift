import CFxaot
import Foundation
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// Five days of real quotes through the whole engine, four strategies at once, against the
/// reference that recomputes every window from scratch.
@Suite(
  .enabled(
    if: ReferenceFile.isThere("reference/strategies-eurusd-m1.csv.gz"),
    "needs the folder ../shared with real data"))
struct EngineReferenceTests {
  private let days = ["20140501", "20140502", "20140506", "20140508", "20140509"]

  @Test func `the engine gives the references bars and signals`() throws {
    let reference = try ReferenceFile("reference/strategies-eurusd-m1.csv.gz")
    let times = reference["open_time_ms"]
    let world = try World.eurusd { $0.bar_events = 1 }
    let minutes = FXAOT_TF_MINUTES
    try world.deploy("ma_crossover", ref: 1, kind: minutes, params: ["band": 0.00005])
    try world.deploy("momentum_breakout", ref: 2, kind: minutes, params: ["threshold": 0.0004])
    try world.deploy("mean_reversion", ref: 3, kind: minutes)
    try world.deploy(
      "fusion", ref: 4, kind: minutes,
      params: ["ma_crossover.band": 0.00005, "momentum_breakout.threshold": 0.0006])
    var quotes = 0
    for day in days { quotes += try feed(day, to: world) }
    world.advance(to: world.engine.pointee.instruments.base[0].clock + minute)
    #expect(quotes == 519_729)
    #expect(world.stats.accepted == 519_729)
    #expect(world.stats.crossed == 54_346)

    let events = world.take()
    for (ref, column) in [
      (1, "ma_crossover"), (2, "momentum_breakout"), (3, "mean_reversion"), (4, "fusion"),
    ] as [(UInt64, String)] {
      let bars = events.filter { $0.kind == UInt32(FXAOT_EVENT_BAR) && $0.strategy_ref == ref }
      #expect(bars.map { Double($0.bar.open_time_ns / 1_000_000) } == times)
      #expect(bars.map(\.bar.open) == reference["open"])
      #expect(bars.map(\.bar.high) == reference["high"])
      #expect(bars.map(\.bar.low) == reference["low"])
      #expect(bars.map(\.bar.close) == reference["close"])
      #expect(bars.map { Double($0.bar.ticks) } == reference["ticks"])
      expectAgreement(bars.map(\.strength), reference[column])
      let signals = events.filter {
        $0.kind == UInt32(FXAOT_EVENT_SIGNAL) && $0.strategy_ref == ref
      }
      #expect(signals.count == reference[column].count { $0 != 0 })
    }
    #expect(events.map(\.sequence) == Array(1...UInt64(events.count)))
  }

  /// Sends one day's file; answers how many quotes it has.
  private func feed(_ day: String, to world: World) throws -> Int {
    let folder = try #require(ReferenceFile.folder)
    let path = folder.appendingPathComponent("data/lean-fxcm-eurusd/\(day)_quote.zip").path
    let python =
      "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); "
      + "sys.stdout.buffer.write(z.read(z.namelist()[0]))"
    let text = try output(of: ["python3", "-c", python, path])
    let capacity = 1 << 17
    let out = UnsafeMutableRawPointer.allocate(byteCount: capacity * 48, alignment: 16)
    defer { out.deallocate() }
    var parser = fxaot_parser()
    parser.format = UInt32(FXAOT_FORMAT_LEAN)
    parser.final = 1
    parser.day_ns = try midnight(day)
    parser.symbol = Terms.key("EURUSD")
    var done = 0
    var quotes = 0
    while done < text.count {
      let status = text.withUnsafeBytes {
        QuoteParser.parse(
          &parser, UnsafeRawBufferPointer(rebasing: $0[done...]), into: out, capacity: capacity)
      }
      try #require(status == FXAOT_OK && parser.consumed > 0)
      world.engine.pointee.ticks(out, count: Int(parser.written))
      done += Int(parser.consumed)
      quotes += Int(parser.written)
    }
    return quotes
  }

  private func midnight(_ day: String) throws -> Int64 {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
    let number = try #require(Int(day))
    let parts = DateComponents(
      year: number / 10_000, month: number / 100 % 100, day: number % 100)
    return Int64(try #require(calendar.date(from: parts)).timeIntervalSince1970) * second
  }

  private func output(of command: [String]) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return data
  }
}
