import CFxaot

/// The weighted sum of the other three, each on its own timeframe; 0 unless it exceeds a threshold.
///
/// Feed 0 steps ma_crossover and gives the signal; feeds 1 and 2, five and fifteen times as long,
/// step momentum_breakout and mean_reversion, whose newest values are kept. Bars that end at the
/// same instant must arrive longest first.
///
///     state   2 doubles: newest momentum and reversion signals
///             the three parts' states
public struct Fusion: Strategy {
  public static let name: StaticString = "fusion"
  public static let feedMultiples: [UInt32] = [1, 5, 15]
  public static let parameters = [
    Parameter("weight_crossover", 0.5, in: 0...1), Parameter("weight_momentum", 0.3, in: 0...1),
    Parameter("weight_reversion", 0.2, in: 0...1), Parameter("threshold", 0.3, in: 0...1),
    .window("ma_crossover.fast", 5), .window("ma_crossover.slow", 20),
    Parameter("ma_crossover.band", 0.001, in: 0...1), .confirm("ma_crossover.confirm", 1.2),
    .window("ma_crossover.volume_window", 20), .cap("ma_crossover.cap", 3),
    .window("momentum_breakout.lookback", 14),
    Parameter("momentum_breakout.threshold", 0.015, in: 0...10),
    Parameter("momentum_breakout.adapt", 10, in: 0...10_000),
    .confirm("momentum_breakout.confirm", 1.5),
    .window("momentum_breakout.volume_window", 20), .cap("momentum_breakout.cap", 3),
    .window("mean_reversion.window", 20), Parameter("mean_reversion.k", 1.5, in: 0...100),
    .confirm("mean_reversion.confirm", 0.8), .window("mean_reversion.volume_window", 10),
    .cap("mean_reversion.cap", 2),
  ]
  private static let crossoverIndex = 4
  private static let momentumIndex = 10
  private static let reversionIndex = 16

  let weights: (Double, Double, Double)
  let threshold: Double
  let crossover: MACrossover
  let momentum: MomentumBreakout
  let reversion: MeanReversion

  public init(_ params: UnsafePointer<Double>) {
    weights = (params[0], params[1], params[2])
    threshold = params[3]
    crossover = MACrossover(params + Self.crossoverIndex)
    momentum = MomentumBreakout(params + Self.momentumIndex)
    reversion = MeanReversion(params + Self.reversionIndex)
  }

  /// Weights that sum to more than 1 would give signals beyond ±1.
  public static func misfit(_ params: UnsafePointer<Double>) -> Int? {
    if params[0] + params[1] + params[2] > 1 + 1e-9 { return 2 }
    return MACrossover.misfit(params + crossoverIndex).map { $0 + crossoverIndex }
  }

  private var crossoverOffset: Int { 16 }
  private var momentumOffset: Int { crossoverOffset + crossover.stateBytes }
  private var reversionOffset: Int { momentumOffset + momentum.stateBytes }
  public var stateBytes: Int { reversionOffset + reversion.stateBytes }

  public func reset(_ state: UnsafeMutableRawPointer) {
    state.storeBytes(of: 0, as: Double.self)
    state.storeBytes(of: 0, toByteOffset: 8, as: Double.self)
    crossover.reset(state + crossoverOffset)
    momentum.reset(state + momentumOffset)
    reversion.reset(state + reversionOffset)
  }

  public func step(
    _ state: UnsafeMutableRawPointer, feed: Int, bar: UnsafePointer<fxaot_bar>
  ) -> Double {
    switch feed {
    case 0:
      let signal = crossover.step(state + crossoverOffset, feed: 0, bar: bar)
      let x =
        weights.0 * signal + weights.1 * state.load(as: Double.self)
        + weights.2 * state.load(fromByteOffset: 8, as: Double.self)
      return x.magnitude > threshold ? max(-1, min(x, 1)) : 0
    case 1:
      let signal = momentum.step(state + momentumOffset, feed: 0, bar: bar)
      state.storeBytes(of: signal, as: Double.self)
    case 2:
      let signal = reversion.step(state + reversionOffset, feed: 0, bar: bar)
      state.storeBytes(of: signal, toByteOffset: 8, as: Double.self)
    default: break
    }
    return 0
  }
}
