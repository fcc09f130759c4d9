import CFxaot
import Indicators

/// Buys when the fast mean of closes is above the slow one by more than a band and volume is high,
/// sells when it is below. Both means leave the bar itself out. See docs/adding-a-strategy.md.
///
///     state   WindowMean of closes (slow), WindowMean of volumes
public struct MACrossover: Strategy {
  public static let name: StaticString = "ma_crossover"
  public static let parameters = [
    Parameter.window("fast", 5), .window("slow", 20), Parameter("band", 0.001, in: 0...1),
    .confirm("confirm", 1.2), .window("volume_window", 20), .cap("cap", 3),
  ]

  let fast, slow: Int
  let above, below: Double
  let volume: VolumeConfirmation
  let strength: Strength
  let closes, volumes: WindowMean

  public init(_ params: UnsafePointer<Double>) {
    fast = params.window(0)
    slow = params.window(1)
    above = 1 + params[2]
    below = 1 - params[2]
    volume = VolumeConfirmation(window: params.window(4), confirm: params[3])
    strength = Strength(full: params[5])
    closes = WindowMean(length: max(fast, slow))
    volumes = WindowMean(length: volume.window)
  }

  public static func misfit(_ params: UnsafePointer<Double>) -> Int? {
    params[0] < params[1] ? nil : 0
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
    guard closes.count(state) >= slow else { return 0 }
    let ratio = volume.ratio(
      bar.pointee.volume, volumes.mean(volumeState, of: volume.window))
    guard ratio > volume.confirm else { return 0 }
    let fastMean = closes.mean(state, of: fast)
    let slowMean = closes.mean(state, of: slow)
    if fastMean > slowMean * above { return strength(ratio) }
    if fastMean < slowMean * below { return -strength(ratio) }
    return 0
  }
}
