import StrategyIR
import StrategyVM

/// Programs and bars by a seed, for tests that compare two ways of running one and the same.
public enum RandomPrograms {
  public enum Vocabulary: Sendable {
    /// Few kernels and functions, those that a plain evaluator has as well.
    case plain
    /// All operators, kernels, functions, fields and order calls.
    case full
  }

  /// A valid program that runs on any bars. The same for the same seed.
  public static func program(seed: UInt64, _ vocabulary: Vocabulary = .full) -> Program {
    var generator = ProgramGenerator(seed: seed, vocabulary)
    return generator.program()
  }

  /// So many bars of 15 minutes from 2024-01-01 on. Prices go in quarters, so equal ones are
  /// frequent; now and then hours or days have no bars, and once in a while a bar no volume.
  public static func bars(seed: UInt64, count: Int) -> [ScriptBar] {
    var random = Randomness(seed: seed)
    let length: Int64 = 900_000
    var time: Int64 = 1_704_067_200_000
    var close = 50.0
    return (0..<count).map { _ in
      let open = max(1, close + Double(random.below(3) - 1) / 4)
      close = max(1, open + Double(random.below(17) - 8) / 4)
      if random.below(40) == 0 { time += length * Int64(1 + random.below(200)) }
      defer { time += length }
      return ScriptBar(
        time: time, timeClose: time + length, open: open,
        high: max(open, close) + Double(random.below(4)) / 4,
        low: max(0.25, min(open, close) - Double(random.below(4)) / 4), close: close,
        volume: random.below(30) == 0 ? 0 : Double(1 + random.below(900)))
    }
  }
}
