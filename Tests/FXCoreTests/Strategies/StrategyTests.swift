import CFxaot
import TestTerms
import Testing

@testable import FXCore

/// Signals worked out by hand from spec/strategies.md.
@Suite struct StrategyTests {
  @Test func `ma_crossover: no signal before index slow, then min(r, cap)/cap with the trend's sign`() throws {
    let up = try RunningStrategy(
      "ma_crossover", ["fast": 1, "slow": 3, "band": 0, "confirm": 1, "volume_window": 2])
    // Volumes: ratio 4/2 = 2 at index 3, 30/3 = 10 (above the cap of 3) at index 4.
    #expect(
      up.steps(closes: [1, 2, 3, 3, 3], volumes: [9, 2, 2, 4, 30]) == [0, 0, 0, 2.0 / 3, 1])
    let down = try RunningStrategy(
      "ma_crossover", ["fast": 1, "slow": 3, "band": 0, "confirm": 1, "volume_window": 2])
    #expect(down.steps(closes: [3, 2, 1, 9], volumes: [9, 2, 2, 4]).last == -2.0 / 3)
  }

  @Test func `ma_crossover: a ratio of exactly 'confirm' is not enough, nor a mean inside the band`() throws {
    let closes = [1.0, 1, 1, 1.5, 1.5, 1.5]
    let at = try RunningStrategy(
      "ma_crossover", ["fast": 1, "slow": 2, "confirm": 2, "volume_window": 1])
    #expect(at.steps(closes: closes, volumes: [1, 2, 4, 8, 16, 32]).allSatisfy { $0 == 0 })
    let inside = try RunningStrategy(
      "ma_crossover", ["fast": 1, "slow": 2, "confirm": 1, "band": 0.2, "volume_window": 1])
    #expect(inside.steps(closes: closes, volumes: [1, 2, 4, 8, 16, 32]).allSatisfy { $0 == 0 })
    let outside = try RunningStrategy(
      "ma_crossover", ["fast": 1, "slow": 2, "confirm": 1, "band": 0.19, "volume_window": 1])
    #expect(
      outside.steps(closes: closes, volumes: [1, 2, 4, 8, 16, 32]) == [0, 0, 0, 0, 2.0 / 3, 0])
  }

  @Test func `a constant market is no crossover, even without a band`() throws {
    let strategy = try RunningStrategy("ma_crossover", ["band": 0, "fast": 7, "slow": 13])
    let closes = [Double](repeating: 1.387255, count: 200)
    let volumes = (0..<200).map { Double($0 * 31 % 17) }
    #expect(strategy.steps(closes: closes, volumes: volumes).allSatisfy { $0 == 0 })
    #expect(try strategy.array(closes: closes, volumes: volumes).allSatisfy { $0 == 0 })
  }

  @Test func `momentum_breakout: one return of 10 %, no deviation, threshold 4 %: 2.5 of a cap of 3`() throws {
    let strategy = try RunningStrategy(
      "momentum_breakout",
      ["lookback": 1, "threshold": 0.04, "confirm": 1, "volume_window": 1])
    let signals = strategy.steps(closes: [10, 11, 9.9, 9.9], volumes: [1, 2, 4, 8])
    let expected = [0, 2.5 / 3, -2.5 / 3, 0]
    #expect(zip(signals, expected).allSatisfy { ($0 - $1).magnitude < 1e-12 })
  }

  @Test func `mean_reversion: a close 3 deviations above the mean sells 3/2 of a cap of 2`() throws {
    let strategy = try RunningStrategy(
      "mean_reversion", ["window": 2, "volume_window": 1, "cap": 3])
    // Before index 2: mean 2, deviation 1; close 8 is 6 deviations above, 6/k = 3 = cap.
    #expect(strategy.steps(closes: [1, 3, 8], volumes: [1, 1, 1]) == [0, 0, -1])
    let flat = try RunningStrategy("mean_reversion", ["window": 2, "volume_window": 1])
    #expect(flat.steps(closes: [1, 1, 8], volumes: [1, 1, 1]) == [0, 0, 0])
    let below = try RunningStrategy(
      "mean_reversion", ["window": 2, "volume_window": 1, "cap": 2])
    #expect(below.steps(closes: [1, 3, -1], volumes: [1, 1, 1]) == [0, 0, 0.75])
  }

  @Test func `a mean volume of zero makes the ratio 1`() throws {
    let strategy = try RunningStrategy("mean_reversion", ["window": 2, "volume_window": 1])
    #expect(strategy.steps(closes: [1, 3, 8], volumes: [0, 0, 0]).last == -1)
  }

  @Test func `fusion: only the crossover's feed answers, others are kept; below the threshold is 0`() throws {
    let fusion = try RunningStrategy(
      "fusion",
      [
        "weight_crossover": 0.5, "weight_momentum": 0.4, "weight_reversion": 0.1,
        "threshold": 0.35, "lookback": 1, "momentum_breakout.threshold": 0.01,
        "momentum_breakout.confirm": 0, "momentum_breakout.volume_window": 1,
      ])
    #expect(fusion.step(close: 1, volume: 1) == 0)
    #expect(fusion.step(close: 1, volume: 1, feed: 1) == 0)
    #expect(fusion.step(close: 2, volume: 1, feed: 1) == 0)
    #expect(fusion.step(close: 1, volume: 1) == 0.4)
    #expect(fusion.step(close: 1, volume: 1, feed: 2) == 0)
    #expect(fusion.step(close: 1, volume: 1, feed: 7) == 0)
    #expect(fusion.step(close: 1, volume: 1) == 0.4)
    #expect(fusion.step(close: 2, volume: 1, feed: 1) == 0)
    #expect(fusion.step(close: 1, volume: 1) == 0)
  }

  @Test(arguments: 0..<4)
  func `a copy of the state goes on bit for bit`(index: Int) throws {
    let table = try #require(StrategyRegistry.table(at: index))
    let name = String(cString: table.pointee.name)
    let (closes, volumes) = randomBars(500, seed: 11)
    let first = try RunningStrategy(name)
    for i in 0..<250 { _ = first.step(close: closes[i], volume: volumes[i]) }
    let second = try RunningStrategy(name)
    second.state.copyMemory(from: first.state, byteCount: first.stateBytes)
    for i in 250..<500 {
      #expect(
        first.step(close: closes[i], volume: volumes[i])
          == second.step(close: closes[i], volume: volumes[i]))
    }
  }

  @Test(arguments: 0..<4)
  func `null pointers are answered, not followed`(index: Int) throws {
    let table = try #require(StrategyRegistry.table(at: index)).pointee
    #expect(table.state_bytes(nil) == 0)
    #expect(table.step(nil, nil, 0, nil) == 0)
    table.reset(nil, nil)
    table.array?(nil, nil, nil, nil, 5)
    #expect(table.check?(nil) == 0)
  }

  @Test func `state stays below the limit with the longest windows`() throws {
    let fusion = try RunningStrategy(
      "fusion",
      [
        "slow": 5000, "ma_crossover.volume_window": 5000, "lookback": 5000, "window": 5000,
        "momentum_breakout.volume_window": 5000, "mean_reversion.volume_window": 5000,
      ])
    #expect(fusion.stateBytes < (16 << 20) / 16)
  }
}
