import Calendar
import RandomPrograms
import StrategyIR
import Testing

@testable import StrategyVM

@Suite("Snapshots")
struct SnapshotTests {
  private func steps(
    _ runner: ScriptRunner, _ bars: ArraySlice<ScriptBar>
  ) -> [[Double]] {
    let numbers = [Double](repeating: 0, count: BookField.allCases.count)
    return numbers.withUnsafeBufferPointer { numbers in
      bars.map { bar in
        let place = BarPlace(lastIndex: 0, lastTime: 0, isHistory: true)
        _ = runner.step(bar, place: place, book: BookView(numbers: numbers.baseAddress!))
        return Array(runner.plots)
      }
    }
  }

  @Test(arguments: 0..<20)
  func `another runner goes on from one as if it had run from the start`(seed: Int) throws {
    let program = RandomPrograms.program(seed: UInt64(seed) + 77, .plain)
    let environment = ScriptEnvironment(timeframe: try #require(Period("15")))
    let bars = DifferentialTests.bars
    let first = try ScriptRunner(program, environment: environment)
    _ = steps(first, bars[..<14])
    let bytes = first.snapshot()
    let second = try ScriptRunner(program, environment: environment)
    #expect(second.restore(bytes))
    let expected = steps(first, bars[14...])
    let ours = steps(second, bars[14...])
    #expect(zip(ours, expected).allSatisfy { same($0, $1) })
    // Back in time in the same runner.
    #expect(first.restore(bytes))
    #expect(zip(steps(first, bars[14...]), expected).allSatisfy { same($0, $1) })
    #expect(!second.restore(Array(bytes.dropLast())))
  }

  @Test func `foreign bytes in a snapshot lead to no crash`() throws {
    let program = RandomPrograms.program(seed: 78, .plain)
    let environment = ScriptEnvironment(timeframe: try #require(Period("15")))
    let runner = try ScriptRunner(program, environment: environment)
    _ = steps(runner, DifferentialTests.bars[..<9])
    let bytes = runner.snapshot()
    var random = Randomness(seed: 9)
    for _ in 0..<200 {
      var broken = bytes
      for _ in 0...random.below(20) {
        broken[random.below(broken.count)] = UInt8(truncatingIfNeeded: random.next())
      }
      if runner.restore(broken) { _ = steps(runner, DifferentialTests.bars[9..<14]) }
    }
    #expect(runner.restore(bytes))
  }
}
