/// A function without state in the catalogue.
///
///     FunctionRow("math.pow(base: float, exponent: float) float", about: "Base to the power of the exponent.")
///
/// `inner` is how the front end calls a function that scripts call in other ways (`nz(x)` gives no replacement): those
/// forms stand among the `SpecialFunction`s.
public struct FunctionRow: Sendable {
  package let signature: Signature?
  public let about: String
  /// Whether a script calls it in this form.
  package let isWritten: Bool
  /// The fewest arguments.
  public let arity: Int
  public let isVariadic: Bool
  /// Of the result; nil: that of the arguments.
  public let type: ValueType?

  init(_ form: String, about: String, carried: ValueType? = nil) {
    self.init(form, about, isWritten: true, carried)
  }

  init(inner form: String, about: String) { self.init(form, about, isWritten: false, nil) }

  private init(_ form: String, _ about: String, isWritten: Bool, _ carried: ValueType?) {
    signature = Signature(form)
    (self.about, self.isWritten) = (about, isWritten)
    arity = signature?.parameters.count ?? 0
    isVariadic = signature?.isVariadic ?? false
    type =
      switch signature?.result {
      case .one(let type): carried ?? type.valueType
      default: nil
      }
  }
}
