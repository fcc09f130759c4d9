import StrategyIR
import Testing

@testable import StrategyVM

@Suite("Kernels as the VM calls them")
struct KernelTests {
  /// Lows further away than highs, so that closes are not in the middle.
  let bars = DifferentialTests.bars.map { bar in
    var skewed = bar
    skewed.low -= 1
    return skewed
  }

  /// An argument for each name of a kernel's list.
  private func argument(_ name: String, _ b: inout ProgramBuilder) -> ExpressionRef {
    switch name {
    case "source", "source1", "series": b.bar(.close)
    case "source2": b.bar(.open)
    case "high": b.bar(.high)
    case "low": b.bar(.low)
    case "biased", "floor", "useTrueRange", "handle_na": b.bool(true)
    case "condition", "anchor": b.binary(.greater, b.bar(.close), b.bar(.open))
    case "percentage": b.float(50)
    case "offset", "occurrence": b.int(0)
    case "sigma": b.float(6)
    case "mult", "factor", "stdev_mult": b.float(2)
    case "start", "inc": b.float(0.02)
    case "timeframe": b.text("60")
    case "max": b.float(0.2)
    case "slowlen": b.int(4)
    default: b.int(2)
    }
  }

  @Test(arguments: Kernel.allCases)
  func `each of them can be called, and answers within 30 bars`(kernel: Kernel) throws {
    var b = ProgramBuilder()
    var arguments: [ExpressionRef] = []
    for name in kernel.arguments { arguments.append(argument(name, &b)) }
    let results = b.kernels(kernel, arguments)
    #expect(results.count == kernel.results)
    for (i, e) in results.enumerated() { b.plot("r\(i)", e) }
    let outcome = try run(b.finish(), bars)
    #expect(outcome.failure == nil)
    for i in results.indices {
      #expect(outcome.plots.contains { $0[i] == $0[i] && $0[i] != 0 }, "result \(i)")
    }
  }

  @Test(arguments: Kernel.allCases)
  func `a length that is na has no answer`(kernel: Kernel) throws {
    for unknown in kernel.arguments where kernel.isLength(unknown) {
      var b = ProgramBuilder()
      var arguments: [ExpressionRef] = []
      for name in kernel.arguments { arguments.append(name == unknown ? b.float(.nan) : argument(name, &b)) }
      for (i, e) in b.kernels(kernel, arguments).enumerated() { b.plot("r\(i)", e) }
      let plots = try run(b.finish(), bars).plots
      #expect(plots.allSatisfy { $0.allSatisfy { kernel.type == .bool ? $0 == 0 : $0.isNaN } }, "\(unknown)")
    }
  }

  @Test(arguments: [Kernel.change, .mom, .roc], [Double.nan, -1])
  func `there is no change against a bar to come, or against none`(kernel: Kernel, length: Double) throws {
    let constant = try plotted(bars) { b in b.kernel(kernel, [b.bar(.close), b.float(length)]) }
    #expect(constant.allSatisfy { $0.isNaN })
    let series = try plotted(bars) { b in
      let zero = b.binary(.subtract, b.bar(.close), b.bar(.close))
      return b.kernel(kernel, [b.bar(.close), b.binary(.add, zero, b.float(length))])
    }
    #expect(series.allSatisfy { $0.isNaN })
  }

  @Test(arguments: Kernel.allCases.filter { $0.arguments.count > 1 && $0.arguments[1] == "length" })
  func `a length that changes from bar to bar gives what constant lengths give`(kernel: Kernel) throws {
    // ema and its kin are made for one length; rising and falling look at the newest only.
    guard ![.ema, .rma, .hma, .rsi, .alma, .kc, .kcw, .rising, .falling].contains(kernel) else { return }
    func column(_ length: (inout ProgramBuilder) -> ExpressionRef) throws -> [Double] {
      try plotted(bars) { b in
        var arguments = [b.bar(.close), length(&b)]
        for name in kernel.arguments.dropFirst(2) { arguments.append(argument(name, &b)) }
        return b.kernel(kernel, arguments)
      }
    }
    let three = try column { $0.int(3) }
    let five = try column { $0.int(5) }
    let mixed = try column { b in
      let odd = b.binary(.remainder, b.bar(.index), b.int(2))
      return b.select(b.unary(.truth, odd), b.int(3), b.int(5))
    }
    let expected = bars.indices.map { $0 % 2 == 1 ? three[$0] : five[$0] }
    #expect(zip(mixed, expected).allSatisfy { abs($0 - $1) < 1e-9 || ($0 != $0 && $1 != $1) })
  }

  @Test func `an ema whose length is a series is refused with its line`() throws {
    var b = ProgramBuilder()
    b.line = 12
    let mean = b.kernel(.ema, [b.bar(.close), b.bar(.index)])
    b.plot("x", mean)
    let program = b.finish()
    #expect(throws: ScriptError.notConstant(line: 12, what: "ta.ema")) { try run(program, bars) }
  }
}
