import StrategyIR
import Testing

@testable import StrategyVM

/// The catalogue's look-backs against the kernels, each over bars that rise by one without a gap.
@Suite struct LookBackTests {
  private let rising = bars((0..<60).map { 100 + Double($0) })
  private static let conditional: Set<Kernel> = [.barssince, .valuewhen]

  @Test(arguments: Kernel.allCases, [2, 3, 7, 12])
  func `the first value comes on the bar that the catalogue states`(kernel: Kernel, n: Int) throws {
    for flag in [0, 1] {
      let first = try firstValues(kernel, n, flag)
      for (result, bar) in first.enumerated() {
        let stated = kernel.row.lookback(ofResult: result).bars { Self.value($0, n, flag) }
        #expect((stated == nil) == Self.conditional.contains(kernel))
        if let stated { #expect(bar == stated, "result \(result), \(kernel.row.lookbackText)") }
      }
    }
  }

  @Test func `a look-back is written with n for the one length`() {
    #expect(Kernel.sma.row.lookbackText == "n − 1")
    #expect(Kernel.hma.row.lookbackText == "n + ⌊√n⌋ − 2")
    #expect(Kernel.supertrend.row.lookbackText == "n − 1; 0")
    #expect(Kernel.dmi.row.lookbackText == "diLength; diLength + adxSmoothing − 1")
    #expect(
      Kernel.macd.row.lookbackText == "max(fastlen, slowlen) − 1; max(fastlen, slowlen) + siglen − 2")
    #expect(Kernel.kc.row.lookbackText == "n − 1; n with useTrueRange, else n − 1")
    #expect(Kernel.barssince.row.lookbackText == "–")
  }

  /// The bar of each result's first value; of a bool the first on which it is true.
  private func firstValues(_ kernel: Kernel, _ n: Int, _ flag: Int) throws -> [Int?] {
    var b = ProgramBuilder()
    var arguments: [ExpressionRef] = []
    for name in kernel.arguments { arguments.append(argument(name, of: kernel, n, flag, &b)) }
    let results = b.kernels(kernel, arguments)
    for (i, result) in results.enumerated() { b.plot("r\(i)", result) }
    let outcome = try run(b.finish(), rising)
    #expect(outcome.failure == nil)
    return results.indices.map { i in
      // Supertrend's line is 0 on the first bar, as on TradingView: see Pine.Supertrend.
      let from = kernel == .supertrend && i == 0 ? 1 : 0
      return outcome.plots[from...].firstIndex { kernel.type == .bool ? $0[i] == 1 : $0[i] == $0[i] }
    }
  }

  /// Lengths that differ from each other.
  private static func value(_ name: String, _ n: Int, _ flag: Int) -> Int {
    switch name {
    case "slowlen": 2 * n
    case "siglen", "rightbars": n + 1
    case "long_length": n + 2
    case "adxSmoothing": n + 3
    case "handle_na", "useTrueRange": flag
    default: n
    }
  }

  private func argument(
    _ name: String, of kernel: Kernel, _ n: Int, _ flag: Int, _ b: inout ProgramBuilder
  ) -> ExpressionRef {
    switch name {
    case "source", "series", "source1", "source2": source(name, of: kernel, n, &b)
    case "high": b.bar(.high)
    case "low": b.bar(.low)
    case "handle_na", "useTrueRange": b.bool(flag != 0)
    case "biased": b.bool(true)
    case "floor", "anchor", "condition": b.bool(false)
    case "percentage": b.float(50)
    case "offset" where kernel == .alma: b.float(0.85)
    case "offset", "occurrence": b.int(0)
    case "sigma": b.float(6)
    case "mult", "factor", "stdev_mult": b.float(2)
    case "start", "inc": b.float(0.02)
    case "max": b.float(0.2)
    case "timeframe": b.text("15")
    default: b.int(Self.value(name, n, flag))
    }
  }

  /// The close, but for kernels that a rising series never answers: a crossing between the first two bars, a pivot on
  /// the first bar that can be one.
  private func source(
    _ name: String, of kernel: Kernel, _ n: Int, _ b: inout ProgramBuilder
  ) -> ExpressionRef {
    switch kernel {
    case .falling: return b.unary(.negate, b.bar(.close))
    case .cross, .crossover: return name == "source1" ? b.bar(.close) : b.float(100.5)
    case .crossunder: return name == "source1" ? b.float(100.5) : b.bar(.close)
    case .pivothigh, .pivotlow:
      let distance = b.function(.abs, [b.binary(.subtract, b.bar(.index), b.int(n))])
      return kernel == .pivotlow ? distance : b.unary(.negate, distance)
    default: return b.bar(.close)
    }
  }
}
