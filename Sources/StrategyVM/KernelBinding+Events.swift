import Indicators
import StrategyIR

extension KernelBinding {
  static let pair = [Input.argument(0), .argument(1)]

  /// Things that happen on a bar, and how long ago they did.
  static func event(_ kernel: Kernel, _ known: [Double?]) -> KernelBinding? {
    switch kernel {
    case .cross:
      let kernel = Pine.Cross()
      return KernelBinding(
        kernel, bytes: kernel.stateBytes, reset: { kernel.reset($0) }, inputs: pair
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.Cross.self).step(s, a[0], a[1]) ? 1 : 0
      }
    case .crossover, .crossunder:
      let crossing: Pine.Crossing = kernel == .crossover ? .over : .under
      return KernelBinding(
        crossing, bytes: crossing.stateBytes, reset: { crossing.reset($0) }, inputs: pair
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.Crossing.self).step(s, a[0], a[1]) ? 1 : 0
      }
    case .rising, .falling:
      let trend: Pine.Trend = kernel == .rising ? .rising : .falling
      return KernelBinding(
        trend, bytes: trend.stateBytes, reset: { trend.reset($0) }, inputs: pair
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.Trend.self).step(s, a[0], length: wholeNumber(a[1])) ? 1 : 0
      }
    case .barssince:
      let kernel = Pine.BarsSince()
      return KernelBinding(
        kernel, bytes: kernel.stateBytes, reset: { kernel.reset($0) }, inputs: source
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.BarsSince.self).step(s, a[0] == a[0] && a[0] != 0)
      }
    case .valuewhen:
      let kernel = Pine.ValueWhen(occurrence: longest(known[2]))
      return KernelBinding(
        kernel, bytes: kernel.stateBytes, reset: { kernel.reset($0) },
        inputs: pair + [.argument(2)]
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.ValueWhen.self)
          .step(s, a[0] == a[0] && a[0] != 0, a[1], occurrence: a[2] >= 0 ? wholeNumber(a[2]) : -1)
      }
    case .pivothigh, .pivotlow:
      let left = longest(known[1])
      let right = longest(known[2])
      let pivot: Pine.Pivot =
        kernel == .pivothigh ? .high(left: left, right: right) : .low(left: left, right: right)
      return KernelBinding(
        pivot, bytes: pivot.stateBytes, reset: { pivot.reset($0) }, inputs: pair + [.argument(2)]
      ) { k, s, a, r in
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
      return KernelBinding(
        line, bytes: line.stateBytes, reset: { line.reset($0) }, inputs: withVolume
      ) { k, s, a, r in
        r[0] = k.load(as: Pine.VolumeLine.self)
          .step(s, high: a[0], low: a[1], close: a[2], volume: a[3])
      }
    case .iii:
      return KernelBinding((), bytes: 0, reset: { _ in }, inputs: withVolume) { _, _, a, r in
        r[0] = Pine.intradayIntensity(high: a[0], low: a[1], close: a[2], volume: a[3])
      }
    case .wvad:
      return KernelBinding(
        (), bytes: 0, reset: { _ in }, inputs: [.bar(.open)] + withVolume
      ) { _, _, a, r in
        r[0] = Pine.williamsVariableAccumulation(
          open: a[0], high: a[1], low: a[2], close: a[3], volume: a[4])
      }
    case .vwap, .vwapBands:
      let vwap = Pine.VWAP()
      let anchored = pair + [.bar(.volume)]
      if kernel == .vwap {
        return KernelBinding(
          vwap, bytes: vwap.stateBytes, reset: { vwap.reset($0) }, inputs: anchored
        ) { k, s, a, r in
          r[0] = k.load(as: Pine.VWAP.self)
            .step(s, a[0], volume: a[2], anchor: a[1] == 1, multiple: 0).middle
        }
      }
      return KernelBinding(
        vwap, bytes: vwap.stateBytes, reset: { vwap.reset($0) }, inputs: anchored + [.argument(2)]
      ) { k, s, a, r in
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
