import CFxaot
import Foundation
import TestTerms
import Testing

@testable import FXCore

/// Agreement with the signals that spec/strategies.md's reference script computes from scratch.
@Suite struct ReferenceTests {
  static let ethusdtFile = "reference/strategies-ethusdt-15m.csv.gz"
  static let eurusdFile = "reference/strategies-eurusd-m1.csv.gz"

  @Test(
    .enabled(if: ReferenceFile.isThere(ethusdtFile), "no shared reference data"),
    arguments: ["ma_crossover", "momentum_breakout", "mean_reversion"])
  func `default parameters on ETHUSDT 15-minute bars, streaming and array`(name: String) throws {
    let bars = try ReferenceFile("data/crypto/ethusdt-15m.csv.gz")
    let reference = try ReferenceFile(Self.ethusdtFile)[name]
    #expect(reference.count == 36_361)
    let strategy = try RunningStrategy(name)
    let stepped = strategy.steps(closes: bars["close"], volumes: bars["volume"])
    expectAgreement(stepped, reference)
    #expect(try strategy.array(closes: bars["close"], volumes: bars["volume"]) == stepped)
  }

  @Test(
    .enabled(if: ReferenceFile.isThere(eurusdFile), "no shared reference data"),
    arguments: ["ma_crossover", "momentum_breakout", "mean_reversion"])
  func `the reference's parameters on EURUSD 1-minute bars, streaming and array`(name: String) throws {
    let file = try ReferenceFile(Self.eurusdFile)
    #expect(file[name].count == 6205)
    let strategy =
      switch name {
      case "ma_crossover": try RunningStrategy(name, ["band": 0.00005])
      case "momentum_breakout": try RunningStrategy(name, ["threshold": 0.0004])
      default: try RunningStrategy(name)
      }
    let stepped = strategy.steps(closes: file["close"], volumes: file["ticks"])
    expectAgreement(stepped, file[name])
    #expect(try strategy.array(closes: file["close"], volumes: file["ticks"]) == stepped)
  }

  @Test(.enabled(if: ReferenceFile.isThere(eurusdFile), "no shared reference data"))
  func `fusion on EURUSD 1-, 5- and 15-minute bars`() throws {
    let file = try ReferenceFile(Self.eurusdFile)
    let strategy = try RunningStrategy(
      "fusion", ["band": 0.00005, "momentum_breakout.threshold": 0.0006, "k": 1.5])
    let minutes = Minutes(times: file["open_time_ms"], closes: file["close"], ticks: file["ticks"])
    var signals: [Double] = []
    for i in minutes.closes.indices {
      for (feed, length) in [(UInt32(2), 15), (1, 5)] {
        if let bar = minutes.bar(of: length, endingWith: i) {
          _ = strategy.step(close: bar.close, volume: bar.ticks, feed: feed)
        }
      }
      signals.append(strategy.step(close: minutes.closes[i], volume: minutes.ticks[i]))
    }
    expectAgreement(signals, file["fusion"])
  }
}

/// 1-minute bars, and longer ones made of them.
struct Minutes {
  let times, closes, ticks: [Double]

  func interval(_ i: Int, _ minutes: Int) -> Int { Int(times[i]) / (minutes * 60_000) }

  /// The longer bar that has ended by the end of minute i and had not by the end of the minute
  /// before it. An interval without quotes at its end closes late, with the next minute's bar.
  func bar(of minutes: Int, endingWith i: Int) -> (close: Double, ticks: Double)? {
    let ended = (Int(times[i]) + 60_000) / (minutes * 60_000) - 1
    let before = i == 0 ? Int.min : (Int(times[i - 1]) + 60_000) / (minutes * 60_000) - 1
    guard ended > before else { return nil }
    guard let last = (0...i).last(where: { interval($0, minutes) <= ended }) else { return nil }
    let k = interval(last, minutes)
    guard k > before else { return nil }
    var first = last
    while first > 0, interval(first - 1, minutes) == k { first -= 1 }
    return (closes[last], ticks[first...last].reduce(0, +))
  }
}
