import ArgumentParser
import StrategyIR

/// `fxaot functions`: the functions, variables and constants of the language, from the catalogue.
struct FunctionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "functions",
    abstract: "List the functions, variables and constants of the script language, or explain one.",
    discussion: """
      A name may leave out its namespace; a namespace lists its names.

      Example:
        fxaot functions
        fxaot functions ta.rci
        fxaot functions syminfo
        fxaot functions --json
      """)

  /// Parts of the project's own files: see scripts/catalogue.
  enum Emission: String, ExpressibleByArgument, CaseIterable {
    case indicators, language, variables, constants, erlang
  }

  @Argument(help: "Only this name, or the names of this namespace.")
  var name: String?

  @Flag(help: "Write JSON: an array with an object for each name.")
  var json = false

  @Option(help: .hidden)
  var emit: Emission?

  func run() throws {
    let output = try OutputFile(nil)
    try output.write(try text())
    try output.finish()
  }

  func text() throws(ToolError) -> String {
    switch emit {
    case .indicators: return FunctionTables.indicators
    case .language: return FunctionTables.language
    case .variables: return FunctionTables.variables
    case .constants: return FunctionTables.constants
    case .erlang: return ErlangNames.module
    case nil: break
    }
    guard let name else {
      return json ? FunctionText.json(Catalogue.entries) : FunctionText.list(Catalogue.entries)
    }
    let found = Self.entries(named: name)
    guard let first = found.first else { throw Self.unknown(name) }
    if json { return FunctionText.json(found) }
    return found.count == 1 ? FunctionText.explanation(first) : FunctionText.list(found)
  }

  /// By the whole name, by the name in its namespace, or all of a namespace.
  static func entries(named name: String) -> [Catalogue.Entry] {
    let all = Catalogue.entries
    let tests: [(Catalogue.Entry) -> Bool] = [
      { $0.name == name }, { $0.name.hasSuffix("." + name) },
      { $0.name.hasPrefix(name.hasSuffix(".") ? name : name + ".") },
    ]
    for test in tests {
      let found = all.filter(test)
      if !found.isEmpty { return found }
    }
    return []
  }

  private static func unknown(_ name: String) -> ToolError {
    let names = Catalogue.entries.map(\.name)
    let short = names.filter { $0.contains(".") }.map { String($0.drop { $0 != "." }.dropFirst()) }
    let near = NearMiss.hint(name, among: name.contains(".") ? names : names + short)
    return .failed(
      "the language has no '\(name)'" + (near.isEmpty ? "; 'fxaot functions' lists all names" : near))
  }
}
