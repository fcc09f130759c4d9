import StrategyIR

/// The built-in functions, variables and constants of the language.
enum Builtins {
  typealias Action = Catalogue.Meaning

  /// One form of a function and its effect.
  struct Overload {
    var signature: Signature
    var action: Action

    var isOutput: Bool {
      switch action {
      case .plot, .ignored: true
      default: false
      }
    }

    /// In version 5 the `offset` of an output may differ from bar to bar.
    mutating func takeSeriesOffset() {
      for index in signature.parameters.indices where signature.parameters[index].name == "offset" {
        signature.parameters[index].qualifier = .series
      }
    }
  }

  /// A row of the tables, read when a script first calls the function.
  struct Row {
    enum Form {
      case text(String)
      case read(Signature)
    }

    var form: Form
    var action: Action

    var overload: Overload? {
      switch form {
      case .text(let text): Signature(text).map { Overload(signature: $0, action: action) }
      case .read(let signature): Overload(signature: signature, action: action)
      }
    }
  }

  /// By name; a function with several forms has them in the order in which they are tried.
  static let functions: [String: [Row]] = {
    var table = forms(of: { $0.versions.contains(6) })
    for function in Function.allCases.reversed() where function.row.isWritten {
      guard let form = function.row.signature else { continue }
      table[form.name, default: []].insert(Row(form: .read(form), action: .function(function)), at: 0)
    }
    for function in ObjectFunction.allCases where function.row.isWritten {
      for form in function.row.forms {
        table[form.name, default: []].append(Row(form: .read(form), action: .object(function)))
      }
    }
    for kernel in Kernel.allCases.reversed() {
      for form in kernel.row.signatures.reversed() {
        table[form.name, default: []].insert(Row(form: .read(form), action: .kernel(kernel)), at: 0)
      }
    }
    return table
  }()

  /// Forms that only version 5 has, tried after those of `functions`.
  static let functionsOfVersion5 = forms(of: { !$0.versions.contains(6) })

  private static func forms(of isWanted: (CallRow) -> Bool) -> [String: [Row]] {
    var table: [String: [Row]] = [:]
    for (row, meaning) in Catalogue.calls where isWanted(row) {
      for form in row.forms {
        table[Signature.name(form), default: []].append(Row(form: .text(form), action: meaning))
      }
    }
    return table
  }

  /// By name: variables and constants.
  static let variables = Dictionary(
    (Catalogue.variables + Catalogue.constants).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
