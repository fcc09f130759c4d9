import StrategyIR
import Testing

@testable import StrategyVM

@Suite("request.security")
struct RequestTests {
  let na = Double.nan
  /// Ten quarters of an hour from midnight on: two whole hours and a half.
  let quarters = bars([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])

  private func program(
    gaps: Bool = false, lookahead: Bool = false, timeframe: String = "60",
    _ body: (inout ProgramBuilder) -> ExpressionRef
  ) -> Program {
    var b = ProgramBuilder()
    let (frame, gap, look) = (b.text(timeframe), b.bool(gaps), b.bool(lookahead))
    let x = b.request(timeframe: frame, gaps: gap, lookahead: look) { [body(&$0)] }
    b.plot("x", x[0])
    return b.finish()
  }

  private func column(_ program: Program, _ foresee: Bool = true) throws -> [Double] {
    try run(program, quarters, foresee: foresee).plots.map { $0[0] }
  }

  @Test func `lookahead off: an hour's close is seen from the bar on that closes it`() throws {
    let x = try column(program { $0.bar(.close) })
    #expect(same(x, [na, na, na, 4, 4, 4, 4, 8, 8, 8]))
  }

  @Test func `gaps on: only on that bar`() throws {
    let x = try column(program(gaps: true) { $0.bar(.close) })
    #expect(same(x, [na, na, na, 4, na, na, na, 8, na, na]))
  }

  @Test func `lookahead on over a history: from the hour's first bar on`() throws {
    let x = try column(program(lookahead: true) { $0.bar(.close) })
    #expect(same(x, [4, 4, 4, 4, 8, 8, 8, 8, 10, 10]))
    let gapped = try column(program(gaps: true, lookahead: true) { $0.bar(.close) })
    #expect(same(gapped, [4, na, na, na, 8, na, na, na, 10, na]))
  }

  @Test func `lookahead on bar by bar: the hour as it looks so far, and x[1] the hour before`() throws {
    let x = try column(program(lookahead: true) { $0.bar(.close) }, false)
    #expect(same(x, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))
    let before = try column(
      program(lookahead: true) { b in
        let one = b.int(1)
        return b.bar(.close, ago: one)
      }, false)
    #expect(same(before, [na, na, na, na, 4, 4, 4, 4, 8, 8]))
  }

  @Test func `open, high, low and volume of the hours, time and index of their own`() throws {
    let low = try column(program { $0.bar(.low) })
    #expect(same(low, [na, na, na, 0, 0, 0, 0, 4, 4, 4]))
    let volume = try column(program { $0.bar(.volume) })
    #expect(same(volume, [na, na, na, 10, 10, 10, 10, 26, 26, 26]))
    let index = try column(program { $0.bar(.index) })
    #expect(same(index, [na, na, na, 0, 0, 0, 0, 1, 1, 1]))
  }

  @Test func `the expression sees the script's variables as they are on its own bars`() throws {
    var b = ProgramBuilder()
    let v = b.variable("total", .float)
    b.declareOnce(v, b.float(0))
    let more = b.binary(.add, b.read(v), b.bar(.close))
    b.assign(v, more)
    let x = b.request(timeframe: b.text("60")) { [$0.read(v)] }
    b.plot("hours", x[0])
    let own = b.read(v)
    b.plot("quarters", own)
    let plots = try run(b.finish(), quarters).plots
    #expect(same(plots.map { $0[0] }, [na, na, na, 4, 4, 4, 4, 12, 12, 12]))
    #expect(same(plots.map { $0[1] }, [1, 3, 6, 10, 15, 21, 28, 36, 45, 55]))
  }

  @Test func `a bar that is missing at an hour's end closes it with the next one`() throws {
    var some = quarters
    some.remove(at: 3)
    let x = try run(program { $0.bar(.close) }, some).plots.map { $0[0] }
    #expect(same(x, [na, na, na, 3, 3, 3, 8, 8, 8]))
    let on = try run(program(lookahead: true) { $0.bar(.close) }, some).plots.map { $0[0] }
    #expect(same(on, [3, 3, 3, 8, 8, 8, 8, 10, 10]))
  }

