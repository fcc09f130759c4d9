@testable import StrategyLanguage

/// What the script's text declares, and the text of each library: number 0 is the script, as in the tree.
struct OracleModule {
  /// By name: numbers in the tree.
  var records: [String: Int] = [:]
  var enumerations: [String: Int] = [:]
  /// By the name that a library is imported as.
  var imports: [String: Int] = [:]
  /// The values of a library's own declarations, by name.
  var constants: [String: NodeID] = [:]
  var functions: [String: [FunctionSyntax]] = [:]

  init(_ number: Int, _ body: NodeList, of tree: SyntaxTree) {
    for function in tree.functions where function.module == number {
      functions[tree.names[function.name], default: []].append(function)
    }
    for item in tree.blockItems[body.indices] {
      switch tree.statements[Int(item)] {
      case .record(let index): records[tree.names[tree.records[Int(index)].name]] = Int(index)
      case .enumeration(let index): enumerations[tree.names[tree.enumerations[Int(index)].name]] = Int(index)
      case .importing(let index):
        let syntax = tree.imports[Int(index)]
        imports[tree.names[syntax.name]] = syntax.module
      case .declaration(let index) where number > 0:
        let syntax = tree.declarations[Int(index)]
        constants[tree.names[syntax.names[0].name]] = syntax.value
      default: break
      }
    }
  }

  static func all(of tree: SyntaxTree) -> [OracleModule] {
    [OracleModule(0, tree.body, of: tree)]
      + tree.modules.enumerated().map { OracleModule($0.offset + 1, $0.element.body, of: tree) }
  }
}

extension Interpreter {
  /// Of the text at hand.
  var version: Int { module == 0 ? tree.version : tree.modules[module - 1].version }

  /// Runs `body` where a module's names hold.
  func inModule<T>(_ number: Int, _ body: () throws -> T) rethrows -> T {
    let outside = module
    module = number
    defer { module = outside }
    return try body()
  }

  /// A name of the script or, in a library, one of its constants.
  func global(_ name: NameID) -> Series? {
    if module == 0 { return globals[name] }
    let text = tree.names[name]
    if let known = constants[module]?[text] { return known }
    guard let value = modules[module].constants[text] else { return nil }
    let series = Series()
    series.isKnown = true
    series.isKnownSettled = true
    constants[module, default: [:]][text] = series
    let outside = frame
    defer { frame = outside }
    frame = Frame(path: CallPath([]), scopes: [[:]], assigned: [])
    series.type = type(of: value)
    series.declare((try? evaluate(value)) ?? .na, at: bar)
    return series
  }

  /// The library that a path begins with, and the rest of the path.
  func imported(_ path: String) -> (module: Int, rest: String)? {
    guard let dot = path.firstIndex(of: "."), let number = modules[module].imports[String(path[..<dot])]
    else { return nil }
    return (number, String(path[path.index(after: dot)...]))
  }

  /// A constant of a library, a field of an enum; nil: neither.
  func constant(_ path: String) -> (value: OracleValue, type: String?)? {
    if let (number, rest) = imported(path) {
      return inModule(number) {
        if !rest.contains("."), let name = tree.names.find(rest), let series = global(name) {
          return (series.value, series.type)
        }
        return constant(rest)
      }
    }
    let parts = path.split(separator: ".").map(String.init)
    guard parts.count == 2, let number = modules[module].enumerations[parts[0]] else { return nil }
    let field = tree.enumerations[number].fields.firstIndex { tree.names[$0.name] == parts[1] }
    return field.map { (.choice(number, $0), "enum:\(number)") }
  }

  // MARK: Functions

  /// Functions of this name in the module at hand, or of the library that the name begins with.
  func functions(_ name: String) -> [FunctionSyntax] {
    if let (number, rest) = imported(name) {
      return inModule(number) { functions(rest) }.filter(\.isExported)
    }
    return modules[module].functions[name] ?? []
  }

  /// Methods of this name that a receiver of the type may have, those of libraries behind one's own.
  func methods(_ name: String, of type: String?) -> [FunctionSyntax] {
    let libraries = modules[module].imports.values.sorted()
    let all =
      functions(name) + libraries.flatMap { number in inModule(number) { functions(name) }.filter(\.isExported) }
    return all.filter { function in
      guard function.isMethod, let first = function.parameters.first else { return false }
      return distance(type, inModule(function.module) { written(first.type) }) != nil
    }
  }

  /// Of several functions the one whose parameters have the arguments' types, of several such ones the one that wants
  /// to know them earliest. An int stands for a float where no function takes it as it is.
  ///
  /// - Parameter types: Of the arguments with their names, and whether each is known before the first bar.
  func chosen(
    _ candidates: [FunctionSyntax], _ types: @autoclosure () -> [(name: String, type: String?, isKnown: Bool)]
  ) throws -> FunctionSyntax {
    if candidates.count == 1 { return candidates[0] }
    let given = types()
    var best: (function: FunctionSyntax, distance: Int, lateness: Int)?
    for function in candidates {
      guard let (distance, lateness) = self.distance(function, given) else { continue }
      if let best, (best.distance, best.lateness) <= (distance, lateness) { continue }
      best = (function, distance, lateness)
    }
    guard let best else { throw OracleGap(what: "function for these arguments") }
    return best.function
  }

  private func distance(
    _ function: FunctionSyntax, _ given: [(name: String, type: String?, isKnown: Bool)]
  ) -> (Int, Int)? {
    var sum = (0, 0)
    var filled: Set<Int> = []
    for (position, argument) in given.enumerated() {
      let place =
        argument.name.isEmpty
        ? position : function.parameters.firstIndex { tree.names[$0.name] == argument.name } ?? .max
      guard place < function.parameters.count else { return nil }
      filled.insert(place)
      let parameter = function.parameters[place]
      guard let distance = distance(argument.type, inModule(function.module) { written(parameter.type) })
      else { return nil }
      sum.0 += distance
      switch parameter.type?.qualifier {
      case .const, .input, .simple:
        if !argument.isKnown { return nil }
      default: sum.1 += 1
      }
    }
    let isWhole = function.parameters.indices.allSatisfy {
      filled.contains($0) || function.parameters[$0].defaultValue != nil
    }
    return isWhole ? sum : nil
  }

  /// nil: a parameter of this type does not take the argument.
  private func distance(_ given: String?, _ wanted: String?) -> Int? {
    guard let wanted, let given else { return 2 }
    return given == wanted ? 0 : given == "int" && wanted == "float" ? 1 : nil
  }
}
