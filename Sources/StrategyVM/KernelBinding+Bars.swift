import Indicators
import StrategyIR

/// Kernels of the bar itself. With `chart` some bars pass over the call: the bar before is the chart's then, and not
/// that of the call before.
extension KernelBinding {
  private static let closeBefore = Input.past(.close, 1)

  static func trueRange(_ known: [Double?], _ chart: Bool) -> KernelBinding? {
    guard let handles = known[0] else { return nil }
    let ofChart: KernelStep = { RangeCall.ofChart(Pine.TrueRange.self, $0, $1, $2, $3) }
    let ofCalls: KernelStep = { RangeCall.ofCalls(Pine.TrueRange.self, $0, $1, $2, $3) }
    return KernelBinding(
      Pine.TrueRange(handlesNA: handles != 0), "TrueRange(handlesNA: \(handles != 0))",
      RangeCall.inputs(chart), RangeCall.text(chart), ["$x"], chart ? ofChart : ofCalls)
  }

  static func averageTrueRange(_ known: [Double?], _ chart: Bool) -> KernelBinding? {
    guard let length = known[0] else { return nil }
    let ofChart: KernelStep = { RangeCall.ofChart(Pine.ATR.self, $0, $1, $2, $3) }
    let ofCalls: KernelStep = { RangeCall.ofCalls(Pine.ATR.self, $0, $1, $2, $3) }
    let n = Pine.wholeNumber(length)
    return window(
      Pine.ATR(length: n), n, RangeCall.inputs(chart), RangeCall.text(chart), ["$x"],
      chart ? ofChart : ofCalls)
  }

  static func directional(_ known: [Double?], _ chart: Bool) -> KernelBinding? {
    guard let length = known[0], let smoothing = known[1] else { return nil }
    let (n, m) = (Pine.wholeNumber(length), Pine.wholeNumber(smoothing))
    let ofChart: KernelStep = { k, s, a, r in
      let lines = k.load(as: Pine.DMI.self).step(s, high: a[0], low: a[1], before: a[2])
      (r[0], r[1], r[2]) = (lines.plus, lines.minus, lines.adx)
    }
    let ofCalls: KernelStep = { k, s, a, r in
      let lines = k.load(as: Pine.DMI.self).step(s, high: a[0], low: a[1], close: a[2])
      (r[0], r[1], r[2]) = (lines.plus, lines.minus, lines.adx)
    }
    return KernelBinding(
      Pine.DMI(length: n, smoothing: m), "DMI(length: \(n), smoothing: \(m))", RangeCall.inputs(chart),
      RangeCall.text(chart), ["$x.plus", "$x.minus", "$x.adx"],
      chart ? ofChart : ofCalls)
  }

  static func supertrend(_ known: [Double?], _ chart: Bool) -> KernelBinding? {
    guard let length = known[1] else { return nil }
    let ofChart: KernelStep = { k, s, a, r in
      let lines = k.load(as: Pine.Supertrend.self)
        .step(s, high: a[0], low: a[1], close: a[2], before: a[3], factor: a[4])
      (r[0], r[1]) = (lines.line, lines.direction)
    }
    let ofCalls: KernelStep = { k, s, a, r in
      let lines = k.load(as: Pine.Supertrend.self)
        .step(s, high: a[0], low: a[1], close: a[2], factor: a[3])
      (r[0], r[1]) = (lines.line, lines.direction)
    }
    return window(
      Pine.Supertrend(length: Pine.wholeNumber(length)), Pine.wholeNumber(length),
      highLowClose + (chart ? [closeBefore] : []) + [.argument(0)],
      chart
        ? "step($s, high: $0, low: $1, close: $2, before: $3, factor: $4)"
        : "step($s, high: $0, low: $1, close: $2, factor: $3)",
      ["$x.line", "$x.direction"],
      chart ? ofChart : ofCalls)
  }

  static func parabolic(_ known: [Double?], _ chart: Bool) -> KernelBinding? {
    guard let start = known[0], let increment = known[1], let most = known[2] else { return nil }
    let ofChart: KernelStep = { k, s, a, r in
      let before = Pine.ParabolicSAR.Before(
        close: a[4], high: a[5], low: a[6], high2: a[7], low2: a[8])
      r[0] = k.load(as: Pine.ParabolicSAR.self)
        .step(s, bar: a[0], high: a[1], low: a[2], close: a[3], before)
    }
    let ofCalls: KernelStep = { k, s, a, r in
      r[0] = k.load(as: Pine.ParabolicSAR.self).step(s, high: a[0], low: a[1], close: a[2])
    }
    let before = [closeBefore, Input.past(.high, 1), .past(.low, 1), .past(.high, 2), .past(.low, 2)]
    return KernelBinding(
      Pine.ParabolicSAR(start: start, increment: increment, maximum: most),
      "ParabolicSAR(start: \(literal(start)), increment: \(literal(increment)), "
        + "maximum: \(literal(most)))",
      chart ? [.bar(.index)] + highLowClose + before : highLowClose,
      chart
        ? "step($s, bar: $0, high: $1, low: $2, close: $3, "
          + ".init(close: $4, high: $5, low: $6, high2: $7, low2: $8))"
        : "step($s, high: $0, low: $1, close: $2)",
      ["$x"],
      chart ? ofChart : ofCalls)
  }

  // MARK: Keltner's channels

  static func keltner(_ kernel: Kernel, _ known: [Double?], _ chart: Bool) -> KernelBinding? {
    guard let length = known[1] else { return nil }
    let n = Pine.wholeNumber(length)
    let isWidth = kernel == .kcw
    return window(
      Pine.KeltnerChannels(length: n), n,
      [.argument(0)] + RangeCall.inputs(chart) + [.argument(2), .argument(3)],
      "step($s, $0, high: $1, low: $2, \(chart ? "before" : "close"): $3,"
        + " multiple: $4, usesTrueRange: $5 != 0)",
      isWidth ? ["$x.width"] : BandsAnswer.text, keltnerStep(isWidth, chart))
  }

  private static func keltnerStep(_ isWidth: Bool, _ chart: Bool) -> KernelStep {
    switch (isWidth, chart) {
    case (true, true): return { $3[0] = KernelBinding.chartChannels($0, $1, $2).width }
    case (true, false): return { $3[0] = KernelBinding.callChannels($0, $1, $2).width }
    case (false, true): return { BandsAnswer.store(KernelBinding.chartChannels($0, $1, $2), $3) }
    case (false, false): return { BandsAnswer.store(KernelBinding.callChannels($0, $1, $2), $3) }
    }
  }

  @inline(__always)
  private static func chartChannels(
    _ k: UnsafeRawPointer, _ s: UnsafeMutableRawPointer, _ a: UnsafePointer<Double>
  ) -> Pine.Bands {
    k.load(as: Pine.KeltnerChannels.self)
      .step(s, a[0], high: a[1], low: a[2], before: a[3], multiple: a[4], usesTrueRange: a[5] != 0)
  }

  @inline(__always)
  private static func callChannels(
    _ k: UnsafeRawPointer, _ s: UnsafeMutableRawPointer, _ a: UnsafePointer<Double>
  ) -> Pine.Bands {
    k.load(as: Pine.KeltnerChannels.self)
      .step(s, a[0], high: a[1], low: a[2], close: a[3], multiple: a[4], usesTrueRange: a[5] != 0)
  }
}
