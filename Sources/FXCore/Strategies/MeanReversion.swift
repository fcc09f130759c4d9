import CFxaot
import Indicators

/// Sells when the close is more than k standard deviations above the mean of the bars before it,
/// buys when it is as far below. No signal if those bars do not deviate at all.
///
///     state   WindowMoments of closes, WindowMean of volumes
public struct MeanReversion: Strategy {
  public static let name: StaticString = "mean_reversion"
  public static let parameters = [
    Parameter.window("window", 20), Parameter("k", 2, in: 0...100), .confirm("confirm", 0.8),
    .window("volume_window", 10), .cap("cap", 2),
  ]

  let window: Int
  let k: Double
  let volume: VolumeConfirmation
  let strength: Strength
  let closes: WindowMoments
  let volumes: WindowMean

  public init(_ params: UnsafePointer<Double>) {
    window = params.window(0)
    k = params[1]
    volume = VolumeConfirmation(window: params.window(3), confirm: params[2])
    strength = Strength(full: params[1] * params[4])
    closes = WindowMoments(length: window)
    volumes = WindowMean(length: volume.window)
  }

  public var stateBytes: Int { closes.stateBytes + volumes.stateBytes }

  public func reset(_ state: UnsafeMutableRawPointer) {
    closes.reset(state)
    volumes.reset(state + closes.stateBytes)
  }

  public func step(
    _ state: UnsafeMutableRawPointer, feed: Int, bar: UnsafePointer<fxaot_bar>
  ) -> Double {
    let volumeState = state + closes.stateBytes
    defer {
      closes.push(state, bar.pointee.close)
      volumes.push(volumeState, bar.pointee.volume)
    }
    guard closes.count(state) >= window else { return 0 }
    let mean = volumes.mean(volumeState, of: volume.window)
    guard volume.isConfirmed(bar.pointee.volume, mean) else { return 0 }
    let moments = closes.moments(state, of: window)
    let deviation = moments.deviation
    guard deviation > 0 else { return 0 }
    let score = (bar.pointee.close - moments.mean) / deviation
    // min(z/k, cap)/cap is min(z, k·cap)/(k·cap).
    if score > k { return -strength(score) }
    if score < -k { return strength(-score) }
    return 0
  }
}
