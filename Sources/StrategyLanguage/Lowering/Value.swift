import StrategyIR

/// An expression of the script: its IR, its type, when it is known, and its value if that is at
/// compile time.
struct Value {
  var ref: ExpressionRef
  var type: StaticType
  var qualifier: Qualifier
  /// Of a constant number, bool or colour.
  var number: Double?
  /// Of a constant text.
  var text: String?
  /// int / int: a float that may stand where an int is wanted (its fraction is cut off there).
  var isQuotient = false
  /// Evaluating it runs statements of its own: to be done once, where it stands (`settled`).
  var hasStatements = false
  /// Stands for a value with an error of its own, in the expected type.
  var isUnknown = false
  /// Of a plot or a level: its place among the drawn calls.
  var drawn: Int?
  /// Of a tuple.
  var elements: [Value] = []

  init(
    _ ref: ExpressionRef, _ type: StaticType, _ qualifier: Qualifier, number: Double? = nil,
    text: String? = nil
  ) {
    self.ref = ref
    self.type = type
    self.qualifier = qualifier
    self.number = number
    self.text = text
  }

  static let void = Value(.none, .void, .series)
  static let unknown = Value(.none, .unknown, .const)
  static let drawing = Value(.none, .drawing, .series)

  /// Of the call at this place among the drawn ones.
  static func drawing(at place: Int?) -> Value {
    var value = drawing
    value.drawn = place
    return value
  }

  static func tuple(_ elements: [Value]) -> Value {
    let qualifier = elements.map(\.qualifier).max() ?? .const
    var value = Value(.none, .tuple, qualifier)
    value.elements = elements
    return value
  }

  /// For sentences: `series float`.
  var spelling: String {
    switch type {
    case .void, .tuple, .drawing, .unknown, .na: type.spelling
    default: "\(qualifier.spelling) \(type.spelling)"
    }
  }

  /// With its article.
  var described: String {
    switch type {
    case .na: "na"
    case .unknown: "an unknown value"
    default: (qualifier == .input && spelling.hasPrefix("input") ? "an " : "a ") + spelling
    }
  }
}

/// The meaning of a name of the script.
enum Binding {
  /// Never reassigned and known before the first bar: used wherever it is named.
  case value(Value)
  case variable(ScriptVariable)
}

struct ScriptVariable {
  var ref: VariableRef
  var type: StaticType
  var qualifier: Qualifier
  var isQuotient = false
  /// A loop's counter or a parameter cannot be assigned to.
  var isFixed = false
}

/// A built-in variable that is no field of the bar.
enum EveryBar: Hashable {
  case kernel(Kernel)
  case book(BookField)
  case field(BarField)
}

/// The names of one block.
struct Scope {
  var bindings: [NameID: Binding] = [:]
}
