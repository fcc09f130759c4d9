/// The prices and volumes of a history, a column each.
@frozen
public struct BarColumns {
  public let open, high, low, close, volume: UnsafePointer<Double>
  public let count: Int

  @inlinable
  public init(
    open: UnsafePointer<Double>, high: UnsafePointer<Double>, low: UnsafePointer<Double>,
    close: UnsafePointer<Double>, volume: UnsafePointer<Double>, count: Int
  ) {
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    self.volume = volume
    self.count = count
  }
}

/// Counts of bars that printed code works out of parameters.
public enum BarCount {
  /// The first bar whose number is beyond `x`; beyond all bars if there is no such bar.
  @inlinable
  public static func past(_ x: Double) -> Int {
    if x < 0 { return 0 }
    return x < 1e9 ? Int(x) &+ 2 : 1 << 40
  }

  @inlinable
  public static func isWhole(_ x: Double, _ least: Double, _ most: Double) -> Bool {
    x >= least && x <= most && x == x.rounded(.down)
  }

  @inlinable
  public static func larger(_ a: Int, _ b: Int) -> Int { a > b ? a : b }
}

/// The results of a request's world: a row of `stride` for each result and parameter set; and for
/// each bar of the world that asks, the number of the period that it sees, or −1.
@frozen
public struct PeriodResults {
  @usableFromInline let rows: UnsafeMutablePointer<Double>
  @usableFromInline let stride: Int
  @usableFromInline let seen: UnsafePointer<Int32>

  @inlinable
  public init(
    rows: UnsafeMutablePointer<Double>, stride: Int, seen: UnsafePointer<Int32>
  ) {
    self.rows = rows
    self.stride = stride
    self.seen = seen
  }

  /// One result as a bar sees it; `none` before the first period has closed.
  @inlinable @inline(__always)
  public func value(
    _ result: Int, _ sets: Int, _ set: Int, _ bar: Int, _ none: Double
  ) -> Double {
    if bar < 0 { return none }
    let period = Int(seen[bar])
    if period < 0 { return none }
    let row = rows + (result &* sets &+ set) &* stride
    return row[period]
  }
}
