import Indicators
import StrategyIR

extension KernelBinding {
  /// Averages with a memory without end, and others of a fixed length.
  static func recursive(_ kernel: Kernel, _ known: [Double?]) -> KernelBinding? {
    switch kernel {
    case .swma:
      return KernelBinding(
        Pine.SWMA(), "SWMA()",
        source, "step($s, $0)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.SWMA.self).step(s, a[0])
      }
    case .cum:
      return KernelBinding(
        Pine.Cumulative(), "Cumulative()",
        source, "step($s, $0)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.Cumulative.self).step(s, a[0])
      }
    case .fixnan:
      return KernelBinding(
        Pine.FixNan(), "FixNan()",
        source, "step($s, $0)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.FixNan.self).step(s, a[0])
      }
    case .max, .min:
      let extreme: Pine.AllTimeExtreme = kernel == .max ? .highest : .lowest
      return KernelBinding(
        extreme, "AllTimeExtreme.\(kernel == .max ? "highest" : "lowest")",
        source, "step($s, $0)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.AllTimeExtreme.self).step(s, a[0])
      }
    default: break
    }
    guard known.count > 1, let length = known[1] else { return nil }
    let n = Pine.wholeNumber(length)
    switch kernel {
    case .ema:
      return KernelBinding(
        Pine.EMA(length: n), "EMA(length: \(n))",
        source, "step($s, $0)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.EMA.self).step(s, a[0])
      }
    case .rma:
      return KernelBinding(
        Pine.RMA(length: n), "RMA(length: \(n))",
        source, "step($s, $0)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.RMA.self).step(s, a[0])
      }
    case .hma:
      return KernelBinding(
        Pine.HMA(length: n), "HMA(length: \(n))",
        source, "step($s, $0)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.HMA.self).step(s, a[0])
      }
    case .rsi:
      return KernelBinding(
        Pine.RSI(length: n), "RSI(length: \(n))",
        source, "step($s, $0)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.RSI.self).step(s, a[0])
      }
    case .macd: return macd(known)
    case .tsi:
      guard let long = known[2] else { return nil }
      return KernelBinding(
        Pine.TSI(short: n, long: Pine.wholeNumber(long)),
        "TSI(short: \(n), long: \(Pine.wholeNumber(long)))",
        source, "step($s, $0)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.TSI.self).step(s, a[0])
      }
    case .alma:
      guard let offset = known[2], let sigma = known[3] else { return nil }
      let floor = known[4].map { $0 != 0 && $0 == $0 } ?? false
      return KernelBinding(
        Pine.ALMA(length: n, offset: offset, sigma: sigma, floor: floor),
        "ALMA(length: \(n), offset: \(literal(offset)), sigma: \(literal(sigma)), floor: \(floor))",
        source, "step($s, $0)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.ALMA.self).step(s, a[0])
      }
    default: return nil
    }
  }

  private static func macd(_ known: [Double?]) -> KernelBinding? {
    guard let fast = known[1], let slow = known[2], let signal = known[3] else { return nil }
    let (f, s, g) = (Pine.wholeNumber(fast), Pine.wholeNumber(slow), Pine.wholeNumber(signal))
    return KernelBinding(
      Pine.MACD(fast: f, slow: s, signal: g), "MACD(fast: \(f), slow: \(s), signal: \(g))",
      source, "step($s, $0)", ["$x.macd", "$x.signal", "$x.histogram"]
    ) { k, s, a, r in
      let lines = k.load(as: Pine.MACD.self).step(s, a[0])
      (r[0], r[1], r[2]) = (lines.macd, lines.signal, lines.histogram)
    }
  }
}
