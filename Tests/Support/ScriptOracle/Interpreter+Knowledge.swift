@testable import StrategyLanguage

/// What is known before the first bar: constants, inputs, the symbol and the timeframe, and all that
/// is made of these alone. Such a value was never anything else, so its past is the value itself.
///
/// Decided by the text and not by what is evaluated: of a choice both arms must be known.
extension Interpreter {
  func isKnown(_ id: NodeID) -> Bool { knowledge(id) == [true] }

  /// For each element of an expression's value, one for what is no tuple.
  func knowledge(_ id: NodeID) -> [Bool] {
    switch tree[id] {
    case .integer, .float, .boolean, .text, .color: return [true]
    case .name(let name): return [isKnown(name: name)]
    case .unary(_, let x): return [isKnown(x)]
    case .binary(_, let x, let y): return [isKnown(x) && isKnown(y)]
    case .ternary(let test, let yes, let no):
      return chosen([isKnown(test)], [knowledge(yes), knowledge(no)])
    case .tuple(let list): return tree.tupleItems[list.indices].map { isKnown($0) }
    case .call(let name, let list): return knowledge(tree.names[name], list)
    case .conditional(let index):
      let syntax = tree.conditionals[Int(index)]
      return chosen(
        syntax.branches.map { isKnown($0.condition) },
        syntax.branches.map { knowledge($0.block) } + (syntax.otherwise.map { [knowledge($0)] } ?? []))
    case .selection(let index):
      let syntax = tree.selections[Int(index)]
      let isSubjectKnown = syntax.subject.map { isKnown($0) } ?? true
      return chosen(
        [isSubjectKnown] + syntax.arms.map { isKnown($0.pattern) },
        syntax.arms.map { knowledge($0.block) } + (syntax.otherwise.map { [knowledge($0)] } ?? []))
    case .history, .loop, .methodCall, .field, .invalid: return [false]
    }
  }

  private func chosen(_ tests: [Bool], _ arms: [[Bool]]) -> [Bool] {
    guard let first = arms.first else { return [false] }
    let areTestsKnown = tests.allSatisfy { $0 }
    return first.indices.map { i in
      areTestsKnown && arms.allSatisfy { i < $0.count && $0[i] }
    }
  }

  private func isKnown(name: NameID) -> Bool {
    for scope in assumed.scopes.reversed() {
      if let isKnown = scope[name] { return isKnown }
    }
    if let series = assumed.isFunction ? global(name) : lookup(name) { return series.isKnown }
    let text = tree.names[name]
    if constant(text) != nil { return true }
    return text.hasPrefix("timeframe.") || text.hasPrefix("syminfo.") || text.hasPrefix("strategy.")
  }

  private func knowledge(_ name: String, _ list: NodeList) -> [Bool] {
    let given = tree.arguments[list.indices].map { isKnown($0.value) }
    let candidates = functions(name)
    if !candidates.isEmpty {
      let types = tree.arguments[list.indices].map {
        ($0.name == 0 ? "" : tree.names[$0.name], type(of: $0.value), isKnown($0.value))
      }
      return (try? chosen(candidates, types)).map { knowledge(of: $0, list) } ?? [false]
    }
    if name.hasPrefix("input.") { return [true] }
    let isPlain = name.hasPrefix("math.") && name != "math.sum"
    guard isPlain || name.hasPrefix("str.") || ["nz", "na", "int", "float"].contains(name)
    else { return [false] }
    return [given.allSatisfy { $0 }]
  }

  private func knowledge(of function: FunctionSyntax, _ list: NodeList) -> [Bool] {
    var scope: [NameID: Bool] = [:]
    for (position, argument) in tree.arguments[list.indices].enumerated() {
      let name = argument.name == 0 ? function.parameters[position].name : argument.name
      scope[name] = isKnown(argument.value)
    }
    let outside = assumed
    defer { assumed = outside }
    assumed = Assumed(scopes: [[:]], isFunction: true, assigned: function.assigned)
    for parameter in function.parameters where scope[parameter.name] == nil {
      scope[parameter.name] = inModule(function.module) { parameter.defaultValue.map { isKnown($0) } ?? false }
    }
    assumed.scopes = [scope]
    return inModule(function.module) { statements(function.block) }
  }

  private func knowledge(_ list: NodeList) -> [Bool] {
    let outside = assumed
    defer { assumed = outside }
    if assumed.scopes.isEmpty { assumed.assigned = frame.assigned }
    assumed.scopes.append([:])
    return statements(list)
  }

  /// Of the last statement.
  private func statements(_ list: NodeList) -> [Bool] {
    var last = [false]
    for item in tree.blockItems[list.indices] {
      switch tree.statements[Int(item)] {
      case .expression(let expression): last = knowledge(expression)
      case .declaration(let index):
        let syntax = tree.declarations[Int(index)]
        last = knowledge(syntax.value)
        for (i, name) in syntax.names.enumerated() {
          let isKnown = i < last.count && last[i] && !assumed.assigned.contains(name.name)
          assumed.scopes[assumed.scopes.count - 1][name.name] = isKnown
        }
        if !syntax.isTuple { last = [isKnown(name: syntax.names[0].name)] }
      default: last = [false]
      }
    }
    return last
  }

  /// Names of blocks and functions that are looked at without being run.
  struct Assumed {
    var scopes: [[NameID: Bool]] = []
    var isFunction = false
    var assigned: Set<NameID> = []
  }
}
