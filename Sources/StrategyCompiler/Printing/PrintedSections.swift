/// Parts of an artifact beyond its steps, which is all that a script needs to run. Arrays and lanes are printed from a
/// script's tree instead of its plan: declarations at the file's top level, whose names begin with `array` or `lanes`;
/// the step functions use neither.
public struct PrintedSections: Sendable {
  /// For `fxaot_strategy.array`: a `private` function of C's form
  /// `(UnsafePointer<Double>?, UnsafePointer<Double>?, UnsafePointer<Double>?,
  /// UnsafeMutablePointer<Double>?, UInt64) -> Void` by that name. It answers on each bar what a
  /// step of the script as a strategy does: the plot "signal", 0 where that is na.
  public struct Array: Sendable {
    public var function: String
    public var source: String

    public init(function: String, source: String) {
      self.function = function
      self.source = source
    }
  }

  /// For `fxaot_lanes`: the functions by those names.
  public struct Lanes: Sendable {
    public var parameterCount: Int
    public var scratchBytes: String
    public var run: String
    public var source: String

    public init(parameterCount: Int, scratchBytes: String, run: String, source: String) {
      self.parameterCount = parameterCount
      self.scratchBytes = scratchBytes
      self.run = run
      self.source = source
    }
  }

  public var array: Array?
  public var lanes: Lanes?
  /// The script as `fxaot_strategy` too, where that is possible: its step once more.
  public var hasStrategy: Bool

  public init(array: Array? = nil, lanes: Lanes? = nil) {
    self.array = array
    self.lanes = lanes
    hasStrategy = array != nil
  }
}
