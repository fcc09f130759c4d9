extension Pine {
  /// ta.ema and ta.rma: the mean of the first n values without na, then a step towards each value.
  /// A bar with na gives na and changes nothing.
  ///
  /// The steps are written as TradingView takes them, y + α·(x − y) and (y·(n − 1) + x)/n, since
  /// the last digit of a result depends on that.
  ///
  ///     state   double: number of values so far, up to n; double: their sum, then the average
  @frozen
  public struct EMA: SeededAverage {
    public let length: Int
    @usableFromInline let alpha: Double

    @inlinable
    public init(length: Int) {
      self.length = min(max(length, 1), WindowMean.longest)
      alpha = 2 / (Double(self.length) + 1)
    }

    @inlinable @inline(__always)
    public func next(_ y: Double, _ x: Double) -> Double { y + alpha * (x - y) }
  }

  /// ta.rma: see `EMA`, with α = 1/n.
  @frozen
  public struct RMA: SeededAverage {
    public let length: Int

    @inlinable
    public init(length: Int) { self.length = min(max(length, 1), WindowMean.longest) }

    @inlinable @inline(__always)
    public func next(_ y: Double, _ x: Double) -> Double {
      (y * (Double(length) - 1) + x) / Double(length)
    }
  }

  /// Takes in one of the first n values. Kept apart, so that a step's straight way stays short.
  @inlinable @inline(never)
  static func seed(_ cells: UnsafeMutablePointer<Double>, _ x: Double, _ n: Int) -> Double {
    cells[0] += 1
    cells[1] += x
    guard cells[0] >= Double(n) else { return .nan }
    cells[1] /= Double(n)
    return cells[1]
  }

  /// ta.rsi: 100 − 100/(1 + u/d), u and d the `RMA` of the rises and of the falls from one value
  /// that is not na to the next; 100 where nothing fell.
  ///
  ///     state   double: the previous value; RMA of rises, RMA of falls
  @frozen
  public struct RSI: SeriesKernel {
    @usableFromInline let average: RMA

    @inlinable public init(length: Int) { average = RMA(length: length) }

    @inlinable public var lookback: Int { average.length }
    @inlinable public var stateBytes: Int { 40 }

    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.clear(40, first: .nan) }

    /// O(1).
    @inlinable @inline(__always)
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
      guard x == x else { return .nan }
      let before = state.doubles[0]
      state.doubles[0] = x
      guard before == before else { return .nan }
      let rise = average.step(state + 8, max(x - before, 0))
      let fall = average.step(state + 24, max(before - x, 0))
      guard rise == rise else { return .nan }
      return fall == 0 ? 100 : 100 - 100 / (1 + rise / fall)
    }
  }

  /// ta.macd: the fast `EMA` less the slow one, the `EMA` of that, and their difference.
  ///
  ///     state   EMA fast, slow, signal
  @frozen
  public struct MACD: StateKernel {
    @frozen
    public struct Lines {
      public let macd, signal, histogram: Double

      @inlinable
      init(macd: Double, signal: Double) {
        self.macd = macd
        self.signal = signal
        histogram = macd - signal
      }
    }

    @usableFromInline let fast, slow, signal: EMA

    @inlinable
    public init(fast: Int, slow: Int, signal: Int) {
      self.fast = EMA(length: fast)
      self.slow = EMA(length: slow)
      self.signal = EMA(length: signal)
    }

    /// Of the signal line; the macd line comes `signal − 1` values earlier.
    @inlinable public var lookback: Int { max(fast.lookback, slow.lookback) &+ signal.lookback }
    @inlinable public var stateBytes: Int { 48 }
    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.clear(48) }

    /// O(1).
    @inlinable @inline(__always)
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Lines {
      let macd = fast.step(state, x) - slow.step(state + 16, x)
      return Lines(macd: macd, signal: signal.step(state + 32, macd))
    }
  }

  /// ta.tsi: the `EMA` over the short length of the `EMA` over the long length of x − x[1], divided
  /// by the same of |x − x[1]|; −1 … 1.
  ///
  ///     state   double: the previous value; EMA long, short of changes, long, short of their sizes
  @frozen
  public struct TSI: SeriesKernel {
    @usableFromInline let short, long: EMA

    @inlinable
    public init(short: Int, long: Int) {
      self.short = EMA(length: short)
      self.long = EMA(length: long)
    }

    @inlinable public var lookback: Int { 1 &+ long.lookback &+ short.lookback }
    @inlinable public var stateBytes: Int { 72 }

    @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.clear(72, first: .nan) }

    /// O(1).
    @inlinable @inline(__always)
    public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
      let change = x - state.doubles[0]
      state.doubles[0] = x
      let up = short.step(state + 24, long.step(state + 8, change))
      let all = short.step(state + 56, long.step(state + 40, change.magnitude))
      return up / all
    }
  }
}

/// An average that starts with a mean and then takes a step towards each value: see `Pine.EMA`.
public protocol SeededAverage: KernelWindow, SeriesKernel {
  /// The average y after one more value x.
  func next(_ y: Double, _ x: Double) -> Double
}

extension SeededAverage {
  @inlinable @inline(__always) public var stateBytes: Int { 16 }
  @inlinable public func reset(_ state: UnsafeMutableRawPointer) { state.clear(16) }

  /// O(1).
  @inlinable @inline(__always)
  public func step(_ state: UnsafeMutableRawPointer, _ x: Double) -> Double {
    guard x == x else { return .nan }
    let cells = state.doubles
    guard cells[0] >= Double(length) else { return Pine.seed(cells, x, length) }
    cells[1] = next(cells[1], x)
    return cells[1]
  }
}
