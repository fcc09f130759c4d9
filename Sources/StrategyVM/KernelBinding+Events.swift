import Indicators
import StrategyIR

extension KernelBinding {
  static let pair = [Input.argument(0), .argument(1)]

  /// Things that happen on a bar, and how long ago they did.
  static func event(_ kernel: Kernel, _ known: [Double?]) -> KernelBinding? {
    switch kernel {
    case .cross:
      return KernelBinding(
        Pine.Cross(), "Cross()",
        pair, "step($s, $0, $1)", ["$x ? 1 : 0"]
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.Cross.self).step(s, a[0], a[1]) ? 1 : 0
      }
    case .crossover, .crossunder:
      let crossing: Pine.Crossing = kernel == .crossover ? .over : .under
      return KernelBinding(
        crossing, "Crossing.\(kernel == .crossover ? "over" : "under")",
        pair, "step($s, $0, $1)", ["$x ? 1 : 0"]
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.Crossing.self).step(s, a[0], a[1]) ? 1 : 0
      }
    case .rising, .falling:
      let trend: Pine.Trend = kernel == .rising ? .rising : .falling
      return KernelBinding(
        trend, "Trend.\(kernel)",
        pair, "step($s, $0, length: Pine.wholeNumber($1))", ["$x ? 1 : 0"]
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.Trend.self).step(s, a[0], length: Pine.wholeNumber(a[1])) ? 1 : 0
      }
    case .barssince:
      return KernelBinding(
        Pine.BarsSince(), "BarsSince()",
        source, "step($s, Pine.isTrue($0))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.BarsSince.self).step(s, Pine.isTrue(a[0]))
      }
    case .valuewhen:
      return KernelBinding(
        Pine.ValueWhen(occurrence: longest(known[2])),
        "ValueWhen(occurrence: \(longest(known[2])))",
        pair + [.argument(2)],
        "step($s, Pine.isTrue($0), $1, occurrence: $2 >= 0 ? Pine.wholeNumber($2) : -1)"
      ) {
        k, s, a, r in
        r[0] = k.load(as: Pine.ValueWhen.self)
          .step(s, Pine.isTrue(a[0]), a[1], occurrence: a[2] >= 0 ? Pine.wholeNumber(a[2]) : -1)
      }
    case .pivothigh, .pivotlow:
      let left = longest(known[1])
      let right = longest(known[2])
      let pivot: Pine.Pivot =
        kernel == .pivothigh ? .high(left: left, right: right) : .low(left: left, right: right)
      return KernelBinding(
        pivot, "Pivot.\(kernel == .pivothigh ? "high" : "low")(left: \(left), right: \(right))",
        pair + [.argument(2)],
        "step($s, $0, left: Pine.wholeNumber($1), right: Pine.wholeNumber($2))"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.Pivot.self)
          .step(s, a[0], left: Pine.wholeNumber(a[1]), right: Pine.wholeNumber(a[2]))
      }
    default: return nil
    }
  }

  /// Functions of the volume.
  static func volumes(_ kernel: Kernel) -> KernelBinding? {
    let withVolume = highLowClose + [.bar(.volume)]
    switch kernel {
    case .obv, .accdist, .nvi, .pvi, .pvt, .wad:
      let line = Pine.VolumeLine(volumeKind(kernel))
      return KernelBinding(
        line, "VolumeLine(.\(volumeKind(kernel)))",
        withVolume, "step($s, high: $0, low: $1, close: $2, volume: $3)"
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.VolumeLine.self)
          .step(s, high: a[0], low: a[1], close: a[2], volume: a[3])
      }
    case .iii:
      return KernelBinding(
        Stateless(), "",
        withVolume, "intradayIntensity(high: $0, low: $1, close: $2, volume: $3)"
      ) { _, _, a, r in
        r[0] = Pine.intradayIntensity(high: a[0], low: a[1], close: a[2], volume: a[3])
      }
    case .wvad:
      return KernelBinding(
        Stateless(), "",
        [.bar(.open)] + withVolume,
        "williamsVariableAccumulation(open: $0, high: $1, low: $2, close: $3, volume: $4)"
      ) { _, _, a, r in
        r[0] = Pine.williamsVariableAccumulation(
          open: a[0], high: a[1], low: a[2], close: a[3], volume: a[4])
      }
    case .vwap, .vwapBands:
      let vwap = Pine.VWAP()
      let anchored = pair + [.bar(.volume)]
      if kernel == .vwap {
        return KernelBinding(
          vwap, "VWAP()",
          anchored, "step($s, $0, volume: $2, anchor: $1 == 1, multiple: 0)", ["$x.middle"]
        ) { k, s, a, r in
          r[0] =
            k.load(as: Pine.VWAP.self)
            .step(s, a[0], volume: a[2], anchor: a[1] == 1, multiple: 0).middle
        }
      }
      return KernelBinding(
        vwap, "VWAP()",
        anchored + [.argument(2)], "step($s, $0, volume: $2, anchor: $1 == 1, multiple: $3)",
        ["$x.middle", "$x.upper", "$x.lower"]
      ) { k, s, a, r in
        let bands = k.load(as: Pine.VWAP.self)
          .step(s, a[0], volume: a[2], anchor: a[1] == 1, multiple: a[3])
        (r[0], r[1], r[2]) = (bands.middle, bands.upper, bands.lower)
      }
    default: return nil
    }
  }

  static func volumeKind(_ kernel: Kernel) -> Pine.VolumeLine.Kind {
    switch kernel {
    case .accdist: .accdist
    case .nvi: .nvi
    case .pvi: .pvi
    case .pvt: .pvt
    case .wad: .wad
    default: .obv
    }
  }
}
