@testable import StrategyLanguage

/// A syntax tree as text, fully parenthesised: what the parser's tests compare.
struct SyntaxText {
  let tree: SyntaxTree

  static func of(_ script: String) -> String {
    let (tree, diagnostics) = FrontEnd.parse(SourceText(name: "t", text: script))
    if let first = diagnostics.items.first { return "error: \(first.message)" }
    return SyntaxText(tree: tree).block(tree.body)
  }

  func block(_ list: NodeList) -> String {
    tree.blockItems[list.indices].map(statement).joined(separator: "; ")
  }

  func statement(_ id: NodeID) -> String {
    switch tree.statements[Int(id)] {
    case .invalid: return "invalid"
    case .break: return "break"
    case .continue: return "continue"
    case .expression(let e): return expression(e)
    case .once(let index):
      let once = tree.onces[Int(index)]
      return "once \(once.condition.map(expression) ?? "true") {\(block(once.block))}"
    case .assignment(let name, let operation, let value):
      return "\(tree.names[name]) \(operation?.spelling ?? ":")= \(expression(value))"
    case .declaration(let index): return declaration(tree.declarations[Int(index)])
    case .enumeration(let index): return "enum \(tree.names[tree.enumerations[Int(index)].name])"
    case .record(let index):
      let record = tree.records[Int(index)]
      return "type \(tree.names[record.name]) {\(record.fields.map(parameter).joined(separator: ", "))}"
    case .importing(let index):
      let syntax = tree.imports[Int(index)]
      let path = [tree.names[syntax.user], tree.names[syntax.library], "\(syntax.version)"]
      return "import \(path.joined(separator: "/")) as \(tree.names[syntax.name])"
    case .fieldAssignment(let target, let operation, let value):
      return "\(expression(target)) \(operation?.spelling ?? ":")= \(expression(value))"
    case .function(let index):
      let function = tree.functions[Int(index)]
      let names = function.parameters.map(parameter).joined(separator: ", ")
      return "\(tree.names[function.name])(\(names)) => {\(block(function.block))}"
    }
  }

  private func declaration(_ syntax: DeclarationSyntax) -> String {
    let mode = syntax.mode == .plain ? "" : syntax.mode == .var ? "var " : "varip "
    let type = syntax.type.map { typeText($0) + " " } ?? ""
    let names = syntax.names.map { tree.names[$0.name] }.joined(separator: ", ")
    let target = syntax.isTuple ? "[\(names)]" : names
    return "\(mode)\(type)\(target) = \(expression(syntax.value))"
  }

  private func parameter(_ syntax: ParameterSyntax) -> String {
    let type = syntax.type.map { typeText($0) + " " } ?? ""
    let value = syntax.defaultValue.map { " = " + expression($0) } ?? ""
    return type + tree.names[syntax.name] + value
  }

  private func typeText(_ type: TypeSyntax) -> String {
    let qualifier = type.qualifier.map { "\($0)" } ?? ""
    let name = tree.names[type.name]
    return qualifier.isEmpty || name.isEmpty ? qualifier + name : qualifier + " " + name
  }

  func expression(_ id: NodeID) -> String {
    switch tree[id] {
    case .invalid: "invalid"
    case .integer(let x): "\(Int(x))"
    case .float(let x): "\(x)"
    case .boolean(let x): "\(x)"
    case .text(let text): "\"\(tree.names[text])\""
    case .color(let x): "#" + String(UInt32(x), radix: 16)
    case .name(let name): tree.names[name]
    case .unary(let operation, let x): "(\(operation) \(expression(x)))"
    case .binary(let operation, let x, let y):
      "(\(expression(x)) \(operation.spelling) \(expression(y)))"
    case .ternary(let c, let x, let y):
      "(\(expression(c)) ? \(expression(x)) : \(expression(y)))"
    case .history(let x, let n): "\(expression(x))[\(expression(n))]"
    case .call(let name, let list): "\(tree.names[name])(\(arguments(list)))"
    case .methodCall(let x, let name, let list):
      "\(expression(x)).\(tree.names[name])(\(arguments(list)))"
    case .field(let x, let name): "\(expression(x)).\(tree.names[name])"
    case .tuple(let list):
      "[" + tree.tupleItems[list.indices].map(expression).joined(separator: ", ") + "]"
    case .conditional(let index): conditional(tree.conditionals[Int(index)])
    case .selection(let index): selection(tree.selections[Int(index)])
    case .loop(let index): loop(tree.loops[Int(index)])
    }
  }

  private func arguments(_ list: NodeList) -> String {
    tree.arguments[list.indices].map { argument in
      let name = argument.name == 0 ? "" : tree.names[argument.name] + "="
      return name + expression(argument.value)
    }.joined(separator: ", ")
  }

  private func conditional(_ syntax: ConditionalSyntax) -> String {
    var parts = syntax.branches.map { "if \(expression($0.condition)) {\(block($0.block))}" }
    if let otherwise = syntax.otherwise { parts.append("{\(block(otherwise))}") }
    return parts.joined(separator: " else ")
  }

  private func selection(_ syntax: SelectionSyntax) -> String {
    var arms = syntax.arms.map { "\(expression($0.pattern)) => {\(block($0.block))}" }
    if let otherwise = syntax.otherwise { arms.append("=> {\(block(otherwise))}") }
    let subject = syntax.subject.map { expression($0) + " " } ?? ""
    return "switch \(subject){\(arms.joined(separator: ", "))}"
  }

  private func loop(_ syntax: LoopBody) -> String {
    switch syntax.header {
    case .condition(let test): "while \(expression(test)) {\(block(syntax.block))}"
    case .count(let variable, _, let from, let to, let by):
      "for \(tree.names[variable]) = \(expression(from)) to \(expression(to))"
        + (by.map { " by " + expression($0) } ?? "") + " {\(block(syntax.block))}"
    }
  }
}
