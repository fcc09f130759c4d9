import Indicators
import Testing

/// Values of the windows worked out by hand.
@Suite struct KernelTests {
  let nan = Double.nan

  func same(_ values: [Double], _ expected: [Double]) -> Bool {
    values.count == expected.count
      && zip(values, expected).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
  }

  @Test func `mean of 3: (1 + 2 + 3)/3 = 2, then 3, then 5`() {
    #expect(same(run(WindowMean(length: 3), [1, 2, 3, 4, 8]), [nan, nan, 2, 3, 5]))
  }

  @Test func `wma of 3: (1·1 + 2·2 + 3·5)/6 = 20/6, then (2 + 2·5 + 3·2)/6 = 3`() {
    #expect(same(run(WMA(length: 3), [1, 2, 5, 2]), [nan, nan, 20.0 / 6, 3]))
  }

  @Test func `highest and lowest of 3, and a nan that leaves with its window`() {
    let series = [3, 1, 2, 0, nan, 5, 4, 7]
    #expect(same(run(Extreme.highest(length: 3), series), [nan, nan, 3, 2, nan, nan, nan, 7]))
    #expect(same(run(Extreme.lowest(length: 3), series), [nan, nan, 1, 0, nan, nan, nan, 4]))
    #expect(same(run(Extreme.highest(length: 1), [2, -1]), [2, -1]))
  }

  @Test func `the first value comes after as many bars as the look-back says`() {
    let series = (0..<100).map { Double($0 % 7) + 1 }
    func first(_ values: [Double]) -> Int? { values.firstIndex { !$0.isNaN } }
    for n in [1, 2, 5, 8, 21] {
      #expect(first(run(WindowMean(length: n), series)) == n - 1)
      #expect(first(run(WMA(length: n), series)) == n - 1)
      #expect(first(run(Extreme.lowest(length: n), series)) == n - 1)
      let moments = WindowMoments(length: n)
      let counts = run(series, bytes: moments.stateBytes, reset: moments.reset) {
        moments.step($0, $1).count
      }
      #expect(counts.firstIndex { $0 > 0 } == n - 1)
      let delay = Delay(length: n)
      #expect(first(run(series, bytes: delay.stateBytes, reset: delay.reset, step: delay.step)) == n)
    }
  }

  @Test func `lengths that make no sense are cut to 1 … longest`() {
    #expect(WindowMean(length: 0).length == 1 && WindowMean(length: .min).length == 1)
    #expect(WindowMean(length: .max).length == WindowMean.longest)
    #expect(WindowMoments(length: -5).length == 1 && Delay(length: 0).length == 1)
    #expect(same(run(WindowMean(length: -1), [3, 4]), [3, 4]))
  }
}
