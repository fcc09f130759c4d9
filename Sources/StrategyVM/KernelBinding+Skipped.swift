import Indicators
import StrategyIR

extension Kernel {
  /// Whether the window of a call in a branch counts a bar on which the branch was not taken as
  /// one with the last call's values. The windows of the others (sma, sum, median, stdev …) are of
  /// calls. So TradingView was measured (by the PineTS project).
  var repeatsSkippedBars: Bool {
    switch self {
    case .wma, .swma, .alma, .change, .mom, .roc, .stoch, .wpr, .percentrank, .dev, .cog,
      .pivothigh, .pivotlow, .highest, .lowest, .highestbars, .lowestbars:
      true
    default: false
    }
  }
}

extension KernelBinding {
  /// For a call that some bars pass over, where that makes a difference: nil, where it makes none.
  static func skipped(_ kernel: Kernel, _ known: [Double?]) -> KernelBinding? {
    slots(kernel, known) ?? ranges(kernel, known) ?? trends(kernel, known) ?? lines(kernel)
  }

  private static let closeBefore = Input.past(.close, 1)

  /// highest, lowest and their bars with a length known beforehand, called in a branch.
  private static func slots(_ kernel: Kernel, _ known: [Double?]) -> KernelBinding? {
    guard known.count > 1, let length = known[1] else { return nil }
    let n = Pine.wholeNumber(length)
    let isHigh = kernel == .highest || kernel == .highestbars
    guard isHigh || kernel == .lowest || kernel == .lowestbars else { return nil }
    let extreme: Pine.SlotExtreme = isHigh ? .highest(length: n) : .lowest(length: n)
    let inputs = source + [.bar(.index)]
    if kernel == .highest || kernel == .lowest {
      return KernelBinding(
        extreme, "SlotExtreme.\(isHigh ? "highest" : "lowest")(length: \(n))",
        inputs, "step($s, $0, bar: Pine.barNumber($1))", ["$x.value"]
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.SlotExtreme.self).step(s, a[0], bar: Pine.barNumber(a[1])).value
      }
    }
    return KernelBinding(
      extreme, "SlotExtreme.\(isHigh ? "highest" : "lowest")(length: \(n))",
      inputs, "step($s, $0, bar: Pine.barNumber($1))", ["$x.bars"]
    ) { k, s, a, r in
      r[0] = k.load(as: Pine.SlotExtreme.self).step(s, a[0], bar: Pine.barNumber(a[1])).bars
    }
  }

  /// True ranges from the close of the chart's bar before.
  private static func ranges(_ kernel: Kernel, _ known: [Double?]) -> KernelBinding? {
    let inputs = [Input.bar(.high), .bar(.low), closeBefore]
    switch kernel {
    case .tr:
      guard let handles = known[0] else { return nil }
      return KernelBinding(
        Pine.TrueRange(handlesNA: handles != 0), "TrueRange(handlesNA: \(handles != 0))",
        inputs, "step($s, high: $0, low: $1, before: $2)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.TrueRange.self).step(s, high: a[0], low: a[1], before: a[2])
      }
    case .atr:
      guard let n = known[0] else { return nil }
      return KernelBinding(
        Pine.ATR(length: Pine.wholeNumber(n)), "ATR(length: \(Pine.wholeNumber(n)))",
        inputs, "step($s, high: $0, low: $1, before: $2)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.ATR.self).step(s, high: a[0], low: a[1], before: a[2])
      }
    case .kc, .kcw:
      guard known.count > 3, let n = known[1] else { return nil }
      let channels = Pine.KeltnerChannels(length: Pine.wholeNumber(n))
      let call = "step($s, $0, high: $1, low: $2, before: $3, multiple: $4, usesTrueRange: $5 != 0)"
      let all = [.argument(0)] + inputs + [.argument(2), .argument(3)]
      if kernel == .kcw {
        return KernelBinding(
          channels, "KeltnerChannels(length: \(Pine.wholeNumber(n)))", all, call, ["$x.width"]
        ) { k, s, a, r in r[0] = KernelBinding.channels(k, s, a).width }
      }
      return KernelBinding(
        channels, "KeltnerChannels(length: \(Pine.wholeNumber(n)))", all, call,
        ["$x.middle", "$x.upper", "$x.lower"]
      ) { k, s, a, r in
        let bands = KernelBinding.channels(k, s, a)
        (r[0], r[1], r[2]) = (bands.middle, bands.upper, bands.lower)
      }
    default: return nil
    }
  }

  private static func channels(
    _ k: UnsafeRawPointer, _ s: UnsafeMutableRawPointer, _ a: UnsafePointer<Double>
  ) -> Pine.Bands {
    k.load(as: Pine.KeltnerChannels.self)
      .step(s, a[0], high: a[1], low: a[2], before: a[3], multiple: a[4], usesTrueRange: a[5] != 0)
  }

  private static func trends(_ kernel: Kernel, _ known: [Double?]) -> KernelBinding? {
    switch kernel {
    case .dmi:
      guard let n = known[0], let smoothing = known[1] else { return nil }
      return KernelBinding(
        Pine.DMI(length: Pine.wholeNumber(n), smoothing: Pine.wholeNumber(smoothing)),
        "DMI(length: \(Pine.wholeNumber(n)), smoothing: \(Pine.wholeNumber(smoothing)))",
        [.bar(.high), .bar(.low), closeBefore], "step($s, high: $0, low: $1, before: $2)",
        ["$x.plus", "$x.minus", "$x.adx"]
      ) { k, s, a, r in
        let lines = k.load(as: Pine.DMI.self).step(s, high: a[0], low: a[1], before: a[2])
        (r[0], r[1], r[2]) = (lines.plus, lines.minus, lines.adx)
      }
    case .supertrend:
      guard let n = known[1] else { return nil }
      return KernelBinding(
        Pine.Supertrend(length: Pine.wholeNumber(n)), "Supertrend(length: \(Pine.wholeNumber(n)))",
        highLowClose + [closeBefore, .argument(0)],
        "step($s, high: $0, low: $1, close: $2, before: $3, factor: $4)",
        ["$x.line", "$x.direction"]
      ) { k, s, a, r in
        let lines = k.load(as: Pine.Supertrend.self)
          .step(s, high: a[0], low: a[1], close: a[2], before: a[3], factor: a[4])
        (r[0], r[1]) = (lines.line, lines.direction)
      }
    case .sar:
      guard let start = known[0], let increment = known[1], let most = known[2] else { return nil }
      return KernelBinding(
        Pine.ParabolicSAR(start: start, increment: increment, maximum: most),
        "ParabolicSAR(start: \(literal(start)), increment: \(literal(increment)), "
          + "maximum: \(literal(most)))",
        [.bar(.index)] + highLowClose + [
          closeBefore, .past(.high, 1), .past(.low, 1), .past(.high, 2), .past(.low, 2),
        ],
        "step($s, bar: $0, high: $1, low: $2, close: $3, "
          + ".init(close: $4, high: $5, low: $6, high2: $7, low2: $8))"
      ) { k, s, a, r in
        let before = Pine.ParabolicSAR.Before(
          close: a[4], high: a[5], low: a[6], high2: a[7], low2: a[8])
        r[0] = k.load(as: Pine.ParabolicSAR.self)
          .step(s, bar: a[0], high: a[1], low: a[2], close: a[3], before)
      }
    default: return nil
    }
  }

  /// Lines of volumes.
  private static func lines(_ kernel: Kernel) -> KernelBinding? {
    switch kernel {
    case .nvi, .pvi, .pvt, .wad:
      let kind = volumeKind(kernel)
      return KernelBinding(
        Pine.VolumeLine(kind), "VolumeLine(.\(kind))",
        highLowClose + [.bar(.volume), closeBefore, .past(.volume, 1)],
        "step($s, high: $0, low: $1, close: $2, volume: $3, before: $4, volumeBefore: $5)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.VolumeLine.self)
          .step(
            s, high: a[0], low: a[1], close: a[2], volume: a[3], before: a[4], volumeBefore: a[5])
      }
    default: return nil
    }
  }
}

extension Kernel {
  /// How far back a call that some bars pass over reads the chart's bars by itself.
  func chartDepth(_ field: BarField) -> Int {
    switch (self, field) {
    case (.tr, .close), (.atr, .close), (.kc, .close), (.kcw, .close), (.dmi, .close),
      (.supertrend, .close), (.sar, .close), (.nvi, .close), (.pvi, .close), (.pvt, .close),
      (.wad, .close), (.nvi, .volume), (.pvi, .volume), (.pvt, .volume), (.wad, .volume):
      1
    case (.sar, .high), (.sar, .low): 2
    default: 0
    }
  }
}
