/// How many bars must come before the first on which a kernel has a value: an expression of its arguments.
///
///     lookback: "length" - 1
///
/// Counted on a series without na. A bool is never na: its look-back ends where it can first be true.
public indirect enum LookBack: Equatable, Sendable {
  case bars(Int)
  case argument(String)
  /// ⌊√x⌋ of an argument.
  case root(String)
  /// The greater of two arguments.
  case greater(String, String)
  case sum(LookBack, LookBack)
  /// Depends on a bool argument.
  case when(String, LookBack, else: LookBack)
  /// A condition decides when there is a value, not the number of bars.
  case conditional

  public static func + (a: LookBack, b: LookBack) -> LookBack { .sum(a, b) }
  public static func - (a: LookBack, b: Int) -> LookBack { .sum(a, .bars(0 &- b)) }

  /// With the arguments' values; nil where it is `conditional`.
  public func bars(_ argument: (String) -> Int) -> Int? {
    switch self {
    case .bars(let count): return count
    case .argument(let name): return argument(name)
    case .root(let name): return Int(Double(max(argument(name), 0)).squareRoot())
    case .greater(let a, let b): return max(argument(a), argument(b))
    case .sum(let a, let b):
      guard let a = a.bars(argument), let b = b.bars(argument) else { return nil }
      return a &+ b
    case .when(let name, let yes, let no): return (argument(name) != 0 ? yes : no).bars(argument)
    case .conditional: return nil
    }
  }

  /// For people: `n − 1`. `shortened` gives the name of an argument.
  func text(_ shortened: (String) -> String) -> String {
    switch self {
    case .bars(let count): "\(count)"
    case .argument(let name): shortened(name)
    case .root(let name): "⌊√\(shortened(name))⌋"
    case .greater(let a, let b): "max(\(shortened(a)), \(shortened(b)))"
    case .sum(let a, .bars(let count)) where count < 0: "\(a.text(shortened)) − \(0 &- count)"
    case .sum(let a, let b): "\(a.text(shortened)) + \(b.text(shortened))"
    case .when(let name, let yes, let no): "\(yes.text(shortened)) with \(name), else \(no.text(shortened))"
    case .conditional: "–"
    }
  }
}

extension LookBack: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  public init(integerLiteral count: Int) { self = .bars(count) }
  public init(stringLiteral argument: String) { self = .argument(argument) }
}
