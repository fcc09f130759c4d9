import CFxaot

/// The tables of the strategies that come with the library, in the registry's order.
enum BuiltinStrategies {
  nonisolated(unsafe) static let tables: [UnsafePointer<fxaot_strategy>] = [
    MACrossover.makeTable(
      StrategyFunctions(
        stateBytes: { MACrossover.stateBytes($0) },
        reset: { MACrossover.reset($0, $1) },
        step: { MACrossover.step($0, $1, $2, $3) },
        array: { MACrossover.array($0, $1, $2, $3, $4) },
        check: { MACrossover.check($0) })),
    MomentumBreakout.makeTable(
      StrategyFunctions(
        stateBytes: { MomentumBreakout.stateBytes($0) },
        reset: { MomentumBreakout.reset($0, $1) },
        step: { MomentumBreakout.step($0, $1, $2, $3) },
        array: { MomentumBreakout.array($0, $1, $2, $3, $4) },
        check: { MomentumBreakout.check($0) })),
    MeanReversion.makeTable(
      StrategyFunctions(
        stateBytes: { MeanReversion.stateBytes($0) },
        reset: { MeanReversion.reset($0, $1) },
        step: { MeanReversion.step($0, $1, $2, $3) },
        array: { MeanReversion.array($0, $1, $2, $3, $4) },
        check: { MeanReversion.check($0) })),
    Fusion.makeTable(
      StrategyFunctions(
        stateBytes: { Fusion.stateBytes($0) },
        reset: { Fusion.reset($0, $1) },
        step: { Fusion.step($0, $1, $2, $3) },
        check: { Fusion.check($0) })),
  ]
}
