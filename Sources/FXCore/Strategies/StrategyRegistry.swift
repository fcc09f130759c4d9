import CFxaot

/// The process-wide list of strategy tables: the built-in ones, then those registered from C.
public enum StrategyRegistry {
  /// The index-th table in order of registration, nil past the end. O(1).
  public static func table(at index: Int) -> UnsafePointer<fxaot_strategy>? { nil }
  /// The table of that name. O(number of strategies); not for the hot path.
  public static func find(_ name: UnsafePointer<CChar>) -> UnsafePointer<fxaot_strategy>? { nil }
  /// Adds a table that stays valid for the life of the process.
  public static func register(_ table: UnsafePointer<fxaot_strategy>) -> fxaot_status { FXAOT_BAD_ABI }
}
enum StrategyParameters {
  static func resolve(_ t: UnsafePointer<fxaot_strategy>, _ v: UnsafeBufferPointer<fxaot_param_value>, into out: UnsafeMutablePointer<Double>, badIndex: inout UInt64) -> fxaot_status { FXAOT_OK }
}
