import Indicators
import StrategyIR

extension KernelBinding {
  static let pair = [Input.argument(0), .argument(1)]

  /// Things that happen on a bar, and how long ago they did.
  static func event(_ kernel: Kernel, _ known: [Double?]) -> KernelBinding? {
    switch kernel {
    case .cross:
      return KernelBinding(Pine.Cross(), pair) { k, s, a, r in
        r[0] = k.load(as: Pine.Cross.self).step(s, a[0], a[1]) ? 1 : 0
      }
    case .crossover, .crossunder:
      let crossing: Pine.Crossing = kernel == .crossover ? .over : .under
      return KernelBinding(crossing, pair) { k, s, a, r in
        r[0] = k.load(as: Pine.Crossing.self).step(s, a[0], a[1]) ? 1 : 0
      }
    case .rising, .falling:
      let trend: Pine.Trend = kernel == .rising ? .rising : .falling
      return KernelBinding(trend, pair) { k, s, a, r in
        r[0] = k.load(as: Pine.Trend.self).step(s, a[0], length: wholeNumber(a[1])) ? 1 : 0
      }
    case .barssince:
      return KernelBinding(Pine.BarsSince(), source) { k, s, a, r in
        r[0] = k.load(as: Pine.BarsSince.self).step(s, a[0] == a[0] && a[0] != 0)
      }
    case .valuewhen:
      return KernelBinding(Pine.ValueWhen(occurrence: longest(known[2])), pair + [.argument(2)]) {
        k, s, a, r in
        r[0] = k.load(as: Pine.ValueWhen.self)
          .step(s, a[0] == a[0] && a[0] != 0, a[1], occurrence: a[2] >= 0 ? wholeNumber(a[2]) : -1)
      }
    case .pivothigh, .pivotlow:
      let left = longest(known[1])
      let right = longest(known[2])
      let pivot: Pine.Pivot =
        kernel == .pivothigh ? .high(left: left, right: right) : .low(left: left, right: right)
      return KernelBinding(pivot, pair + [.argument(2)]) { k, s, a, r in
        r[0] = k.load(as: Pine.Pivot.self)
          .step(s, a[0], left: wholeNumber(a[1]), right: wholeNumber(a[2]))
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
      return KernelBinding(line, withVolume) { k, s, a, r in
        r[0] = k.load(as: Pine.VolumeLine.self)
          .step(s, high: a[0], low: a[1], close: a[2], volume: a[3])
      }
    case .iii:
      return KernelBinding(Stateless(), withVolume) { _, _, a, r in
        r[0] = Pine.intradayIntensity(high: a[0], low: a[1], close: a[2], volume: a[3])
      }
    case .wvad:
      return KernelBinding(Stateless(), [.bar(.open)] + withVolume) { _, _, a, r in
        r[0] = Pine.williamsVariableAccumulation(
          open: a[0], high: a[1], low: a[2], close: a[3], volume: a[4])
      }
    case .vwap, .vwapBands:
      let vwap = Pine.VWAP()
      let anchored = pair + [.bar(.volume)]
      if kernel == .vwap {
        return KernelBinding(vwap, anchored) { k, s, a, r in
          r[0] =
            k.load(as: Pine.VWAP.self)
            .step(s, a[0], volume: a[2], anchor: a[1] == 1, multiple: 0).middle
        }
      }
      return KernelBinding(vwap, anchored + [.argument(2)]) { k, s, a, r in
        let bands = k.load(as: Pine.VWAP.self)
          .step(s, a[0], volume: a[2], anchor: a[1] == 1, multiple: a[3])
        (r[0], r[1], r[2]) = (bands.middle, bands.upper, bands.lower)
      }
    default: return nil
    }
  }

  private static func volumeKind(_ kernel: Kernel) -> Pine.VolumeLine.Kind {
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
