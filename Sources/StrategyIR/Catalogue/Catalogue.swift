/// Every function of the language, as data. What follows from it is made from it: the front end's built-ins with their
/// signatures, the properties of `Kernel` and `Function`, the names and signatures of the evaluator in Erlang, the
/// tables of the documents, and `fxaot functions`.
///
///     Kernel+Rows.swift             functions with state: ta.*, math.sum, fixnan            KernelRow
///     Function+Rows.swift           functions without state: math.*, str.*, color.*, time   FunctionRow
///     SpecialFunction.swift         functions that the front end lowers each in its own way CallRow
///     Catalogue+Orders.swift        strategy.entry …, strategy.risk.*
///     Catalogue+Inputs.swift        input.*
///     Catalogue+Declarations.swift  indicator, strategy, plot
///     Catalogue+Drawing.swift       what is accepted and has no effect
///
/// A row has the forms of a call as they stand in the language's manual (`Signature`: name, arguments with types,
/// qualifiers and defaults, results), a sentence, and the versions where not both have it. A kernel's row also has its
/// formula and look-back, what na does, and what a call in a branch does on the bars that pass over it.
///
/// Rows of kernels and functions are branches of an exhaustive `switch`: a case without one does not build. Neither does
/// a kernel without a binding (`KernelBinding.make`).
package enum Catalogue {
  /// What a call becomes.
  package enum Meaning: Sendable {
    case kernel(Kernel)
    case function(Function)
    case order(OrderCommand.Kind)
    case risk(RiskRule.Kind)
    case input(Parameter.Kind)
    case anyInput
    case indicator, strategy, plot, ignored
    case special(SpecialFunction)
  }

  /// All calls but those of kernels and functions, in the order in which the forms of a name are tried.
  package static let calls: [(CallRow, Meaning)] = {
    let special: [(CallRow, Meaning)] = SpecialFunction.allCases.map { ($0.row, .special($0)) }
    let ignored: [(CallRow, Meaning)] = drawings.map { ($0, .ignored) }
    return [orders, ordersOfVersion5, risks, inputs, special, ignored, declarations].flatMap { $0 }
  }()

  /// A function or a variable of one name, with all its forms.
  package struct Entry: Sendable {
    package let name: String
    package var forms: [Signature]
    package var isVariable: Bool
    package var about: [String]
    package var versions: ClosedRange<Int>
    package let kernel: Kernel?
    /// Accepted and checked, no more.
    package let isIgnored: Bool
  }

  /// By name, in the order of the tables.
  package static let entries: [Entry] = {
    var entries: [Entry] = []
    var places: [String: Int] = [:]
    func add(_ entry: Entry) {
      guard let place = places[entry.name] else {
        places[entry.name] = entries.count
        return entries.append(entry)
      }
      let known = entries[place]
      entries[place].forms += entry.forms
      entries[place].isVariable = known.isVariable || entry.isVariable
      if !known.about.contains(entry.about[0]) { entries[place].about += entry.about }
      entries[place].versions =
        min(
          known.versions.lowerBound, entry.versions.lowerBound)...max(
          known.versions.upperBound, entry.versions.upperBound)
    }
    for kernel in Kernel.allCases {
      let row = kernel.row
      add(
        Entry(
          name: row.name, forms: row.signatures, isVariable: row.variable != nil,
          about: [row.about], versions: 5...6, kernel: kernel, isIgnored: false))
    }
    for row in Function.allCases.map(\.row) where row.isWritten {
      guard let form = row.signature else { continue }
      add(
        Entry(
          name: form.name, forms: [form], isVariable: false, about: [row.about], versions: 5...6,
          kernel: nil, isIgnored: false))
    }
    for (row, meaning) in calls {
      let isIgnored = if case .ignored = meaning { true } else { false }
      for form in row.forms.compactMap(Signature.init) {
        add(
          Entry(
            name: form.name, forms: [form], isVariable: false, about: [row.about],
            versions: row.versions, kernel: nil, isIgnored: isIgnored))
      }
    }
    return entries
  }()
}
