import Indicators
import StrategyIR

extension KernelBinding {
  /// The kernel of a call; nil where a length that it is made for is not known.
  ///
  /// - Parameter known: the arguments that are constants.
  static func make(_ kernel: Kernel, _ known: [Double?]) -> KernelBinding? {
    windowed(kernel, known) ?? recursive(kernel, known) ?? ranked(kernel, known)
      ?? barred(kernel, known) ?? event(kernel, known) ?? volumes(kernel)
  }

  /// How long a window must be able to get: a constant length, else the longest history.
  static func longest(_ length: Double?) -> Int {
    guard let length else { return Program.longestHistory }
    return max(Pine.wholeNumber(length), 1)
  }

  static let source = [Input.argument(0)]
  static let sourceAndLength = [Input.argument(0), .argument(1)]
  static let highLowClose = [Input.bar(.high), .bar(.low), .bar(.close)]

  /// Windows whose length may change from bar to bar.
  private static func windowed(_ kernel: Kernel, _ known: [Double?]) -> KernelBinding? {
    guard known.count > 1 else { return nil }
    let n = longest(known[1])
    switch kernel {
    case .sma where known[1] != nil:
      return KernelBinding(
        Pine.SMA(length: n), "SMA(length: \(n))",
        source, "step($s, $0)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.SMA.self).step(s, a[0])
      }
    case .sma:
      return KernelBinding(
        Pine.SMA(length: n), "SMA(length: \(n))",
        sourceAndLength, "step($s, $0, length: Pine.wholeNumber($1))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.SMA.self).step(s, a[0], length: Pine.wholeNumber(a[1]))
      }
    case .sum:
      return KernelBinding(
        Pine.Sum(length: n), "Sum(length: \(n))",
        sourceAndLength, "step($s, $0, length: Pine.wholeNumber($1))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.Sum.self).step(s, a[0], length: Pine.wholeNumber(a[1]))
      }
    case .wma:
      return KernelBinding(
        Pine.WMA(length: n), "WMA(length: \(n))",
        sourceAndLength, "step($s, $0, length: Pine.wholeNumber($1))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.WMA.self).step(s, a[0], length: Pine.wholeNumber(a[1]))
      }
    case .vwma:
      return KernelBinding(
        Pine.VWMA(length: n), "VWMA(length: \(n))",
        sourceAndLength + [.bar(.volume)], "step($s, $0, volume: $2, length: Pine.wholeNumber($1))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.VWMA.self).step(
          s, a[0], volume: a[2], length: Pine.wholeNumber(a[1]))
      }
    default:
      return deviations(kernel, n) ?? extremes(kernel, n, known) ?? moments(kernel, n)
    }
  }

  private static func deviations(_ kernel: Kernel, _ n: Int) -> KernelBinding? {
    switch kernel {
    case .dev:
      return KernelBinding(
        Pine.MeanDeviation(length: n), "MeanDeviation(length: \(n))",
        sourceAndLength, "step($s, $0, length: Pine.wholeNumber($1))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.MeanDeviation.self).step(s, a[0], length: Pine.wholeNumber(a[1]))
      }
    case .cci:
      return KernelBinding(
        Pine.CCI(length: n), "CCI(length: \(n))",
        sourceAndLength, "step($s, $0, length: Pine.wholeNumber($1))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.CCI.self).step(s, a[0], length: Pine.wholeNumber(a[1]))
      }
    case .cmo:
      return KernelBinding(
        Pine.CMO(length: n), "CMO(length: \(n))",
        sourceAndLength, "step($s, $0, length: Pine.wholeNumber($1))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.CMO.self).step(s, a[0], length: Pine.wholeNumber(a[1]))
      }
    case .mfi:
      return KernelBinding(
        Pine.MFI(length: n), "MFI(length: \(n))",
        sourceAndLength + [.bar(.volume)], "step($s, $0, volume: $2, length: Pine.wholeNumber($1))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.MFI.self).step(s, a[0], volume: a[2], length: Pine.wholeNumber(a[1]))
      }
    case .cog:
      return KernelBinding(
        Pine.CenterOfGravity(length: n), "CenterOfGravity(length: \(n))",
        sourceAndLength, "step($s, $0, length: Pine.wholeNumber($1))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.CenterOfGravity.self).step(s, a[0], length: Pine.wholeNumber(a[1]))
      }
    case .change, .mom:
      return KernelBinding(
        Pine.Change(length: n), "Change(length: \(n))",
        sourceAndLength, "step($s, $0, length: Pine.wholeNumber($1))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.Change.self).step(s, a[0], length: Pine.wholeNumber(a[1]))
      }
    case .roc:
      return KernelBinding(
        Pine.Change(length: n), "Change(length: \(n))",
        sourceAndLength, "stepPercent($s, $0, length: Pine.wholeNumber($1))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.Change.self).stepPercent(s, a[0], length: Pine.wholeNumber(a[1]))
      }
    default: return nil
    }
  }

  private static func extremes(_ kernel: Kernel, _ n: Int, _ known: [Double?]) -> KernelBinding? {
    switch kernel {
    case .highest, .lowest:
      let extreme: Pine.Extreme = kernel == .highest ? .highest(length: n) : .lowest(length: n)
      if known[1] != nil {
        return KernelBinding(
          extreme, "Extreme.\(kernel)(length: \(n))",
          source, "step($s, $0)"
        ) { k, s, a, r in
          r[0] = k.load(as: Pine.Extreme.self).step(s, a[0])
        }
      }
      return KernelBinding(
        extreme, "Extreme.\(kernel)(length: \(n))",
        sourceAndLength, "step($s, $0, length: Pine.wholeNumber($1))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.Extreme.self).step(s, a[0], length: Pine.wholeNumber(a[1]))
      }
    case .highestbars, .lowestbars:
      let bars: Pine.ExtremeBars =
        kernel == .highestbars ? .highest(length: n) : .lowest(length: n)
      return KernelBinding(
        bars, "ExtremeBars.\(kernel == .highestbars ? "highest" : "lowest")(length: \(n))",
        sourceAndLength, "step($s, $0, length: Pine.wholeNumber($1))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.ExtremeBars.self).step(s, a[0], length: Pine.wholeNumber(a[1]))
      }
    case .range:
      return KernelBinding(
        Pine.Range(length: n), "Range(length: \(n))",
        sourceAndLength, "step($s, $0, length: Pine.wholeNumber($1))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.Range.self).step(s, a[0], length: Pine.wholeNumber(a[1]))
      }
    default: return nil
    }
  }

  private static func moments(_ kernel: Kernel, _ n: Int) -> KernelBinding? {
    let three = sourceAndLength + [.argument(2)]
    switch kernel {
    case .stdev:
      return KernelBinding(
        Pine.StandardDeviation(length: n), "StandardDeviation(length: \(n))",
        three, "step($s, $0, length: Pine.wholeNumber($1), isBiased: $2 != 0)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.StandardDeviation.self)
          .step(s, a[0], length: Pine.wholeNumber(a[1]), isBiased: a[2] != 0)
      }
    case .variance:
      return KernelBinding(
        Pine.Variance(length: n), "Variance(length: \(n))",
        three, "step($s, $0, length: Pine.wholeNumber($1), isBiased: $2 != 0)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.Variance.self)
          .step(s, a[0], length: Pine.wholeNumber(a[1]), isBiased: a[2] != 0)
      }
    case .bb:
      return KernelBinding(
        Pine.BollingerBands(length: n), "BollingerBands(length: \(n))",
        three, "step($s, $0, length: Pine.wholeNumber($1), multiple: $2)",
        ["$x.middle", "$x.upper", "$x.lower"]
      ) { k, s, a, r in
        let bands = k.load(as: Pine.BollingerBands.self)
          .step(s, a[0], length: Pine.wholeNumber(a[1]), multiple: a[2])
        (r[0], r[1], r[2]) = (bands.middle, bands.upper, bands.lower)
      }
    case .bbw:
      return KernelBinding(
        Pine.BollingerBands(length: n), "BollingerBands(length: \(n))",
        three, "step($s, $0, length: Pine.wholeNumber($1), multiple: $2)", ["100 * $x.width"]
      ) { k, s, a, r in
        let bands = k.load(as: Pine.BollingerBands.self)
          .step(s, a[0], length: Pine.wholeNumber(a[1]), multiple: a[2])
        r[0] = 100 * bands.width
      }
    case .linreg:
      return KernelBinding(
        Pine.LinearRegression(length: n), "LinearRegression(length: \(n))",
        three, "step($s, $0, length: Pine.wholeNumber($1), offset: $2)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.LinearRegression.self)
          .step(s, a[0], length: Pine.wholeNumber(a[1]), offset: a[2])
      }
    default: return nil
    }
  }
}
