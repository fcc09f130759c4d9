import Indicators
import StrategyIR

extension KernelBinding {
  /// Functions of the values in a window in order, and of two windows.
  static func ranked(_ kernel: Kernel, _ known: [Double?]) -> KernelBinding? {
    guard known.count > 1 else { return nil }
    let n = longest(known[1])
    let three = sourceAndLength + [.argument(2)]
    switch kernel {
    case .median:
      return KernelBinding(
        Pine.Median(length: n), "Median(length: \(n))",
        sourceAndLength, "step($s, $0, length: Pine.wholeNumber($1))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.Median.self).step(s, a[0], length: Pine.wholeNumber(a[1]))
      }
    case .mode:
      return KernelBinding(
        Pine.Mode(length: n), "Mode(length: \(n))",
        sourceAndLength, "step($s, $0, length: Pine.wholeNumber($1))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.Mode.self).step(s, a[0], length: Pine.wholeNumber(a[1]))
      }
    case .percentrank:
      return KernelBinding(
        Pine.PercentRank(length: n), "PercentRank(length: \(n))",
        sourceAndLength, "step($s, $0, length: Pine.wholeNumber($1))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.PercentRank.self).step(s, a[0], length: Pine.wholeNumber(a[1]))
      }
    case .rci:
      return KernelBinding(
        Pine.RankCorrelation(length: n), "RankCorrelation(length: \(n))",
        sourceAndLength, "step($s, $0, length: Pine.wholeNumber($1))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.RankCorrelation.self).step(s, a[0], length: Pine.wholeNumber(a[1]))
      }
    case .percentile_nearest_rank:
      return KernelBinding(
        Pine.PercentileNearestRank(length: n), "PercentileNearestRank(length: \(n))",
        three, "step($s, $0, length: Pine.wholeNumber($1), percentage: $2)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.PercentileNearestRank.self)
          .step(s, a[0], length: Pine.wholeNumber(a[1]), percentage: a[2])
      }
    case .percentile_linear_interpolation:
      return KernelBinding(
        Pine.PercentileLinearInterpolation(length: n),
        "PercentileLinearInterpolation(length: \(n))",
        three, "step($s, $0, length: Pine.wholeNumber($1), percentage: $2)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.PercentileLinearInterpolation.self)
          .step(s, a[0], length: Pine.wholeNumber(a[1]), percentage: a[2])
      }
    case .correlation:
      return KernelBinding(
        Pine.Correlation(length: longest(known[2])), "Correlation(length: \(longest(known[2])))",
        three, "step($s, $0, $1, length: Pine.wholeNumber($2))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.Correlation.self).step(s, a[0], a[1], length: Pine.wholeNumber(a[2]))
      }
    default: return nil
    }
  }

