/// One figure of a report: its name, its definition and its values.
public struct Figure: Sendable, Equatable {
  public enum Unit: String, Sendable {
    /// Of the account's currency.
    case money
    case percent, ratio, count, units, bars
    /// Milliseconds; and milliseconds since 1970.
    case duration, time
  }

  public enum Value: Sendable, Equatable {
    case number(Double)
    /// Undefined, and why.
    case none(String)

    /// A number that must be finite to mean anything.
    init(_ number: Double, else reason: String) { self = number.isFinite ? .number(number) : .none(reason) }

    public var number: Double? {
      if case .number(let number) = self { return number }
      return nil
    }
  }

  /// Where the figure is shown, and whose definition it has.
  public enum Group: String, Sendable, CaseIterable { case performance, trades, risk, backtesting }

  public var group: Group
  public var name: String
  public var definition: String
  public var unit: Unit
  /// Of all trades; or of all, the long and the short ones.
  public var values: [Value]

  public init(_ group: Group, _ name: String, _ unit: Unit, _ definition: String, _ values: [Value]) {
    self.group = group
    self.name = name
    self.definition = definition
    self.unit = unit
    self.values = values
  }
}

/// Makes the figures of one group. Without `sums` they have one value each.
struct FigureRow {
  let group: Figure.Group
  /// Of all trades, the long ones, the short ones.
  var sums: [RunRecord.Sums] = []

  func callAsFunction(
    _ name: String, _ unit: Figure.Unit, _ definition: String, _ value: (RunRecord.Sums) -> Figure.Value
  ) -> Figure {
    Figure(group, name, unit, definition, sums.map(value))
  }

  /// Of the account as a whole, without long and short parts.
  func callAsFunction(
    _ name: String, _ unit: Figure.Unit, _ definition: String, _ value: Figure.Value
  ) -> Figure {
    Figure(group, name, unit, definition, [value] + sums.dropFirst().map { _ in .none(RunRecord.wholeAccount) })
  }
}

extension RunRecord {
  /// All figures, in the order in which a report shows them. O(bars + trades · log trades).
  public var figures: [Figure] {
    performanceFigures + tradeFigures + riskFigures + backtestingFigures
  }
}
