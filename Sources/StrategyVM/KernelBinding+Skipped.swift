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
  /// highest, lowest and their bars with a length known beforehand, called in a branch.
  static func slots(_ kernel: Kernel, _ known: [Double?]) -> KernelBinding? {
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
}
