import CFxaot
import Indicators

/// Buys when the return over the look-back exceeds a threshold that widens with the volatility of
/// the single returns in it and volume is high, sells when it falls below the threshold's negative.
///
///     state   WindowMoments of returns, WindowMean of volumes, Delay of closes (lookback + 1)
public struct MomentumBreakout: Strategy {
  public static let name: StaticString = "momentum_breakout"
  public static let parameters = [
    Parameter.window("lookback", 14), Parameter("threshold", 0.02, in: 0...10),
    Parameter("adapt", 10, in: 0...10_000), .confirm("confirm", 1.5),
    .window("volume_window", 20), .cap("cap", 3),
  ]

  let lookback: Int
  let threshold, adapt: Double
  let volume: VolumeConfirmation
  let strength: Strength
  let returns: WindowMoments
  let volumes: WindowMean
  let closes: Delay

  public init(_ params: UnsafePointer<Double>) {
    lookback = params.window(0)
    threshold = params[1]
    adapt = params[2]
    volume = VolumeConfirmation(window: params.window(4), confirm: params[3])
    strength = Strength(full: params[5])
    returns = WindowMoments(length: lookback)
    volumes = WindowMean(length: volume.window)
    closes = Delay(length: lookback + 1)
  }

  var volumesOffset: Int { returns.stateBytes }
  var closesOffset: Int { returns.stateBytes + volumes.stateBytes }
  public var stateBytes: Int { closesOffset + closes.stateBytes }

  public func reset(_ state: UnsafeMutableRawPointer) {
    returns.reset(state)
    volumes.reset(state + volumesOffset)
    closes.reset(state + closesOffset)
  }

  public func step(
    _ state: UnsafeMutableRawPointer, feed: Int, bar: UnsafePointer<fxaot_bar>
  ) -> Double {
    let close = bar.pointee.close
    let bars = closes.count(state + closesOffset)
    if bars > 0 {
      let previous = closes.value(state + closesOffset, age: 0)
      returns.push(state, (close - previous) / previous)
    }
    _ = closes.step(state + closesOffset, close)
    defer { volumes.push(state + volumesOffset, bar.pointee.volume) }
    guard bars >= lookback else { return 0 }
    let mean = volumes.mean(state + volumesOffset, of: volume.window)
    guard volume.isConfirmed(bar.pointee.volume, mean) else { return 0 }
    let base = closes.value(state + closesOffset, age: lookback)
    let momentum = (close - base) / base
    let deviation = returns.moments(state, of: lookback).deviation
    let limit = threshold * (1 + deviation * adapt)
    if momentum > limit { return strength(momentum / limit) }
    if momentum < -limit { return -strength(-momentum / limit) }
    return 0
  }
}
