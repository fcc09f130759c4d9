import CFxaot

/// A quote on the price grid, in steps.
@usableFromInline
package struct QuoteSteps: BitwiseCopyable, Equatable {
  @usableFromInline package var bid: Int64
  @usableFromInline package var ask: Int64

  @inlinable
  package init(bid: Int64 = 0, ask: Int64 = 0) {
    self.bid = bid
    self.ask = ask
  }

  /// Twice the mid, in steps.
  @inlinable @inline(__always)
  package var sum: Int64 { bid &+ ask }

  /// bid, ask, −bid, −ask.
  @inlinable @inline(__always)
  package var sides: SIMD4<Int64> { SIMD4(bid, ask, 0 &- bid, 0 &- ask) }

  /// The mean of both prices as doubles, as a researcher computes it from the same file.
  @inlinable
  package func mid(on grid: PriceGrid) -> Double { (grid.price(bid) + grid.price(ask)) / 2 }

  @inlinable @inline(__always)
  package mutating func replace(with other: QuoteSteps, if condition: Bool) {
    bid = condition ? other.bid : bid
    ask = condition ? other.ask : ask
  }
}

/// Gathers quotes into bars of one timeframe: mid, bid and ask OHLC, tick count and sizes.
///
/// Prices stay whole steps until the bar closes, so a quote costs no division. Mids of
/// two quotes that are equal in steps can differ in the last bit as doubles. High and low are those of the
/// doubles, so the quotes that made them are kept.
@usableFromInline
package struct BarBuilder: BitwiseCopyable {
  /// bid, ask, −bid, −ask: one vector maximum is both highs and both lows.
  @usableFromInline var extremes = SIMD4<Int64>()
  @usableFromInline package let timeframe: Timeframe
  /// End of the open bar, exclusive; Int64.max while no bar is open and for tick bars.
  @usableFromInline package internal(set) var endTime = Int64.max
  package internal(set) var openTime: Int64 = 0
  @usableFromInline package var ticks: Int64 = 0
  @usableFromInline var size = 0.0
  @usableFromInline var open = QuoteSteps()
  @usableFromInline var highMid = QuoteSteps()
  @usableFromInline var lowMid = QuoteSteps()
  /// Who reads the bars: a range of the instrument's list of listeners.
  package var firstListener = 0
  package var listenerCount = 0

  package init(_ timeframe: Timeframe) { self.timeframe = timeframe }

  /// Takes a quote into the bar, which must be open. O(1).
  @inlinable @inline(__always)
  package mutating func extend(_ quote: QuoteSteps, size added: Double, on grid: PriceGrid) {
    if reaches(quote) {
      let ties =
        (quote.sum == highMid.sum && quote.bid != highMid.bid)
        || (quote.sum == lowMid.sum && quote.bid != lowMid.bid)
      if ties { breakTies(quote, on: grid) }
      highMid.replace(with: quote, if: quote.sum > highMid.sum)
      lowMid.replace(with: quote, if: quote.sum < lowMid.sum)
    }
    add(quote, size: added)
  }

  /// The same for a mid between low and high; false, and nothing has changed, for any other or if no bar is open.
  @inlinable @inline(__always)
  package mutating func extendInside(_ quote: QuoteSteps, size added: Double) -> Bool {
    if ticks <= 0 || reaches(quote) { return false }
    add(quote, size: added)
    return true
  }

  /// Whether the mid is at or beyond the high or the low: that of few quotes is.
  @inlinable @inline(__always)
  func reaches(_ quote: QuoteSteps) -> Bool { quote.sum >= highMid.sum || quote.sum <= lowMid.sum }

  @inlinable @inline(__always)
  mutating func add(_ quote: QuoteSteps, size added: Double) {
    let sides = quote.sides
    extremes.replace(with: sides, where: sides .> extremes)
    ticks &+= 1
    size += added
  }

  /// True when a tick bar has all its quotes.
  @inlinable @inline(__always)
  package var isFull: Bool { timeframe.ticks > 0 && ticks >= timeframe.ticks }

  /// Another quote, equal in steps to the high or the low: the doubles decide. Never inlined, because the
  /// compiler would hoist the divisions and every quote would pay for them.
  @inline(never) @usableFromInline
  mutating func breakTies(_ quote: QuoteSteps, on grid: PriceGrid) {
    let mid = quote.mid(on: grid)
    highMid.replace(with: quote, if: quote.sum == highMid.sum && mid > highMid.mid(on: grid))
    lowMid.replace(with: quote, if: quote.sum == lowMid.sum && mid < lowMid.mid(on: grid))
  }

  /// Opens a bar for its first quote, which `extend` then takes. `end` is Int64.max for tick bars.
  @inline(never)
  package mutating func start(_ quote: QuoteSteps, from start: Int64, until end: Int64) {
    open = quote
    extremes = quote.sides
    highMid = quote
    lowMid = quote
    openTime = start
    endTime = end
  }

  /// The open bar as it would be if it closed now, on one price basis (FXAOT_MID …). `close` is the
  /// instrument's newest quote, `time` its time. Only while a bar is open.
  package func bar(_ basis: Int, close: QuoteSteps, time: Int64, on grid: PriceGrid) -> fxaot_bar {
    var bar = fxaot_bar()
    bar.open_time_ns = openTime
    bar.end_time_ns = timeframe.isTime ? endTime : time
    bar.ticks = ticks
    // Sizes are finite, their sum need not be.
    bar.volume = size > 0 ? min(size, .greatestFiniteMagnitude) : Double(ticks)
    if basis == FXAOT_MID {
      bar.open = open.mid(on: grid)
      bar.high = highMid.mid(on: grid)
      bar.low = lowMid.mid(on: grid)
      bar.close = close.mid(on: grid)
    } else {
      let side = basis == FXAOT_ASK ? 1 : 0
      bar.open = grid.price(side == 1 ? open.ask : open.bid)
      bar.high = grid.price(extremes[side])
      bar.low = grid.price(0 &- extremes[side + 2])
      bar.close = grid.price(side == 1 ? close.ask : close.bid)
    }
    return bar
  }

  /// Ends the open bar; the next quote opens another.
  package mutating func finish() {
    ticks = 0
    size = 0
    endTime = .max
  }
}
