import Calendar
import RandomPrograms
import StrategyIR
import Testing

@testable import StrategyVM

@Suite("Plans of native code")
struct NativePlanTests {
  private func plan(
    _ program: Program, timeframe: String = "15",
    parameters: [(name: String, value: ParameterValue)] = [],
    change: ((inout ScriptEnvironment) -> Void)? = nil
  ) throws -> NativePlan {
    var environment = ScriptEnvironment(timeframe: try #require(Period(timeframe)))
    change?(&environment)
    return try ScriptRunner(program, environment: environment, parameters: parameters).plan
  }

  private func average(_ reading: (inout ProgramBuilder) -> ExpressionRef) -> Program {
    var b = ProgramBuilder()
    let length = b.parameter(Parameter(kind: .int, variable: "n", title: "Length", initial: 5))
    let x = reading(&b)
    let mean = b.kernel(.sma, [x, length])
    b.plot("mean", mean)
    b.plot("signal", x)
    return b.finish()
  }

  @Test func `come back from their bytes as they were`() throws {
    for seed in UInt64(0)..<200 {
      let bytes = try plan(RandomPrograms.program(seed: seed)).encoded()
      let decoded = try #require(NativePlan(encoded: bytes), "seed \(seed)")
      #expect(decoded.encoded() == bytes)
    }
  }

  @Test func `have one hash, before a bar and after some`() throws {
    let program = RandomPrograms.program(seed: 3)
    let environment = ScriptEnvironment(timeframe: try #require(Period("15")))
    let runner = try ScriptRunner(program, environment: environment, parameters: [])
    let before = runner.encodedPlan()
    #expect(before.hash == runner.plan.hash)
    let numbers = [Double](repeating: 0, count: BookField.allCases.count)
    numbers.withUnsafeBufferPointer { numbers in
      guard let start = numbers.baseAddress else { return }
      for (index, bar) in RandomPrograms.bars(seed: 3, count: 50).enumerated() {
        let place = BarPlace(lastIndex: index, lastTime: bar.time, isHistory: false)
        _ = runner.step(bar, place: place, book: BookView(numbers: start))
      }
    }
    #expect(runner.encodedPlan() == before && runner.plan.hash == before.hash)
  }

  @Test func `are the same at places that the script does not read, others where it does`() throws {
    let closes = average { $0.bar(.close) }
    let ticks = average { b in b.binary(.multiply, b.bar(.close), b.symbol(.mintick)) }
    let other = { (environment: inout ScriptEnvironment) in
      environment.symbol.mintick = 0.25
      environment.symbol.ticker = "OTHER"
    }
    let here = try plan(closes)
    #expect(try plan(closes, timeframe: "60", change: other).hash == here.hash)
    #expect(try plan(ticks).hash != plan(ticks, change: other).hash)
    #expect(try plan(closes, parameters: [("Length", .number(6))]).hash != here.hash)
  }

  @Test func `have the chart's world first, then those of its requests, inner ones first`() throws {
    var b = ProgramBuilder()
    let inner = b.request(timeframe: b.text("240")) { b in
      [b.kernel(.ema, [b.bar(.close), b.int(9)])]
    }
    let slow = b.variable("slow", .float)
    b.declare(slow, inner[0])
    let outer = b.request(timeframe: b.text("60")) { b in
      [b.kernel(.rsi, [b.read(slow), b.int(7)])]
    }
    b.plot("signal", outer[0])
    let plan = try plan(b.finish())
    #expect(plan.signalPlot == 0)
    #expect(plan.worlds.map { $0.kernels.map(\.form.kernel) } == [[], [.ema], [.rsi]])
  }

  @Test func `bytes that were changed are refused, or are a plan that holds together`() throws {
    #expect(NativePlan(encoded: []) == nil)
    var random = Randomness(seed: 4)
    var accepted = 0
    for seed in UInt64(0)..<40 {
      let bytes = try plan(RandomPrograms.program(seed: seed)).encoded()
      for _ in 0..<50 {
        var broken = bytes
        for _ in 0...random.below(2) {
          broken[random.below(broken.count)] = UInt8(truncatingIfNeeded: random.next())
        }
        if random.below(5) == 0 { broken.removeLast(1 + random.below(broken.count)) }
        guard let plan = NativePlan(encoded: broken) else { continue }
        #expect(plan.encoded() == broken)
        accepted += 1
      }
    }
    // Most of a plan's bytes are numbers, of which many will do.
    #expect(accepted > 100)
  }

  @Test func `steps that could leave the state or not end are refused`() throws {
    let good = PlannedWorld.example
    #expect(good.isValid)
    func refused(_ change: (inout PlannedWorld) -> Void) -> Bool {
      var world = good
      change(&world)
      return !world.isValid
    }
    #expect(refused { $0.instructions[0].b = 1_000 })
    #expect(refused { $0.instructions[0].a = -1 })
    #expect(
      refused {
        $0.instructions.removeLast()
        $0.lines.removeLast()
      })
    #expect(refused { $0.instructions[2].b = 0 }, "a loop that costs nothing")
    #expect(refused { $0.instructions[0] = Instruction(.jump, 0, 0, 0) })
    #expect(refused { $0.instructions[0] = Instruction(.jump, 0, 0, 2) }, "into a loop")
    #expect(refused { $0.instructions[1] = Instruction(.push, 0, 8) }, "no series")
    #expect(refused { $0.stateBytes -= 16 })
    #expect(refused { $0.series.append($0.series[0]) }, "one on another")
  }
}

extension PlannedWorld {
  /// A loop over one series.
  fileprivate static var example: PlannedWorld {
    var code = WorldCode()
    let last = BarField.allCases.count
    code.registers = Array(repeating: 0, count: last + 1)
    let start = WorldCode.registersEnd(code.registers.count)
    code.series = [SeriesSlot(offset: start, capacity: 4, empty: .nan)]
    code.stateBytes = start + SeriesHeader.bytes + 32
    code.instructions = [
      Instruction(.move, last, 3), Instruction(.push, last, start), Instruction(.loop, 0, 1, 1),
      Instruction(.halt),
    ]
    code.lines = [1, 2, 3, 4]
    return PlannedWorld(code)
  }
}
