import Indicators
import StrategyIR

/// Things that happen on a bar, how long ago they did, and lines of volumes.
extension KernelBinding {
  private static let truth = ["$x ? 1 : 0"]

  static var cross: KernelBinding {
    KernelBinding(Pine.Cross(), "Cross()", pair, "step($s, $0, $1)", truth) { k, s, a, r in
      r[0] = k.load(as: Pine.Cross.self).step(s, a[0], a[1]) ? 1 : 0
    }
  }

  static func crossing(_ crossing: Pine.Crossing, _ text: String) -> KernelBinding {
    KernelBinding(crossing, text, pair, "step($s, $0, $1)", truth) { k, s, a, r in
      r[0] = k.load(as: Pine.Crossing.self).step(s, a[0], a[1]) ? 1 : 0
    }
  }

  static func trend(_ trend: Pine.Trend, _ text: String) -> KernelBinding {
    KernelBinding(trend, text, pair, WindowCall.text, truth) { k, s, a, r in
      r[0] = k.load(as: Pine.Trend.self).step(s, a[0], length: Pine.wholeNumber(a[1])) ? 1 : 0
    }
  }

  static var barsSince: KernelBinding {
    KernelBinding(Pine.BarsSince(), "BarsSince()", source, "step($s, Pine.isTrue($0))") { k, s, a, r in
      r[0] = k.load(as: Pine.BarsSince.self).step(s, Pine.isTrue(a[0]))
    }
  }

  static func valueWhen(_ n: Int) -> KernelBinding {
    KernelBinding(
      Pine.ValueWhen(occurrence: n), "ValueWhen(occurrence: \(n))", three,
      "step($s, Pine.isTrue($0), $1, occurrence: $2 >= 0 ? Pine.wholeNumber($2) : -1)"
    ) { k, s, a, r in
      r[0] = k.load(as: Pine.ValueWhen.self)
        .step(s, Pine.isTrue(a[0]), a[1], occurrence: a[2] >= 0 ? Pine.wholeNumber(a[2]) : -1)
    }
  }

  static func pivot(_ isHigh: Bool, _ left: Int, _ right: Int) -> KernelBinding {
    KernelBinding(
      isHigh ? Pine.Pivot.high(left: left, right: right) : Pine.Pivot.low(left: left, right: right),
      "Pivot.\(isHigh ? "high" : "low")(left: \(left), right: \(right))", three,
      "step($s, $0, left: Pine.wholeNumber($1), right: Pine.wholeNumber($2))"
    ) { k, s, a, r in
      r[0] = k.load(as: Pine.Pivot.self)
        .step(s, a[0], left: Pine.wholeNumber(a[1]), right: Pine.wholeNumber(a[2]))
    }
  }

  // MARK: Volumes

  private static let barAndVolume = highLowClose + [.bar(.volume)]

  /// With `chart` some bars pass over the call: close and volume of the bar before are the chart's then.
  static func volumeLine(_ kind: Pine.VolumeLine.Kind, chart: Bool) -> KernelBinding {
    let ofChart: KernelStep = { k, s, a, r in
      r[0] = k.load(as: Pine.VolumeLine.self)
        .step(
          s, high: a[0], low: a[1], close: a[2], volume: a[3], before: a[4], volumeBefore: a[5])
    }
    let ofCalls: KernelStep = { k, s, a, r in
      r[0] = k.load(as: Pine.VolumeLine.self)
        .step(s, high: a[0], low: a[1], close: a[2], volume: a[3])
    }
    return KernelBinding(
      Pine.VolumeLine(kind), "VolumeLine(.\(kind))",
      barAndVolume + (chart ? [.past(.close, 1), .past(.volume, 1)] : []),
      "step($s, high: $0, low: $1, close: $2, volume: $3"
        + (chart ? ", before: $4, volumeBefore: $5)" : ")"),
      ["$x"],
      chart ? ofChart : ofCalls)
  }

  static var intradayIntensity: KernelBinding {
    KernelBinding(
      Stateless(), "", barAndVolume,
      "intradayIntensity(high: $0, low: $1, close: $2, volume: $3)"
    ) { _, _, a, r in
      r[0] = Pine.intradayIntensity(high: a[0], low: a[1], close: a[2], volume: a[3])
    }
  }

  static var variableAccumulation: KernelBinding {
    KernelBinding(
      Stateless(), "", [.bar(.open)] + barAndVolume,
      "williamsVariableAccumulation(open: $0, high: $1, low: $2, close: $3, volume: $4)"
    ) { _, _, a, r in
      r[0] = Pine.williamsVariableAccumulation(
        open: a[0], high: a[1], low: a[2], close: a[3], volume: a[4])
    }
  }

  static var vwap: KernelBinding {
    KernelBinding(
      Pine.VWAP(), "VWAP()", pair + [.bar(.volume)],
      "step($s, $0, volume: $2, anchor: $1 == 1, multiple: 0)", ["$x.middle"]
    ) { k, s, a, r in
      r[0] =
        k.load(as: Pine.VWAP.self)
        .step(s, a[0], volume: a[2], anchor: a[1] == 1, multiple: 0).middle
    }
  }

  static var vwapBands: KernelBinding {
    KernelBinding(
      Pine.VWAP(), "VWAP()", pair + [.bar(.volume), .argument(2)],
      "step($s, $0, volume: $2, anchor: $1 == 1, multiple: $3)", BandsAnswer.text
    ) { k, s, a, r in
      let bands = k.load(as: Pine.VWAP.self)
        .step(s, a[0], volume: a[2], anchor: a[1] == 1, multiple: a[3])
      BandsAnswer.store(bands, r)
    }
  }
}
