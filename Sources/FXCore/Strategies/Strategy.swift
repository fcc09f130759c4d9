import CFxaot

/// A trading strategy over a flat state block.
///
/// A conforming value holds only the parameters and offsets into the block. Each call makes it anew from
/// `params`, without allocation. Everything that survives from bar to bar is in `state`, a 64-byte aligned
/// block of `stateBytes` bytes without pointers. So a copy of the block is a snapshot, and another process or
/// tier can continue from it bit for bit.
public protocol Strategy {
  static var name: StaticString { get }
  static var parameters: [Parameter] { get }
  /// Timeframes the strategy reads, as multiples of the deployed one; the first is 1.
  static var feedMultiples: [UInt32] { get }
  /// nil if the parameters are consistent, else the index of the one that is not.
  static func misfit(_ params: UnsafePointer<Double>) -> Int?

  /// `params` has one value for each of `parameters`, inside its limits.
  init(_ params: UnsafePointer<Double>)
  var stateBytes: Int { get }
  func reset(_ state: UnsafeMutableRawPointer)
  /// One bar of feed `feed` has closed. The result, −1 … +1, counts for feed 0 only.
  func step(_ state: UnsafeMutableRawPointer, feed: Int, bar: UnsafePointer<fxaot_bar>) -> Double
}

extension Strategy {
  public static var feedMultiples: [UInt32] { [1] }
  public static func misfit(_ params: UnsafePointer<Double>) -> Int? { nil }
}

/// A strategy that needs closes and volumes of one feed only, and can work over whole arrays.
public protocol ArrayStrategy: Strategy {
  /// The signals of `history.count` bars, equal to the bit to stepping through them.
  func signals(of history: History, into signals: UnsafeMutablePointer<Double>)
}

/// Closes and volumes of consecutive bars, oldest first.
public struct History {
  public let closes, volumes: UnsafePointer<Double>
  public let count: Int

  public init(
    closes: UnsafePointer<Double>, volumes: UnsafePointer<Double>, count: Int
  ) {
    self.closes = closes
    self.volumes = volumes
    self.count = count
  }
}

extension ArrayStrategy {
  /// The signals of the first `count` bars by stepping: where windows are not yet full.
  func stepThrough(
    _ history: History, count: Int, into signals: UnsafeMutablePointer<Double>
  ) {
    withUnsafeTemporaryAllocation(byteCount: stateBytes, alignment: 64) { block in
      guard let state = block.baseAddress else { return }
      reset(state)
      var bar = fxaot_bar()
      for i in 0..<min(count, history.count) {
        bar.close = history.closes[i]
        bar.volume = history.volumes[i]
        signals[i] = step(state, feed: 0, bar: &bar)
      }
    }
  }
}
