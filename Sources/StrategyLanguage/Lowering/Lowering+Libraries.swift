import StrategyIR

/// What a library defines, or the script itself (number 0): while a function of it is lowered, its names are those
/// of the `Lowering`.
struct Module {
  var functions: [NameID: [Int]] = [:]
  var recordNumbers: [String: Int32] = [:]
  var enumerations: [String: Int32] = [:]
  var enumerationTitles: [String: NameID] = [:]
  var globals = Scope()
  /// Modules by the names that they are imported as.
  var imports: [String: Int] = [:]
  var version = 6
  var isDefined = false
}

extension Lowering {
  /// Runs `body` among the names of a module.
  func inModule<T>(_ number: Int, _ body: () -> T) -> T {
    let outside = module
    if number == outside { return body() }
    enter(number)
    defer { enter(outside) }
    return body()
  }

  private func enter(_ number: Int) {
    modules[module] = Module(
      functions: functions, recordNumbers: recordNumbers, enumerations: enumerations,
      enumerationTitles: enumerationTitles, globals: scopes[0], imports: imports, version: tree.version,
      isDefined: modules[module].isDefined)
    let next = modules[number]
    (functions, recordNumbers, enumerations) = (next.functions, next.recordNumbers, next.enumerations)
    (enumerationTitles, scopes[0], imports) = (next.enumerationTitles, next.globals, next.imports)
    tree.version = next.version
    module = number
  }

  func define(importing index: Int32) {
    let syntax = tree.imports[Int(index)]
    let alias = tree.names[syntax.name]
    // Without a number it was not found, which has been said.
    guard let number = syntax.module, number > 0, number <= tree.modules.count else {
      tree.broken.insert(syntax.name)
      return
    }
    imports[alias] = number
    guard !modules[number].isDefined else { return }
    modules[number].isDefined = true
    inLibrary(number, at: syntax.range) {
      inModule(number) { defineModule(tree.modules[number - 1]) }
    }
  }

  /// What is said while `body` runs is said of the library, at the outermost import or call.
  func inLibrary<T>(_ number: Int, at range: Range<Int>, _ body: () -> T) -> T {
    if number == 0 || diagnostics.isInLibrary { return body() }
    let before = diagnostics.setLibrary((tree.modules[number - 1].name, range))
    defer { _ = diagnostics.setLibrary(before) }
    return body()
  }

  /// Functions, types and enums of a library, and constants. Whatever else it does is for its own chart.
  func defineModule(_ syntax: ModuleSyntax) {
    for item in items(syntax.body) where !isExhausted {
      switch tree.statements[Int(item)] {
      case .function(let index): define(Int(index))
      case .record(let index): define(record: index)
      case .enumeration(let index): define(enumeration: index)
      case .importing(let index): define(importing: index)
      case .declaration(let index): define(constant: tree.declarations[Int(index)])
      default: break
      }
    }
  }

  /// A library's own variable that is known when the script is compiled; others are unknown.
  private func define(constant syntax: DeclarationSyntax) {
    guard !syntax.isTuple, syntax.mode == .plain, let (name, range) = syntax.names.first else { return }
    var value = Value.unknown
    _ = block { value = anyValue(syntax.value, wanted: true) }
    let isKnown = value.qualifier == .const && (value.number != nil || value.text != nil)
    bind(name, .value(isKnown ? value : .unknown), at: range)
  }

  /// The module that a path begins with, and the rest of the path.
  func imported(_ path: String) -> (module: Int, rest: String)? {
    guard !imports.isEmpty, let dot = path.firstIndex(of: "."), let number = imports[String(path[..<dot])]
    else { return nil }
    return (number, String(path[path.index(after: dot)...]))
  }

  /// `alias.function(…)`, `alias.Type.new(…)`; nil where the path begins with no library's name.
  func libraryCall(_ path: String, _ list: NodeList, at range: Range<Int>, place: Range<Int>, wanted: Bool) -> Value? {
    guard let (number, rest) = imported(path) else { return nil }
    if rest.contains(".") {
      return inModule(number) { recordNumbers[String(rest.prefix { $0 != "." })] != nil }
        ? recordCall(rest, arguments(list), in: number, at: range, place: place) : nil
    }
    let exported = (tree.names.find(rest).flatMap { modules[number].functions[$0] } ?? []).filter(isExported)
    guard !exported.isEmpty else {
      error("the library '\(tree.modules[number - 1].name)' exports no function '\(rest)'", at: place)
      _ = arguments(list)
      return .unknown
    }
    return callUser(exported, arguments(list), at: range, wanted: wanted)
  }

  private func isExported(_ function: Int) -> Bool { tree.functions[function].isExported }

  /// A constant or an enum's field of a library.
  func libraryValue(_ path: String, at range: Range<Int>) -> Value? {
    guard let (number, rest) = imported(path) else { return nil }
    if let name = tree.names.find(rest), case .value(let value)? = modules[number].globals.bindings[name] {
      return value
    }
    return inModule(number) { enumeration(rest, at: range) }
  }

  /// Exported methods of the imported libraries.
  func libraryMethods(_ name: String, of receiver: Value) -> [Int] {
    guard let id = tree.names.find(name) else { return [] }
    return imports.values.sorted().flatMap { number in
      (modules[number].functions[id] ?? []).filter { index in
        tree.functions[index].isMethod && isExported(index)
          && inModule(number) { isMethod(index, of: receiver) }
      }
    }
  }
}
