import Indicators
import StrategyIR

/// Averages with a memory without end, and others that must know more than one number beforehand.
extension KernelBinding {
  static func macd(_ known: [Double?]) -> KernelBinding? {
    guard let fast = known[1], let slow = known[2], let signal = known[3] else { return nil }
    let (f, s, g) = (Pine.wholeNumber(fast), Pine.wholeNumber(slow), Pine.wholeNumber(signal))
    return KernelBinding(
      Pine.MACD(fast: f, slow: s, signal: g), "MACD(fast: \(f), slow: \(s), signal: \(g))",
      source, SeriesCall.text, ["$x.macd", "$x.signal", "$x.histogram"]
    ) { k, s, a, r in
      let lines = k.load(as: Pine.MACD.self).step(s, a[0])
      (r[0], r[1], r[2]) = (lines.macd, lines.signal, lines.histogram)
    }
  }

  static func strength(_ known: [Double?]) -> KernelBinding? {
    guard let short = known[1], let long = known[2] else { return nil }
    let (s, l) = (Pine.wholeNumber(short), Pine.wholeNumber(long))
    return series(Pine.TSI(short: s, long: l), "TSI(short: \(s), long: \(l))") {
      SeriesCall.step(Pine.TSI.self, $0, $1, $2, $3)
    }
  }

  static func alma(_ known: [Double?]) -> KernelBinding? {
    guard let length = known[1], let offset = known[2], let sigma = known[3] else { return nil }
    let n = Pine.wholeNumber(length)
    let floor = known[4].map { $0 != 0 && $0 == $0 } ?? false
    return series(
      Pine.ALMA(length: n, offset: offset, sigma: sigma, floor: floor),
      "ALMA(length: \(n), offset: \(literal(offset)), sigma: \(literal(sigma)), floor: \(floor))"
    ) { SeriesCall.step(Pine.ALMA.self, $0, $1, $2, $3) }
  }
}
