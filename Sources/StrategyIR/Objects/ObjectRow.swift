/// A function over objects in the catalogue.
///
///     ObjectRow("array.push(id: array, value: element) void", about: "Adds an element at the end.")
///
/// Types of a form: `array`, `matrix` and `map` are collections of any elements, `element`, `key` and `mapvalue` their
/// elements, keys and values; `array<number>` has ints or floats; `array<element>` is an array of the elements of the
/// collection at hand. Where scripts call it in other ways, the form is `inner`.
public struct ObjectRow: Sendable {
  package let forms: [Signature]
  public let about: String
  /// Whether a script calls it in this form, and the call is lowered as it stands.
  package let isWritten: Bool
  public let arity: Int
  public let isVariadic: Bool

  init(_ forms: String..., about: String) { self.init(forms, about, isWritten: true, leading: 0) }

  /// - Parameter leading: Arguments ahead of those of the form.
  init(inner forms: String..., leading: Int = 0, about: String) {
    self.init(forms, about, isWritten: false, leading: leading)
  }

  private init(_ forms: [String], _ about: String, isWritten: Bool, leading: Int) {
    self.forms = forms.compactMap(Signature.init)
    (self.about, self.isWritten) = (about, isWritten)
    arity = leading + (self.forms.map { $0.isVariadic ? $0.parameters.count - 1 : $0.parameters.count }.max() ?? 0)
    isVariadic = self.forms.contains(where: \.isVariadic)
  }
}