  /// Functions of the bar itself.
  static func barred(_ kernel: Kernel, _ known: [Double?]) -> KernelBinding? {
    switch kernel {
    case .tr:
      guard let handles = known[0] else { return nil }
      return KernelBinding(
        Pine.TrueRange(handlesNA: handles != 0), "TrueRange(handlesNA: \(handles != 0))",
        highLowClose, "step($s, high: $0, low: $1, close: $2)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.TrueRange.self).step(s, high: a[0], low: a[1], close: a[2])
      }
    case .atr:
      guard let n = known[0] else { return nil }
      return KernelBinding(
        Pine.ATR(length: Pine.wholeNumber(n)), "ATR(length: \(Pine.wholeNumber(n)))",
        highLowClose, "step($s, high: $0, low: $1, close: $2)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.ATR.self).step(s, high: a[0], low: a[1], close: a[2])
      }
    case .dmi:
      guard let n = known[0], let smoothing = known[1] else { return nil }
      return KernelBinding(
        Pine.DMI(length: Pine.wholeNumber(n), smoothing: Pine.wholeNumber(smoothing)),
        "DMI(length: \(Pine.wholeNumber(n)), smoothing: \(Pine.wholeNumber(smoothing)))",
        highLowClose, "step($s, high: $0, low: $1, close: $2)", ["$x.plus", "$x.minus", "$x.adx"]
      ) { k, s, a, r in
        let lines = k.load(as: Pine.DMI.self).step(s, high: a[0], low: a[1], close: a[2])
        (r[0], r[1], r[2]) = (lines.plus, lines.minus, lines.adx)
      }
    case .sar:
      guard let start = known[0], let increment = known[1], let most = known[2] else { return nil }
      return KernelBinding(
        Pine.ParabolicSAR(start: start, increment: increment, maximum: most),
        "ParabolicSAR(start: \(literal(start)), increment: \(literal(increment)), "
          + "maximum: \(literal(most)))",
        highLowClose, "step($s, high: $0, low: $1, close: $2)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.ParabolicSAR.self).step(s, high: a[0], low: a[1], close: a[2])
      }
    case .supertrend:
      guard let n = known[1] else { return nil }
      return KernelBinding(
        Pine.Supertrend(length: Pine.wholeNumber(n)), "Supertrend(length: \(Pine.wholeNumber(n)))",
        highLowClose + [.argument(0)], "step($s, high: $0, low: $1, close: $2, factor: $3)",
        ["$x.line", "$x.direction"]
      ) {
        k, s, a, r in
        let lines = k.load(as: Pine.Supertrend.self)
          .step(s, high: a[0], low: a[1], close: a[2], factor: a[3])
        (r[0], r[1]) = (lines.line, lines.direction)
      }
    case .wpr:
      return KernelBinding(
        Pine.WilliamsR(length: longest(known[0])), "WilliamsR(length: \(longest(known[0])))",
        highLowClose + [.argument(0)],
        "step($s, high: $0, low: $1, close: $2, length: Pine.wholeNumber($3))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.WilliamsR.self)
          .step(s, high: a[0], low: a[1], close: a[2], length: Pine.wholeNumber(a[3]))
      }
    default: return channels(kernel, known)
    }
  }

  private static func channels(_ kernel: Kernel, _ known: [Double?]) -> KernelBinding? {
    guard known.count > 3 else { return nil }
    switch kernel {
    case .stoch:
      return KernelBinding(
        Pine.Stochastic(length: longest(known[3])), "Stochastic(length: \(longest(known[3])))",
        [.argument(0), .argument(1), .argument(2), .argument(3)],
        "step($s, $0, high: $1, low: $2, length: Pine.wholeNumber($3))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.Stochastic.self)
          .step(s, a[0], high: a[1], low: a[2], length: Pine.wholeNumber(a[3]))
      }
    case .kc, .kcw:
      guard let n = known[1] else { return nil }
      let channels = Pine.KeltnerChannels(length: Pine.wholeNumber(n))
      let inputs = [.argument(0)] + highLowClose + [.argument(2), .argument(3)]
      if kernel == .kcw {
        return KernelBinding(
          channels, "KeltnerChannels(length: \(Pine.wholeNumber(n)))",
          inputs,
          "step($s, $0, high: $1, low: $2, close: $3, multiple: $4, usesTrueRange: $5 != 0)",
          ["$x.width"]
        ) { k, s, a, r in
          r[0] =
            k.load(as: Pine.KeltnerChannels.self)
            .step(
              s, a[0], high: a[1], low: a[2], close: a[3], multiple: a[4],
              usesTrueRange: a[5] != 0
            ).width
        }
      }
      return KernelBinding(
        channels, "KeltnerChannels(length: \(Pine.wholeNumber(n)))",
        inputs, "step($s, $0, high: $1, low: $2, close: $3, multiple: $4, usesTrueRange: $5 != 0)",
        ["$x.middle", "$x.upper", "$x.lower"]
      ) { k, s, a, r in
        let bands = k.load(as: Pine.KeltnerChannels.self)
          .step(
            s, a[0], high: a[1], low: a[2], close: a[3], multiple: a[4], usesTrueRange: a[5] != 0)
        (r[0], r[1], r[2]) = (bands.middle, bands.upper, bands.lower)
      }
    default: return nil
    }
  }
}
