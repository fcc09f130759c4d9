import StrategyIR

extension Kernel {
  /// Whether its length need not be known before the first bar.
  var takesChangingLength: Bool {
    switch self {
    case .ema, .rma, .hma, .rsi, .alma, .macd, .tsi, .atr, .dmi, .sar, .supertrend, .kc, .kcw:
      false
    default: true
    }
  }
}
