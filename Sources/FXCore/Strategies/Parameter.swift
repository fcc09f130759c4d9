/// One parameter of a strategy, with its limits (both inclusive).
public struct Parameter: Sendable {
  public let name: StaticString
  public let defaultValue, minimum, maximum: Double
  public let isInteger: Bool

  public init(
    _ name: StaticString, _ defaultValue: Double, in limits: ClosedRange<Double>,
    integer: Bool = false
  ) {
    self.name = name
    self.defaultValue = defaultValue
    self.minimum = limits.lowerBound
    self.maximum = limits.upperBound
    self.isInteger = integer
  }

  /// A window length in bars, 1 … 5,000.
  static func window(_ name: StaticString, _ defaultValue: Double) -> Parameter {
    Parameter(name, defaultValue, in: 1...5000, integer: true)
  }

  /// A volume ratio that must be exceeded.
  static func confirm(_ name: StaticString, _ defaultValue: Double) -> Parameter {
    Parameter(name, defaultValue, in: 0...1000)
  }

  /// The ratio that counts as full strength.
  static func cap(_ name: StaticString, _ defaultValue: Double) -> Parameter {
    Parameter(name, defaultValue, in: 0.001...1000)
  }
}

extension UnsafePointer<Double> {
  /// The window length at `index`; 1 for a value that no checked parameter can have.
  @inline(__always)
  func window(_ index: Int) -> Int {
    let value = self[index]
    return value >= 1 && value <= 5000 ? Int(value) : 1
  }
}
