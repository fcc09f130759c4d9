import StrategyVM

/// Bars of 15 minutes with everything in them that formulas stumble over: gaps, equal closes, equal
/// volumes, bars without a range, and none. The same on each run.
enum UnevenBars {
  static let bars = make(400)

  private static func make(_ count: Int) -> [ScriptBar] {
    var seed: UInt64 = 0x9E37_79B9_7F4A_7C15
    func next() -> Double {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(seed >> 40) / Double(1 << 24)
    }
    let start: Int64 = 1_704_067_200_000
    var close = 100.0
    var volume = 50.0
    return (0..<count).map { i in
      let open = next() < 0.3 ? close + (next() - 0.5) * 3 : close
      let isFlat = next() < 0.05
      if !isFlat && next() > 0.08 { close = ((open + (next() - 0.5) * 4) * 100).rounded() / 100 }
      let high = isFlat ? max(open, close) : max(open, close) + next() * 1.5
      let low = isFlat ? min(open, close) : min(open, close) - next() * 1.5
      if next() > 0.1 { volume = (1 + next() * 99).rounded() }
      return ScriptBar(
        time: start + Int64(i) * 900_000, timeClose: start + Int64(i + 1) * 900_000,
        open: isFlat ? close : open, high: isFlat ? close : high, low: isFlat ? close : low,
        close: close, volume: volume)
    }
  }
}
