/// What printed array and lane code stands on, beside Indicators: the same for all scripts.
enum VectorPrelude {
  static let text = #"""
    typealias lanesF8 = SIMD8<Double>
    typealias lanesM8 = SIMD8<Int64>

    struct lanesBars {
      var open, high, low, close, volume: UnsafePointer<Double>
      var count: Int
    }

    /// The results of a request's world, one row of `stride` for each result and set, and for each
    /// bar of the world that asks the number of the period that it sees, or -1.
    struct lanesRequest {
      var rows: UnsafeMutablePointer<Double>
      var stride: Int
      var seen: UnsafeMutablePointer<Int32>

      @inline(__always)
      func value(_ result: Int, _ sets: Int, _ set: Int, _ bar: Int, _ none: Double) -> Double {
        guard bar >= 0 else { return none }
        let period = Int(seen[bar])
        return period < 0 ? none : rows[(result &* sets &+ set) &* stride &+ period]
      }
    }

    @inline(__always)
    func lanesMore(_ a: lanesF8, _ b: lanesF8) -> lanesM8 {
      fxaot_v8_greater(fxaot_v8_subtract(a, b), fxaot_v8_all(Pine.tolerance))
    }
    @inline(__always)
    func lanesMoreOrEqual(_ a: lanesF8, _ b: lanesF8) -> lanesM8 {
      fxaot_v8_or(
        fxaot_v8_at_least(a, b),
        fxaot_v8_at_least(fxaot_v8_all(Pine.tolerance), fxaot_v8_subtract(b, a)))
    }
    @inline(__always)
    func lanesSame(_ a: lanesF8, _ b: lanesF8) -> lanesM8 {
      fxaot_v8_or(
        fxaot_v8_equal(a, b),
        fxaot_v8_at_least(
          fxaot_v8_all(Pine.tolerance), fxaot_v8_magnitude(fxaot_v8_subtract(a, b))))
    }
    @inline(__always)
    func lanesDiffer(_ a: lanesF8, _ b: lanesF8) -> lanesM8 { fxaot_v8_or(lanesMore(a, b), lanesMore(b, a)) }
    /// Whether a > b may be, of numbers that are known but for a few units in the last place.
    @inline(__always)
    func lanesMayBeMore(_ a: lanesF8, _ b: lanesF8) -> lanesM8 {
      let room = fxaot_v8_multiply(
        fxaot_v8_add(fxaot_v8_magnitude(a), fxaot_v8_magnitude(b)), fxaot_v8_all(1e-13))
      return fxaot_v8_not(
        fxaot_v8_at_least(
          fxaot_v8_all(Pine.tolerance * 0.999), fxaot_v8_add(fxaot_v8_subtract(a, b), room)))
    }
    @inline(__always)
    func lanesMayBeMoreOrEqual(_ a: lanesF8, _ b: lanesF8) -> lanesM8 {
      let room = fxaot_v8_multiply(
        fxaot_v8_add(fxaot_v8_magnitude(a), fxaot_v8_magnitude(b)), fxaot_v8_all(1e-13))
      return fxaot_v8_not(
        fxaot_v8_greater(
          fxaot_v8_subtract(fxaot_v8_subtract(b, a), room), fxaot_v8_all(Pine.tolerance * 1.001)))
    }
    @inline(__always)
    func lanesQuotient(_ a: lanesF8, _ b: lanesF8) -> lanesF8 {
      let isZero = fxaot_v8_equal(b, fxaot_v8_all(0))
      return fxaot_v8_select(isZero, fxaot_v8_all(.nan), fxaot_v8_divide(a, b))
    }
    @inline(__always)
    func lanesLarger(_ a: lanesF8, _ b: lanesF8) -> lanesF8 {
      let second = fxaot_v8_select(fxaot_v8_at_least(b, a), b, fxaot_v8_all(.nan))
      return fxaot_v8_select(fxaot_v8_greater(a, b), a, second)
    }
    @inline(__always)
    func lanesSmaller(_ a: lanesF8, _ b: lanesF8) -> lanesF8 {
      fxaot_v8_negate(lanesLarger(fxaot_v8_negate(a), fxaot_v8_negate(b)))
    }
    @inline(__always)
    func lanesNz(_ a: lanesF8, _ b: lanesF8) -> lanesF8 { fxaot_v8_select(fxaot_v8_equal(a, a), a, b) }
    @inline(__always)
    func lanesIsNA(_ a: lanesF8) -> lanesM8 { fxaot_v8_differ(a, a) }
    @inline(__always)
    func lanesIsTrue(_ a: lanesF8) -> lanesM8 {
      fxaot_v8_and(fxaot_v8_equal(a, a), fxaot_v8_differ(a, fxaot_v8_all(0)))
    }
    @inline(__always)
    func lanesNumber(_ a: lanesM8) -> lanesF8 { fxaot_v8_select(a, fxaot_v8_all(1), fxaot_v8_all(0)) }

