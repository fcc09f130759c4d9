import StrategyIR

extension Builtins {
  /// Variables with state of their own: `ta.obv`.
  static let kernelVariables: [String: Kernel] = Dictionary(
    Kernel.allCases.compactMap { kernel in kernel.row.variable.map { ($0, kernel) } },
    uniquingKeysWith: { first, _ in first })
}
