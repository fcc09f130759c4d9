import CFxaot
import Testing

@testable import FXCore
@testable import Market

/// A small generator with a fixed sequence (Steele and Vigna's splitmix64).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

func randomBars(_ count: Int, seed: UInt64) -> (closes: [Double], volumes: [Double]) {
  var random = SplitMix(state: seed)
  var price = 1.1
  var closes: [Double] = []
  for _ in 0..<count {
    price *= 1 + Double.random(in: -0.003...0.003, using: &random)
    closes.append((price * 100_000).rounded() / 100_000)
  }
  let volumes = (0..<count).map { _ in Double.random(in: 0...300, using: &random).rounded() }
  return (closes, volumes)
}

func bits(_ values: [Double]) -> [UInt64] { values.map(\.bitPattern) }

/// The array forms give the bits of the streaming forms.
@Suite struct ArrayFormTests {
  static let names = ["ma_crossover", "momentum_breakout", "mean_reversion"]

  static func windows(_ name: String, _ window: Double, _ volume: Double) throws -> RunningStrategy {
    switch name {
    case "ma_crossover":
      let fast = max(1, (window / 3).rounded())
      return try RunningStrategy(
        name, ["fast": fast, "slow": window + 1, "band": 0.0005, "volume_window": volume])
    case "momentum_breakout":
      return try RunningStrategy(
        name, ["lookback": window, "threshold": 0.002, "volume_window": volume])
    default:
      return try RunningStrategy(name, ["window": window, "k": 1, "volume_window": volume])
    }
  }

  @Test(arguments: names)
  func `default windows, every length from 0 to 70`(name: String) throws {
    for count in 0...70 {
      let (closes, volumes) = randomBars(count, seed: UInt64(count))
      let strategy = try RunningStrategy(name)
      #expect(
        bits(try strategy.array(closes: closes, volumes: volumes))
          == bits(strategy.steps(closes: closes, volumes: volumes)))
    }
  }

  @Test(arguments: names)
  func `windows of many sizes over arrays longer than a stretch`(name: String) throws {
    for (window, volume) in [
      (1, 1), (2, 3), (3, 2), (7, 64), (8, 8), (21, 5), (31, 33), (100, 17), (127, 500),
    ] {
      let (closes, volumes) = randomBars(1337 + window, seed: UInt64(window))
      let strategy = try Self.windows(name, Double(window), Double(volume))
      let stepped = strategy.steps(closes: closes, volumes: volumes)
      #expect(stepped.contains { $0 != 0 } || window == 1, "\(window)")
      #expect(
        bits(try strategy.array(closes: closes, volumes: volumes)) == bits(stepped), "\(window)")
    }
  }

  @Test(arguments: names)
  func `windows of thousands of bars`(name: String) throws {
    let (closes, volumes) = randomBars(30_001, seed: 9)
    let strategy = try Self.windows(name, 4999, 1023)
    let stepped = strategy.steps(closes: closes, volumes: volumes)
    #expect(stepped.contains { $0 != 0 })
    #expect(bits(try strategy.array(closes: closes, volumes: volumes)) == bits(stepped))
  }

  @Test(arguments: names)
  func `stretches without any movement, volume or sense`(name: String) throws {
    var (closes, volumes) = randomBars(2000, seed: 3)
    for i in 300..<400 { closes[i] = closes[300] }
    for i in 500..<560 { volumes[i] = 0 }
    for (i, odd) in [0, -1.5, .infinity, .nan, 1e308, Double.leastNonzeroMagnitude, -.infinity].enumerated() {
      closes[700 + 100 * i] = odd
      volumes[750 + 100 * i] = odd
    }
    let strategy = try RunningStrategy(name)
    let stepped = strategy.steps(closes: closes, volumes: volumes)
    #expect(stepped.allSatisfy { $0.magnitude <= 1 })
    #expect(bits(try strategy.array(closes: closes, volumes: volumes)) == bits(stepped))
  }
}
