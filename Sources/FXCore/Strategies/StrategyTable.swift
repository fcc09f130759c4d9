import CFxaot

/// The C functions of one strategy. They are given one by one because a C function pointer cannot
/// be made from generic code.
public struct StrategyFunctions {
  public typealias StateBytes = @convention(c) (UnsafePointer<Double>?) -> UInt64
  public typealias Reset =
    @convention(c) (UnsafePointer<Double>?, UnsafeMutableRawPointer?) -> Void
  public typealias Step =
    @convention(c) (
      UnsafePointer<Double>?, UnsafeMutableRawPointer?, UInt32, UnsafePointer<fxaot_bar>?
    ) -> Double
  public typealias Signals =
    @convention(c) (
      UnsafePointer<Double>?, UnsafePointer<Double>?, UnsafePointer<Double>?,
      UnsafeMutablePointer<Double>?, UInt64
    ) -> Void
  public typealias Check = @convention(c) (UnsafePointer<Double>?) -> UInt32

  let stateBytes: StateBytes
  let reset: Reset
  let step: Step
  let array: Signals?
  let check: Check

  public init(
    stateBytes: StateBytes, reset: Reset, step: Step, array: Signals? = nil, check: Check
  ) {
    self.stateBytes = stateBytes
    self.reset = reset
    self.step = step
    self.array = array
    self.check = check
  }
}

/// The bodies of the C functions: null checks, then the strategy's own method.
extension Strategy {
  @inline(__always)
  static func stateBytes(_ params: UnsafePointer<Double>?) -> UInt64 {
    guard let params else { return 0 }
    return UInt64(max(Self(params).stateBytes, 0))
  }

  @inline(__always)
  static func reset(_ params: UnsafePointer<Double>?, _ state: UnsafeMutableRawPointer?) {
    guard let params, let state else { return }
    Self(params).reset(state)
  }

  @inline(__always)
  static func step(
    _ params: UnsafePointer<Double>?, _ state: UnsafeMutableRawPointer?, _ feed: UInt32,
    _ bar: UnsafePointer<fxaot_bar>?
  ) -> Double {
    guard let params, let state, let bar else { return 0 }
    return Self(params).step(state, feed: Int(feed), bar: bar)
  }

  @inline(__always)
  static func check(_ params: UnsafePointer<Double>?) -> UInt32 {
    guard let params, let index = misfit(params) else { return 0 }
    return UInt32(clamping: index + 1)
  }
}

extension ArrayStrategy {
  @inline(__always)
  static func array(
    _ params: UnsafePointer<Double>?, _ closes: UnsafePointer<Double>?,
    _ volumes: UnsafePointer<Double>?, _ signals: UnsafeMutablePointer<Double>?, _ count: UInt64
  ) {
    guard let params, let closes, let volumes, let signals else { return }
    let history = History(closes: closes, volumes: volumes, count: Int(clamping: count))
    Self(params).signals(of: history, into: signals)
  }
}

extension Strategy {
  /// Makes the C table. Its memory is never freed: engines and foreign code keep pointers to it.
  static func makeTable(_ functions: StrategyFunctions) -> UnsafePointer<fxaot_strategy> {
    let params = UnsafeMutablePointer<fxaot_param>.allocate(capacity: max(parameters.count, 1))
    for (i, parameter) in parameters.enumerated() {
      (params + i).initialize(
        to: fxaot_param(
          name: parameter.name.cString, default_value: parameter.defaultValue,
          minimum: parameter.minimum, maximum: parameter.maximum,
          is_integer: parameter.isInteger ? 1 : 0, reserved: 0))
    }
    let multiples = UnsafeMutablePointer<UInt32>.allocate(capacity: max(feedMultiples.count, 1))
    for (i, multiple) in feedMultiples.enumerated() { (multiples + i).initialize(to: multiple) }
    let table = UnsafeMutablePointer<fxaot_strategy>.allocate(capacity: 1)
    table.initialize(
      to: fxaot_strategy(
        abi_version: FXAOT_ABI_VERSION, param_count: UInt32(parameters.count),
        name: name.cString, params: params, feed_multiples: multiples,
        feed_count: UInt64(feedMultiples.count), state_bytes: functions.stateBytes,
        reset: functions.reset, step: functions.step, array: functions.array,
        check: functions.check))
    return UnsafePointer(table)
  }
}

extension StaticString {
  /// The NUL-terminated text, valid for ever.
  var cString: UnsafePointer<CChar> {
    UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
  }
}