    /// The first `count` of eight, all where there are more.
    @inline(__always)
    func lanesKeep(_ x: lanesF8, _ at: UnsafeMutablePointer<Double>, _ count: Int) {
      if count >= 8 { return fxaot_v8_store(at, x) }
      var lane = 0
      while lane < count {
        at[lane] = x[lane]
        lane &+= 1
      }
    }

    func lanesHasNaN(_ row: UnsafePointer<Double>, _ from: Int, _ to: Int) -> Bool {
      var any = fxaot_v8_mask(0)
      var t = from
      while t &+ 8 <= to {
        any = fxaot_v8_or(any, lanesIsNA(fxaot_v8_load(row + t)))
        t &+= 8
      }
      while t < to {
        if row[t] != row[t] { return true }
        t &+= 1
      }
      return fxaot_v8_any(any)
    }

    /// One window over rows of block sums, as `SeriesMean`.
    struct lanesWindow {
      let blocks: UnsafePointer<SeriesMean.Block>
      let count: Int
      let length, reciprocal: Double

      @inline(__always)
      init(
        _ n: Int, _ sums: SeriesSums, _ squares: SeriesSums?,
        _ blocks: UnsafeMutablePointer<SeriesMean.Block>
      ) {
        _ = SeriesMean(of: n, over: sums, squares: squares, blocks: blocks)
        self.blocks = UnsafePointer(blocks)
        count = n.nonzeroBitCount
        length = Double(n)
        reciprocal = 1 / Double(n)
      }
      @inline(__always)
      func sums(_ t: Int) -> lanesF8 {
        var total = fxaot_v8_load(blocks[0].sums + t)
        var b = 1
        while b < count {
          total = fxaot_v8_add(total, fxaot_v8_load(blocks[b].sums + t))
          b &+= 1
        }
        return total
      }
      @inline(__always)
      func totals(_ t: Int) -> lanesF8 { fxaot_v8_add(fxaot_v8_all(0), sums(t)) }
      @inline(__always)
      func estimates(_ t: Int) -> lanesF8 {
        fxaot_v8_multiply(sums(t), fxaot_v8_all(reciprocal))
      }
      @inline(__always)
      func means(_ t: Int) -> lanesF8 {
        var total = fxaot_v8_load(blocks[0].sums + t)
        let first = fxaot_v8_multiply(total, fxaot_v8_all(blocks[0].inverseSize))
        if count == 1 { return first }
        var unlike = fxaot_v8_mask(0)
        var b = 1
        while b < count {
          let sum = fxaot_v8_load(blocks[b].sums + t)
          total = fxaot_v8_add(total, sum)
          let mean = fxaot_v8_multiply(sum, fxaot_v8_all(blocks[b].inverseSize))
          unlike = fxaot_v8_or(unlike, fxaot_v8_differ(mean, first))
          b &+= 1
        }
        return fxaot_v8_select(unlike, fxaot_v8_divide(total, fxaot_v8_all(length)), first)
      }
      @inline(__always)
      func variances(_ t: Int, _ means: lanesF8, _ count: Double) -> lanesF8 {
        var squares = fxaot_v8_all(0)
        var b = 0
        while b < self.count {
          let mean = fxaot_v8_multiply(
            fxaot_v8_load(blocks[b].sums + t), fxaot_v8_all(blocks[b].inverseSize))
          let off = fxaot_v8_subtract(mean, means)
          squares = fxaot_v8_add(
            squares,
            fxaot_v8_add(
              fxaot_v8_load(blocks[b].squares + t),
              fxaot_v8_multiply(fxaot_v8_multiply(off, off), fxaot_v8_all(blocks[b].size))))
          b &+= 1
        }
        return fxaot_v8_divide(squares, fxaot_v8_all(count))
      }
    }

