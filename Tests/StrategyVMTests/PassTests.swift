import RandomPrograms
import StrategyIR
import Testing

@testable import StrategyVM

@Suite("Passes over a program")
struct PassTests {
  private func kernels(_ program: Program) -> Int { program.sites.count }

  @Test func `equal kernels on every bar become one; one under a condition stays its own`() {
    var b = ProgramBuilder()
    let first = b.kernel(.ema, [b.bar(.close), b.int(9)])
    let second = b.kernel(.ema, [b.bar(.close), b.int(9)])
    let other = b.kernel(.ema, [b.bar(.close), b.int(10)])
    b.plot("a", first)
    b.plot("b", second)
    b.plot("c", other)
    let perhaps = b.select(
      b.bar(.isLast), b.kernel(.ema, [b.bar(.close), b.int(9)]), b.float(0))
    b.plot("d", perhaps)
    #expect(kernels(b.finish().optimized()) == 3)
  }

  @Test func `a shared value that reads a kernel's results is not moved ahead of the kernel`() throws {
    var b = ProgramBuilder()
    let r = b.kernels(.macd, [b.bar(.close), b.int(2), b.int(3), b.int(2)])
    let double = b.binary(.multiply, r[1], b.int(2))
    b.plot("sum", b.binary(.add, r[0], double))
    b.plot("double", b.binary(.multiply, r[1], b.int(2)))
    b.plot("signal", r[1])
    let plots = try run(b.finish(), Array(DifferentialTests.bars.prefix(60))).plots
    #expect(plots[10][1].isFinite)
    for row in plots.dropFirst(10) { #expect(row[1] == row[2] * 2) }
  }

  @Test func `an expression with statements in it is never another one's value`() throws {
    var b = ProgramBuilder()
    let sum = { (b: inout ProgramBuilder) in
      b.binary(.multiply, b.binary(.add, b.bar(.close), b.bar(.open)), b.int(2))
    }
    b.plot("a", sum(&b))
    for title in ["b", "c"] {
      let counted = b.variable("n", .int)
      b.declareOnce(counted, b.int(0))
      let next = b.binary(.add, b.read(counted), b.int(1))
      let block = b.block { $0.assign(counted, next) }
      let value = sum(&b)
      b.plot(title, b.sequence(block, value))
      b.plot("n", b.read(counted))
    }
    let plots = try run(b.finish().optimized(), Array(DifferentialTests.bars.prefix(3))).plots
    for (i, row) in plots.enumerated() {
      #expect(row[0] == row[1] && row[0] == row[3])
      #expect(row[2] == Double(i + 1) && row[4] == Double(i + 1))
    }
  }

  @Test func `a shared value is not moved ahead of statements in the same statement`() throws {
    var b = ProgramBuilder()
    let x = b.variable("x", .float)
    let product = { (b: inout ProgramBuilder) in b.binary(.multiply, b.bar(.close), b.bar(.open)) }
    let value = product(&b)
    let block = b.block { $0.declare(x, value) }
    let first = b.sequence(block, b.read(x))
    let more = b.binary(.add, product(&b), b.int(1))
    b.plot("sum", b.binary(.add, first, more))
    b.plot("more", b.binary(.add, product(&b), b.int(1)))
    let bars = Array(DifferentialTests.bars.prefix(20))
    let plots = try run(b.finish(), bars).plots
    for (bar, row) in zip(bars, plots) {
      #expect(row[1] == bar.close * bar.open + 1)
      #expect(row[0] == bar.close * bar.open + row[1])
    }
  }

  @Test func `a branch that constants decide is gone, and so is what only it needs`() {
    var b = ProgramBuilder()
    let flag = b.variable("flag", .bool)
    b.declare(flag, b.binary(.greater, b.int(1), b.int(2)))
    let x = b.variable("x", .float)
    b.declare(x, b.bar(.close))
    let ema = b.variable("ema", .float)
    b.declare(ema, b.kernel(.ema, [b.bar(.close), b.int(9)]))
    b.branch(b.read(flag)) { b in
      let e = b.read(ema)
      b.assign(x, e)
    }
    b.plot("x", b.read(x))
    let lean = b.finish().optimized()
    #expect(lean.sites.isEmpty)
    #expect(lean.blocks[lean.body.index].count == 2)
  }

  @Test func `the text form names what there is`() {
    var b = ProgramBuilder()
    b.program.settings.isStrategy = true
    b.program.settings.title = "Cross"
    b.line = 4
    let m = b.variable("m", .float)
    b.declare(m, b.kernel(.ema, [b.bar(.close), b.int(9)]))
    b.line = 5
    let above = b.binary(.greater, b.bar(.close), b.read(m))
    var call = OrderCall(.entry)
    call.id = b.text("L")
    call.direction = b.int(1)
    b.branch(above) { b in
      b.line = 6
      b.order(call)
    }
    #expect(
      b.finish().text == """
        strategy "Cross" version 6
        variable m.0: float
        4: m.0 = ema#0(close, 9)
        6: if (close > m.0)
        6:   entry id "L" direction 1

        """)
  }

  @Test func `a tree that refers to itself, or to one node again and again, is refused`() {
    var b = ProgramBuilder()
    var e = b.bar(.close)
    for _ in 0..<60 { e = b.binary(.add, e, e) }
    b.plot("x", e)
    #expect(!b.finish().isValid)
    var loop = ProgramBuilder()
    let start = loop.bar(.close)
    loop.plot("x", start)
    var program = loop.finish()
    #expect(program.isValid)
    program.expressions[start.index] = .unary(.negate, start)
    #expect(!program.isValid)
  }

  @Test func `bytes that are not a program are refused, or run or are refused then`() {
    let bytes = RandomPrograms.program(seed: 5, .plain).encoded()
    #expect(Program(encoded: bytes) != nil)
    #expect(Program(encoded: []) == nil)
    var random = Randomness(seed: 3)
    for _ in 0..<1_500 {
      var broken = bytes
      for _ in 0...random.below(3) {
        broken[random.below(broken.count)] = UInt8(truncatingIfNeeded: random.next())
      }
      if random.below(4) == 0 { broken.removeLast(random.below(broken.count)) }
      guard let program = Program(encoded: broken) else { continue }
      #expect(program.isValid)
      do {
        let outcome = try run(program, Array(DifferentialTests.bars.prefix(4))) {
          $0.stepBudget = 2_000
        }
        #expect(outcome.plots.count <= 4)
      } catch {
        #expect(error is ScriptError)
      }
    }
  }
}