  @Test func `the chart's own timeframe is the expression itself; a shorter one is refused`() throws {
    let x = try column(program(timeframe: "") { $0.bar(.close) })
    #expect(same(x, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))
    #expect(throws: ScriptError.shorterTimeframe("5")) {
      try column(program(timeframe: "5") { $0.bar(.close) })
    }
  }

  @Test func `a day of a symbol with trading hours is over with its last bar`() throws {
    // 15-minute bars from 00:00 to 01:00 on each of two days.
    let day: Int64 = 86_400_000
    let first = bars([1, 2, 3, 4])
    let second = first.map { bar in
      var next = bar
      next.time += day
      next.timeClose += day
      next.close += 10
      return next
    }
    let x = try run(
      program(timeframe: "D") { $0.bar(.close) }, first + second,
      environment: { $0.symbol.session = "0000-0100" }
    ).plots.map { $0[0] }
    #expect(same(x, [na, na, na, 4, 4, 4, 4, 14]))
  }

  @Test func `several in one expression each need only themselves`() throws {
    var b = ProgramBuilder()
    var sum = b.float(0)
    for timeframe in ["30", "45", "60", "90", "120", "180", "240", "D", "W"] {
      let x = b.sequence { b in
        let frame = b.variable("frame", .text)
        b.declare(frame, b.text(timeframe))
        return b.request(timeframe: b.read(frame)) { [$0.bar(.close)] }[0]
      }
      let known = b.function(.nz, [x, b.float(0)])
      sum = b.binary(.add, sum, known)
    }
    b.plot("x", sum)
    let x = try run(b.finish(), quarters).plots.map { $0[0] }
    // 30: 2, 4 …; 45: 3, 6 …; 60: 4, 8; 90: 6; 120: 8.
    #expect(same(x, [0, 2, 5, 11, 11, 22, 22, 36, 39, 41]))
  }

  @Test func `in one arm of a choice, and at the chart's own timeframe in the other`() throws {
    var b = ProgramBuilder()
    let hour = b.request(timeframe: b.text("60")) { [$0.bar(.close)] }
    let own = b.request(timeframe: b.text("15")) { [$0.bar(.close)] }
    let odd = b.unary(.truth, b.binary(.remainder, b.bar(.index), b.int(2)))
    let x = b.select(odd, hour[0], own[0])
    b.plot("x", x)
    let plots = try run(b.finish(), quarters).plots.map { $0[0] }
    #expect(same(plots, [1, na, 3, 4, 5, 4, 7, 8, 9, 8]))
  }

  @Test func `over a history the last period is known, also the one that is not over`() throws {
    let index = try column(program { $0.bar(.lastIndex) })
    #expect(same(index, [na, na, na, 2, 2, 2, 2, 2, 2, 2]))
    let start = try column(program { $0.bar(.lastTime) }).last
    #expect(start == Double(quarters[8].time))
    let isLast = try column(program(lookahead: true) { $0.bar(.isLast) })
    #expect(isLast == [0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
    let isHistory = try column(program { $0.bar(.isHistory) })
    #expect(isHistory == [0, 0, 0, 1, 1, 1, 1, 1, 1, 1])
  }

  @Test func `live the newest period is the last one, and none is history`() throws {
    let index = try column(program { $0.bar(.lastIndex) }, false)
    #expect(same(index, [na, na, na, 0, 0, 0, 0, 1, 1, 1]))
    for field in [BarField.isLast, .isRealtime] {
      let column = try column(program { $0.bar(field) }, false)
      #expect(column == [0, 0, 0, 1, 1, 1, 1, 1, 1, 1])
    }
    let ahead = try column(program(lookahead: true) { $0.bar(.lastIndex) }, false)
    #expect(ahead == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2])
  }

  @Test func `a request in a request's expression`() throws {
    var b = ProgramBuilder()
    let inner = b.request(timeframe: b.text("60")) { [$0.bar(.close)] }
    let v = b.variable("hour", .float)
    b.declare(v, inner[0])
    let outer = b.request(timeframe: b.text("30")) { [$0.read(v)] }
    b.plot("x", outer[0])
    let x = try run(b.finish(), quarters).plots.map { $0[0] }
    #expect(same(x, [na, na, na, 4, 4, 4, 4, 8, 8, 8]))
  }
}
