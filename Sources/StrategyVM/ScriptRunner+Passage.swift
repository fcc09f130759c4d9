import CFxaot
import Calendar
import StrategyIR

extension ScriptRunner {
  /// Bars that are taken one after the other, until something is to be done about one.
  public struct Passage {
    /// All four prices of a bar must lie between these, included; nan does not.
    public var low, high: Double
    /// When a bar must open.
    public var times: TradingCalendar.Bounds
    /// The same for all bars.
    public var place: BarPlace

    public init(low: Double, high: Double, times: TradingCalendar.Bounds, place: BarPlace) {
      self.low = low
      self.high = high
      self.times = times
      self.place = place
    }
  }

  /// Where a passage has ended.
  public struct Arrival {
    /// Bars that were taken; the newest one's orders, rules and plots are still there.
    public var count = 0
    /// The extremes of the bars that were taken.
    public var low = Double.infinity
    public var high = -Double.infinity
    /// The newest bar has stopped the script.
    public var hasStopped = false
  }

  /// Steps over bars until one does not belong to the passage, or one has given an order or a rule, or has stopped the
  /// script. Each step is the same as `step` would make it.
  public func run(
    _ bars: UnsafeBufferPointer<ScriptBar>, _ passage: Passage, book: UnsafePointer<BookView>
  ) -> Arrival {
    guard let first = bars.baseAddress else { return Arrival() }
    if !hasFeeds, let native = output.pointee.plainNative, output.pointee.failure == nil {
      return world.run(native, first, bars.count, passage, book)
    }
    return passage.run(first, bars.count, output) { step($0, place: passage.place, book: book) }
  }
}

extension ScriptRunner.Passage {
  @inline(__always)
  func run(
    _ first: UnsafePointer<ScriptBar>, _ count: Int, _ output: UnsafeMutablePointer<StepOutput>,
    _ step: (UnsafePointer<ScriptBar>) -> Bool
  ) -> ScriptRunner.Arrival {
    let (lows, highs) = (SIMD4(repeating: low), SIMD4(repeating: high))
    var arrival = ScriptRunner.Arrival()
    while arrival.count < count {
      let bar = first + arrival.count
      let prices = SIMD4(bar.pointee.open, bar.pointee.high, bar.pointee.low, bar.pointee.close)
      guard all((prices .>= lows) .& (prices .<= highs)), times.contains(bar.pointee.time) else { break }
      arrival.count &+= 1
      arrival.low = prices[2] < arrival.low ? prices[2] : arrival.low
      arrival.high = prices[1] > arrival.high ? prices[1] : arrival.high
      guard step(bar) else {
        arrival.hasStopped = true
        break
      }
      if output.pointee.hasEffects { break }
    }
    return arrival
  }
}

extension World {
  /// See `ScriptRunner.run`. The host has nothing to do before a step of this code but to hand over the bar; what stays
  /// the same from bar to bar is shown once.
  func run(
    _ native: fxaot_native_step, _ first: UnsafePointer<ScriptBar>, _ count: Int, _ passage: ScriptRunner.Passage,
    _ book: UnsafePointer<BookView>
  ) -> ScriptRunner.Arrival {
    showHost(passage.place, book)
    let (output, state, host) = (output, state, host)
    output.pointee.clear()
    let arrival = passage.run(first, count, output) { bar in
      if output.pointee.plotCount > 0 { output.pointee.clearPlots() }
      let status = native(state, UnsafeRawPointer(bar).assumingMemoryBound(to: fxaot_script_bar.self), host)
      return status == FXAOT_STEP_OK || fails(status)
    }
    output.pointee.book = nil
    return arrival
  }
}