    /// A bar's number beyond an invariant; many for what is none.
    @inline(__always)
    func lanesBarsPast(_ x: Double) -> Int {
      if x < 0 { return 0 }
      return x < 1e9 ? Int(x) &+ 2 : 1 << 40
    }
    @inline(__always)
    func lanesIsWhole(_ x: Double, _ least: Double, _ most: Double) -> Bool {
      x >= least && x <= most && x == x.rounded(.down)
    }
    @inline(__always)
    func lanesMost(_ a: Int, _ b: Int) -> Int { a > b ? a : b }

    /// Gathers bars to periods of `length` milliseconds; the columns of those that have closed.
    func lanesGather(
      _ time: UnsafePointer<Int64>, _ timeClose: UnsafePointer<Int64>, _ bars: lanesBars,
      _ length: Int64, _ dayStart: Int64, _ place: UnsafeMutableRawPointer
    ) -> (bars: lanesBars, time: UnsafePointer<Int64>, close: UnsafePointer<Int64>,
      seen: UnsafeMutablePointer<Int32>)
    {
      let room = bars.count &+ 8
      let rows = place.assumingMemoryBound(to: Double.self)
      let starts = (place + 40 &* room).assumingMemoryBound(to: Int64.self)
      let ends = starts + room
      let seen = (place + 56 &* room).assumingMemoryBound(to: Int32.self)
      let (open, high, low) = (rows, rows + room, rows + 2 &* room)
      let (close, volume) = (rows + 3 &* room, rows + 4 &* room)
      var k = 0
      var isOpen = false
      var i = 0
      while i < bars.count {
        if isOpen, time[i] >= ends[k] {
          k &+= 1
          isOpen = false
        }
        if isOpen {
          high[k] = Swift.max(high[k], bars.high[i])
          low[k] = Swift.min(low[k], bars.low[i])
          close[k] = bars.close[i]
          volume[k] += bars.volume[i]
        } else {
          (starts[k], ends[k]) = lanesPeriod(time[i], length, dayStart)
          open[k] = bars.open[i]
          high[k] = bars.high[i]
          low[k] = bars.low[i]
          close[k] = bars.close[i]
          volume[k] = bars.volume[i]
          isOpen = true
        }
        if timeClose[i] >= ends[k] {
          k &+= 1
          isOpen = false
        }
        seen[i] = Int32(truncatingIfNeeded: k &- 1)
        i &+= 1
      }
      let made = lanesBars(
        open: open, high: high, low: low, close: close, volume: volume, count: k)
      return (made, UnsafePointer(starts), UnsafePointer(ends), seen)
    }

    /// The part of a day that an instant lies in; the day's last one ends with it.
    func lanesPeriod(_ instant: Int64, _ length: Int64, _ dayStart: Int64) -> (Int64, Int64) {
      let day: Int64 = 86_400_000
      let bounded = Swift.min(Swift.max(instant, -(1 << 50)), 1 << 50)
      var ofDay = (bounded &- dayStart) % day
      if ofDay < 0 { ofDay &+= day }
      let start = bounded &- ofDay
      let from = start &+ ofDay / length &* length
      return (from, Swift.min(from &+ length, start &+ day))
    }

    """#
}
