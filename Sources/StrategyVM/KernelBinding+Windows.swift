import Indicators
import StrategyIR

/// Kernels of a window that take more than the source and a length, or answer more than one number.
extension KernelBinding {
  static func change(_ n: Int) -> KernelBinding {
    window(Pine.Change(length: n), n, pair, "step($s, $0, length: Pine.barNumber($1))") { k, s, a, r in
      r[0] = k.load(as: Pine.Change.self).step(s, a[0], length: Pine.barNumber(a[1]))
    }
  }

  static func rateOfChange(_ n: Int) -> KernelBinding {
    window(Pine.Change(length: n), n, pair, "stepPercent($s, $0, length: Pine.barNumber($1))") { k, s, a, r in
      r[0] = k.load(as: Pine.Change.self).stepPercent(s, a[0], length: Pine.barNumber(a[1]))
    }
  }

  static func vwma(_ n: Int) -> KernelBinding {
    window(Pine.VWMA(length: n), n, VolumeCall.inputs, VolumeCall.text) {
      VolumeCall.step(Pine.VWMA.self, $0, $1, $2, $3)
    }
  }

  static func moneyFlow(_ n: Int) -> KernelBinding {
    window(Pine.MFI(length: n), n, VolumeCall.inputs, VolumeCall.text) {
      VolumeCall.step(Pine.MFI.self, $0, $1, $2, $3)
    }
  }

  static func standardDeviation(_ n: Int) -> KernelBinding {
    window(Pine.StandardDeviation(length: n), n, three, DeviationCall.text) {
      DeviationCall.step(Pine.StandardDeviation.self, $0, $1, $2, $3)
    }
  }

  static func variance(_ n: Int) -> KernelBinding {
    window(Pine.Variance(length: n), n, three, DeviationCall.text) {
      DeviationCall.step(Pine.Variance.self, $0, $1, $2, $3)
    }
  }

  static func regression(_ n: Int) -> KernelBinding {
    window(
      Pine.LinearRegression(length: n), n, three,
      "step($s, $0, length: Pine.wholeNumber($1), offset: $2)"
    ) { k, s, a, r in
      r[0] = k.load(as: Pine.LinearRegression.self)
        .step(s, a[0], length: Pine.wholeNumber(a[1]), offset: a[2])
    }
  }

  private static let bandsCall = "step($s, $0, length: Pine.wholeNumber($1), multiple: $2)"

  static func bands(_ n: Int) -> KernelBinding {
    window(Pine.BollingerBands(length: n), n, three, bandsCall, BandsAnswer.text) { k, s, a, r in
      let bands = k.load(as: Pine.BollingerBands.self)
        .step(s, a[0], length: Pine.wholeNumber(a[1]), multiple: a[2])
      BandsAnswer.store(bands, r)
    }
  }

  static func bandWidth(_ n: Int) -> KernelBinding {
    window(Pine.BollingerBands(length: n), n, three, bandsCall, ["100 * $x.width"]) { k, s, a, r in
      let bands = k.load(as: Pine.BollingerBands.self)
        .step(s, a[0], length: Pine.wholeNumber(a[1]), multiple: a[2])
      r[0] = 100 * bands.width
    }
  }

  static func nearestRank(_ n: Int) -> KernelBinding {
    window(Pine.PercentileNearestRank(length: n), n, three, PercentileCall.text) {
      PercentileCall.step(Pine.PercentileNearestRank.self, $0, $1, $2, $3)
    }
  }

  static func interpolatedRank(_ n: Int) -> KernelBinding {
    window(Pine.PercentileLinearInterpolation(length: n), n, three, PercentileCall.text) {
      PercentileCall.step(Pine.PercentileLinearInterpolation.self, $0, $1, $2, $3)
    }
  }

  static func correlation(_ n: Int) -> KernelBinding {
    window(Pine.Correlation(length: n), n, three, "step($s, $0, $1, length: Pine.wholeNumber($2))") { k, s, a, r in
      r[0] = k.load(as: Pine.Correlation.self).step(s, a[0], a[1], length: Pine.wholeNumber(a[2]))
    }
  }

  static func stochastic(_ n: Int) -> KernelBinding {
    window(
      Pine.Stochastic(length: n), n, three + [.argument(3)],
      "step($s, $0, high: $1, low: $2, length: Pine.wholeNumber($3))"
    ) { k, s, a, r in
      r[0] = k.load(as: Pine.Stochastic.self)
        .step(s, a[0], high: a[1], low: a[2], length: Pine.wholeNumber(a[3]))
    }
  }

  static func williamsR(_ n: Int) -> KernelBinding {
    window(
      Pine.WilliamsR(length: n), n, highLowClose + [.argument(0)],
      "step($s, high: $0, low: $1, close: $2, length: Pine.wholeNumber($3))"
    ) { k, s, a, r in
      r[0] = k.load(as: Pine.WilliamsR.self)
        .step(s, high: a[0], low: a[1], close: a[2], length: Pine.wholeNumber(a[3]))
    }
  }

  // MARK: Extremes

  /// highest, lowest and their bars; in slots where their length is known and some bars pass over the call.
  static func extreme(_ kernel: Kernel, _ length: Double?, _ chart: Bool) -> KernelBinding {
    let isHigh = kernel == .highest || kernel == .highestbars
    let answersBars = kernel == .highestbars || kernel == .lowestbars
    if chart, let length { return slots(Pine.wholeNumber(length), isHigh, answersBars) }
    let n = longest(length)
    let side = isHigh ? "highest" : "lowest"
    if answersBars {
      return window(
        isHigh ? Pine.ExtremeBars.highest(length: n) : Pine.ExtremeBars.lowest(length: n),
        "ExtremeBars.\(side)(length: \(n))"
      ) { WindowCall.step(Pine.ExtremeBars.self, $0, $1, $2, $3) }
    }
    let extreme: Pine.Extreme = isHigh ? .highest(length: n) : .lowest(length: n)
    guard length != nil else {
      return window(extreme, "Extreme.\(side)(length: \(n))") {
        WindowCall.step(Pine.Extreme.self, $0, $1, $2, $3)
      }
    }
    return series(extreme, "Extreme.\(side)(length: \(n))") {
      SeriesCall.step(Pine.Extreme.self, $0, $1, $2, $3)
    }
  }

  private static func slots(_ n: Int, _ isHigh: Bool, _ answersBars: Bool) -> KernelBinding {
    let bars: KernelStep = { k, s, a, r in
      r[0] = k.load(as: Pine.SlotExtreme.self).step(s, a[0], bar: Pine.barNumber(a[1])).bars
    }
    let value: KernelStep = { k, s, a, r in
      r[0] = k.load(as: Pine.SlotExtreme.self).step(s, a[0], bar: Pine.barNumber(a[1])).value
    }
    return KernelBinding(
      isHigh ? Pine.SlotExtreme.highest(length: n) : Pine.SlotExtreme.lowest(length: n),
      "SlotExtreme.\(isHigh ? "highest" : "lowest")(length: \(n))",
      source + [.bar(.index)], "step($s, $0, bar: Pine.barNumber($1))",
      [answersBars ? "$x.bars" : "$x.value"],
      answersBars ? bars : value)
  }
}
