/// A variable in the catalogue: a field of the bar, the symbol, the timeframe or the script's book.
///
///     VariableRow("syminfo.mintick", type: .float, .simple, about: "Smallest step of the symbol's prices.")
///
/// `inner` is a field that the front end reads and that has no name in scripts.
package struct VariableRow: Sendable {
  /// Most have one.
  package let names: [String]
  package let type: StaticType
  package let qualifier: Qualifier
  package let about: String
  /// The versions of the language that have it.
  package let versions: ClosedRange<Int>

  init(
    _ names: String..., type: StaticType, _ qualifier: Qualifier = .series, about: String,
    versions: ClosedRange<Int> = 5...6
  ) {
    (self.names, self.type, self.qualifier) = (names, type, qualifier)
    (self.about, self.versions) = (about, versions)
  }

  init(inner type: StaticType, _ qualifier: Qualifier = .series, about: String) {
    (self.names, self.type, self.qualifier) = ([], type, qualifier)
    (self.about, self.versions) = (about, 5...6)
  }
}

/// Variables that the front end lowers one by one.
package enum SpecialVariable: CaseIterable, Sendable {
  case na, positionEntryName

  package var row: VariableRow {
    switch self {
    case .na: VariableRow("na", type: .na, .const, about: "No value.")
    case .positionEntryName:
      VariableRow("strategy.position_entry_name", type: .text, about: "Id of the first open trade's entry order.")
    }
  }
}

/// Constants of one family: they share the beginning of their names, their type and a sentence. A constant is its
/// value, so it needs no binding.
package struct ConstantFamily: Sendable {
  package enum Value: Equatable, Sendable {
    case number(Double)
    case text(String)
  }

  package let prefix: String
  package let type: StaticType
  package let about: String
  package let members: [(name: String, value: Value)]

  /// Numbers; a bool is 0 or 1, a colour 0xRRGGBBAA.
  init(_ prefix: String, _ type: StaticType, about: String, _ members: KeyValuePairs<String, Double>) {
    (self.prefix, self.type, self.about) = (prefix, type, about)
    self.members = members.map { ($0.key, .number($0.value)) }
  }

  /// Names between blanks. A script may write a constant that `isText` as the text of its name: `"percent"` for
  /// `strategy.commission.percent`. The others are carried as their whole names.
  init(_ prefix: String, about: String, isText: Bool = false, names: String) {
    (self.prefix, type, self.about) = (prefix, .text, about)
    members = names.split(separator: " ").map {
      (String($0), .text(isText ? String($0) : prefix + $0))
    }
  }
}
