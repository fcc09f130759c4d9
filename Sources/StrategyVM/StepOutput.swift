import CFxaot
import StrategyIR

/// The results of a step. Behind a pointer, since it is written on each bar: a class's own properties
/// cost a check of exclusive access each time.
@usableFromInline
struct StepOutput {
  @usableFromInline private(set) var orders: UnsafeMutablePointer<OrderCommand>
  @usableFromInline private(set) var orderCount = 0
  private var orderRoom = 16
  @usableFromInline private(set) var risks: UnsafeMutablePointer<RiskRule>
  @usableFromInline private(set) var riskCount = 0
  private var riskRoom = 8
  let plots: UnsafeMutablePointer<Double>
  let plotCount: Int
  var failure: ScriptFailure?
  /// Kept here for the same reason.
  var clock: BarClock
  /// Native code that takes the steps instead of the VM.
  var native: fxaot_native_step?
  /// The same, where the host has nothing to do before a step but to hand over the bar.
  var plainNative: fxaot_native_step?
  /// The book of the step that native code is in.
  var book: UnsafePointer<BookView>?

  /// More than these on one bar are too many.
  static let most = 10_000

  init(plots count: Int, clock: BarClock) {
    orders = .allocate(capacity: orderRoom)
    risks = .allocate(capacity: riskRoom)
    plots = .allocate(capacity: max(count, 1))
    plots.initialize(repeating: .nan, count: max(count, 1))
    plotCount = count
    self.clock = clock
  }

  func deallocate() {
    orders.deallocate()
    risks.deallocate()
    plots.deallocate()
  }

  mutating func clear() {
    orderCount = 0
    riskCount = 0
    if plotCount > 0 { clearPlots() }
  }

  /// Whether the step has given an order or a rule.
  @inline(__always)
  var hasEffects: Bool { orderCount != 0 || riskCount != 0 }

  @inline(never)
  func clearPlots() {
    for i in 0..<plotCount { plots[i] = .nan }
  }

  /// The next order, which the caller fills in; nil when there are too many.
  @inline(__always)
  mutating func nextOrder() -> UnsafeMutablePointer<OrderCommand>? {
    if orderCount == orderRoom, !growOrders() { return nil }
    orderCount += 1
    return orders + (orderCount - 1)
  }

  @inline(never)
  private mutating func growOrders() -> Bool {
    guard orderCount < Self.most else { return false }
    orders = Self.grown(orders, orderCount)
    orderRoom *= 2
    return true
  }

  mutating func append(_ risk: RiskRule) -> Bool {
    if riskCount == riskRoom {
      guard riskCount < Self.most else { return false }
      risks = Self.grown(risks, riskCount)
      riskRoom *= 2
    }
    (risks + riskCount).initialize(to: risk)
    riskCount += 1
    return true
  }

  private static func grown<T>(
    _ old: UnsafeMutablePointer<T>, _ count: Int
  ) -> UnsafeMutablePointer<T> {
    let new = UnsafeMutablePointer<T>.allocate(capacity: count * 2)
    new.moveInitialize(from: old, count: count)
    old.deallocate()
    return new
  }
}
