extension Catalogue {
  /// A variable or a constant.
  package struct Variable: Sendable {
    /// Where it is read from.
    package enum Meaning: Sendable {
      case bar(BarField)
      case symbol(SymbolField)
      case timeframe(TimeframeField)
      case book(BookField)
      case kernel(Kernel)
      case constant(ConstantFamily.Value)
      case special(SpecialVariable)
    }

    package let name: String
    package let type: StaticType
    package let qualifier: Qualifier
    package let about: String
    package let versions: ClosedRange<Int>
    package let meaning: Meaning

    package var isConstant: Bool { qualifier == .const }
  }

  package static let variables: [Variable] = {
    var all = BarField.allCases.flatMap { named($0.row, .bar($0)) }
    all += SymbolField.allCases.flatMap { named($0.row, .symbol($0)) }
    all += TimeframeField.allCases.flatMap { named($0.row, .timeframe($0)) }
    all += BookField.allCases.flatMap { named($0.row, .book($0)) }
    all += Kernel.allCases.compactMap { variable($0) }
    all += SpecialVariable.allCases.flatMap { named($0.row, .special($0)) }
    return all
  }()

  package static let constants: [Variable] = families.flatMap { family in
    family.members.map { name, value in
      Variable(
        name: family.prefix + name, type: family.type, qualifier: .const, about: family.about, versions: 5...6,
        meaning: .constant(value))
    }
  }

  private static func named(_ row: VariableRow, _ meaning: Variable.Meaning) -> [Variable] {
    row.names.map {
      Variable(
        name: $0, type: row.type, qualifier: row.qualifier, about: row.about, versions: row.versions,
        meaning: meaning)
    }
  }

  private static func variable(_ kernel: Kernel) -> Variable? {
    kernel.row.variable.map {
      Variable(
        name: $0, type: .float, qualifier: .series, about: kernel.row.about, versions: 5...6,
        meaning: .kernel(kernel))
    }
  }
}
