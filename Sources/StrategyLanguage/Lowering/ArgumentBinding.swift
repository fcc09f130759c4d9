import StrategyIR

/// The arguments of a call, one for each parameter; nil where none was given.
struct BoundArguments {
  var values: [Value?]
  var ranges: [Range<Int>]
  /// Further arguments of a function that takes any number.
  var rest: [Value] = []
  /// Parameters that the call gives an argument; the others have their defaults.
  var written: Set<Int> = []
  /// What the call's first collection holds.
  var elements = CollectionTypes()
  let signature: Signature

  private func index(_ name: String) -> Int? {
    signature.parameters.firstIndex { $0.name == name }
  }

  /// The argument of a parameter; nil where it was left out.
  subscript(name: String) -> Value? {
    index(name).flatMap { values[$0] }
  }

  /// Whether the call names the parameter, be it with na.
  func isWritten(_ name: String) -> Bool {
    index(name).map { written.contains($0) } ?? false
  }

  func range(_ name: String) -> Range<Int> {
    index(name).map { ranges[$0] } ?? 0..<0
  }
}

/// The types that the first collection among a call's arguments settles.
struct CollectionTypes {
  /// Of the collection itself.
  var collection: StaticType?
  var element: ElementType?
  var key: ElementType?
  var value: ElementType?

  /// Notes the first collection.
  mutating func note(_ type: StaticType) {
    guard collection == nil else { return }
    switch type {
    case .array(let held), .matrix(let held): (collection, element) = (type, held)
    case .map(let keys, let values): (collection, key, value) = (type, keys, values)
    default: break
    }
  }
}

/// An argument with its value, before it has found its parameter.
struct EvaluatedArgument {
  var name: String
  var nameRange: Range<Int>
  var value: Value
  var range: Range<Int>
}

/// Why a call does not fit a signature.
struct BindingFailure: Error {
  var message: String
  var range: Range<Int>
  var expected: String?
  var suggestion: String?
  /// How far the binding came: the best among several forms is reported.
  var progress: Int
}
