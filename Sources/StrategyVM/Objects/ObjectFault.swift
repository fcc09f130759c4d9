import StrategyIR

/// Why a function over objects stopped the script.
public struct ObjectFault: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// The object is na.
    case missing
    /// An index that the object does not have: the index and the number of elements (rows, columns).
    case index(Double, count: Int)
    /// A number of elements that cannot be.
    case size(Double, most: Int)
    /// The object has no elements.
    case empty
    /// A slice reaches beyond the end of its array.
    case slice(end: Int, count: Int)
    /// Two objects whose shapes do not fit: rows and columns, an array as one row.
    case shapes(Int, Int, Int, Int)
    /// The matrix is not square.
    case notSquare(rows: Int, columns: Int)
    /// An argument that cannot be.
    case argument(Double)
    /// No room for more objects.
    case room
    /// No room for more texts.
    case texts
    /// More elements gone through on one bar than `ObjectHeap.mostWork`.
    case work
  }

  public var function: ObjectFunction
  public var kind: Kind

  public init(function: ObjectFunction, kind: Kind) {
    (self.function, self.kind) = (function, kind)
  }
}

extension ObjectFault {
  /// For people: `array.get: index 5 is outside of an array of 3 elements`.
  public var sentence: String {
    let name = function.row.forms.first?.name ?? "\(function)"
    return "\(name): \(reason)"
  }

  private var reason: String {
    switch kind {
    case .missing: "the object is na"
    case .index(let index, let count): "the index \(text(index)) is outside of \(count) elements"
    case .size(let size, let most): "a size must be from 0 to \(most), not \(text(size))"
    case .empty: "there are no elements"
    case .slice(let end, let count): "the slice ends at \(end), but its array has only \(count) elements"
    case .shapes(let rows, let columns, let otherRows, let otherColumns):
      "\(rows) x \(columns) elements do not fit \(otherRows) x \(otherColumns)"
    case .notSquare(let rows, let columns): "the matrix has \(rows) rows and \(columns) columns, but must be square"
    case .argument(let value): "\(text(value)) cannot be an argument"
    case .room: "the script's objects exceed 16 MiB"
    case .texts: "the script creates too many different strings"
    case .work: "the script goes through too many elements on this bar"
    }
  }

  private func text(_ x: Double) -> String {
    if x != x { return "na" }
    let text = "\(x)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
