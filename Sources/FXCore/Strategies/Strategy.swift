import CFxaot

/// One parameter of a strategy, with its limits (both inclusive).
public struct Parameter: Sendable {
  public let name: StaticString
  public let defaultValue, minimum, maximum: Double
  public let isInteger: Bool

  public init(
    _ name: StaticString, _ defaultValue: Double, in limits: ClosedRange<Double>,
    integer: Bool = false
  ) {
    self.name = name
    self.defaultValue = defaultValue
    self.minimum = limits.lowerBound
    self.maximum = limits.upperBound
    self.isInteger = integer
  }
}

/// A trading strategy over a flat state block.
///
/// A conforming value holds the parameters and offsets into the block, nothing else: it is made
/// anew for each call from `params` and costs no allocation. All that must survive from bar to bar
/// is in `state`, a 64-byte aligned block of `stateBytes` bytes without pointers, so that a copy of
/// the block is a snapshot and another process, or another tier, can go on from it bit for bit.
public protocol Strategy {
  static var name: StaticString { get }
  static var parameters: [Parameter] { get }
  /// Timeframes the strategy reads, as multiples of the deployed one; the first is 1.
  static var feedMultiples: [UInt32] { get }
  /// nil when the parameters go together, else the index of the one that does not.
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
