import Indicators
import Testing

/// What the windows promise: no drift, exact integers and constants, clean after nan.
@Suite struct WindowTests {
  /// A price walk around 1.1 that needs no memory: a small linear congruential generator.
  struct Walk {
    var seed: UInt64 = 42
    var price = 1.1

    mutating func next() -> Double {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      price += (Double(seed >> 40) / 16_777_216 - 0.5 - (price - 1.1)) * 1e-4
      return price
    }
  }

  /// Mean and deviation of a window summed afresh, in two passes.
  func fresh(_ window: ArraySlice<Double>) -> (mean: Double, deviation: Double) {
    let mean = window.reduce(0, +) / Double(window.count)
    let squares = window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / Double(window.count)).squareRoot())
  }

  @Test func `ten million bars on, mean and deviation are within 1e-9 of a window summed afresh`() {
    let kernel = WindowMoments(length: 20)
    let mean = WindowMean(length: 20)
    let state = KernelState(bytes: kernel.stateBytes)
    let meanState = KernelState(bytes: mean.stateBytes)
    kernel.reset(state.pointer)
    mean.reset(meanState.pointer)
    var walk = Walk()
    for _ in 0..<10_000_000 {
      let price = walk.next()
      kernel.push(state.pointer, price)
      mean.push(meanState.pointer, price)
    }
    var last: [Double] = []
    for i in 0..<60 {
      last.append(walk.next())
      kernel.push(state.pointer, last[i])
      mean.push(meanState.pointer, last[i])
      guard i >= 19 else { continue }
      let expected = fresh(last[(i - 19)...i])
      let moments = kernel.moments(state.pointer, of: 20)
      #expect((moments.mean - expected.mean).magnitude < 1e-14)
      #expect((moments.deviation - expected.deviation).magnitude < 1e-14)
      #expect(mean.mean(meanState.pointer, of: 20) == moments.mean)
    }
  }

  @Test func `windows of every length up to 70 agree with windows summed afresh, from the first value`() {
    var walk = Walk()
    let series = (0..<200).map { _ in walk.next() }
    for n in 1...70 {
      let kernel = WindowMoments(length: n)
      let state = KernelState(bytes: kernel.stateBytes)
      kernel.reset(state.pointer)
      for i in series.indices {
        kernel.push(state.pointer, series[i])
        let expected = fresh(series[max(0, i - n + 1)...i])
        let moments = kernel.moments(state.pointer, of: n)
        #expect((moments.mean - expected.mean).magnitude < 1e-14)
        #expect((moments.deviation - expected.deviation).magnitude < 1e-13)
      }
      #expect(state.isIntact)
    }
  }

  @Test func `a shorter window read from a longer one's state is the shorter one's own`() {
    var walk = Walk()
    let series = (0..<150).map { _ in walk.next() }
    let long = WindowMean(length: 37)
    for n in [1, 5, 20, 36] {
      let own = run(WindowMean(length: n), series)
      let read = run(series, bytes: long.stateBytes, reset: long.reset) { state, x in
        long.push(state, x)
        return long.count(state) < n ? Double.nan : long.mean(state, of: n)
      }
      #expect(zip(own, read).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
    }
  }

  @Test func `a constant series has that constant as mean and no deviation, to the bit`() {
    for value in [0.1, 1.3872, 1e-7, 123_456.789, -3.3] {
      for n in [3, 7, 20, 49, 1023, 5000] {
        let moments = WindowMoments(length: n)
        let state = KernelState(bytes: moments.stateBytes)
        moments.reset(state.pointer)
        for _ in 0..<n + 3 { moments.push(state.pointer, value) }
        #expect(moments.moments(state.pointer, of: n).mean == value)
        #expect(moments.moments(state.pointer, of: n).deviation == 0)
      }
    }
  }

  @Test func `means of integers are the correctly rounded quotient of the exact sum`() {
    let series = (0..<300).map { Double(($0 * 37) % 101) }
    for n in [3, 7, 20, 30, 49] {
      let means = run(WindowMean(length: n), series)
      for i in (n - 1)..<300 {
        #expect(means[i] == series[(i - n + 1)...i].reduce(0, +) / Double(n))
      }
    }
  }

  @Test func `nan and infinity leave with their window`() {
    var series = (0..<100).map { Double($0 % 5) }
    let clean = run(WindowMean(length: 13), series)
    series[30] = .nan
    series[50] = .infinity
    let values = run(WindowMean(length: 13), series)
    #expect(values[30...42].allSatisfy(\.isNaN) && values[43] == clean[43])
    #expect(values[50...62].allSatisfy { $0 == .infinity } && values[63] == clean[63])
  }

  @Test func `no values have no mean`() {
    let kernel = WindowMean(length: 4)
    let state = KernelState(bytes: kernel.stateBytes)
    kernel.reset(state.pointer)
    #expect(kernel.mean(state.pointer, of: 4).isNaN)
    kernel.push(state.pointer, 3)
    #expect(kernel.mean(state.pointer, of: 4) == 3)
  }

  @Test func `a delay answers the value n steps ago, and any younger one by age`() {
    let kernel = Delay(length: 3)
    let state = KernelState(bytes: kernel.stateBytes)
    kernel.reset(state.pointer)
    let values = [10.0, 11, 12, 13, 14].map { kernel.step(state.pointer, $0) }
    #expect(values[..<3].allSatisfy(\.isNaN) && values[3...] == [10, 11])
    #expect((0..<3).map { kernel.value(state.pointer, age: $0) } == [14, 13, 12])
    #expect(kernel.value(state.pointer, age: 3).isNaN && kernel.value(state.pointer, age: -1).isNaN)
  }
}
