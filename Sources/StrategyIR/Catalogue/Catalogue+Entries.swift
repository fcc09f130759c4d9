extension Catalogue {
  /// All that the language has under one name: `time` is a variable and a function.
  package struct Entry: Sendable {
    package enum Kind: String, Sendable { case function, variable, constant }

    package let name: String
    package var forms: [Signature] = []
    package var variable: Variable?
    package var about: [String]
    package var versions: ClosedRange<Int>
    package var kernel: Kernel?
    /// Accepted and checked, no more.
    package var isIgnored = false

    package var kinds: [Kind] {
      let read = variable.map { $0.isConstant ? Kind.constant : .variable }
      return (forms.isEmpty ? [] : [.function]) + (read.map { [$0] } ?? [])
    }
  }

  /// By name, in the order of the tables.
  package static let entries: [Entry] = {
    var entries: [Entry] = []
    var places: [String: Int] = [:]
    func add(_ entry: Entry) {
      if let place = places[entry.name] {
        entries[place].add(entry)
      } else {
        places[entry.name] = entries.count
        entries.append(entry)
      }
    }
    for kernel in Kernel.allCases {
      let row = kernel.row
      add(Entry(name: row.name, forms: row.signatures, about: [row.about], versions: 5...6, kernel: kernel))
    }
    for row in Function.allCases.map(\.row) where row.isWritten {
      guard let form = row.signature else { continue }
      add(Entry(name: form.name, forms: [form], about: [row.about], versions: 5...6))
    }
    for row in ObjectFunction.allCases.map(\.row) where row.isWritten {
      for form in row.forms {
        add(Entry(name: form.name, forms: [form], about: [row.about], versions: 5...6))
      }
    }
    for (row, meaning) in calls {
      let isIgnored = if case .ignored = meaning { true } else { false }
      for form in row.forms.compactMap(Signature.init) {
        add(Entry(name: form.name, forms: [form], about: [row.about], versions: row.versions, isIgnored: isIgnored))
      }
    }
    for variable in variables + constants {
      add(
        Entry(name: variable.name, variable: variable, about: [variable.about], versions: variable.versions))
    }
    return entries
  }()
}

extension Catalogue.Entry {
  /// Another row of the same name.
  fileprivate mutating func add(_ other: Catalogue.Entry) {
    forms += other.forms
    variable = variable ?? other.variable
    about += other.about.filter { !about.contains($0) }
    versions =
      min(versions.lowerBound, other.versions.lowerBound)...max(versions.upperBound, other.versions.upperBound)
  }
}
