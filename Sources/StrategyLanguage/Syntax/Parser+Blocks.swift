// Longer than a file should be: blocks contain each other, so each kind is parsed here.
extension Parser {
  /// What may stand right of `=`, `:=`, `=>` and as a statement: an expression, or `if`,
  /// `switch`, `for`, `while`.
  mutating func value() -> NodeID? {
    switch kind {
    case .if: nested { $0.conditional() }
    case .switch: nested { $0.selection() }
    case .for: nested { $0.countLoop() }
    case .while: nested { $0.conditionLoop() }
    case .else:
      misplacedElse()
    default: expression()
    }
  }

  private mutating func misplacedElse() -> NodeID? {
    fail("'else' has no 'if' above it with the same indentation", expected: nil)
    return nil
  }

  /// An indented block behind the end of a line.
  mutating func block(after what: String) -> NodeList? {
    guard kind == .newline, kind(1) == .indent else {
      if kind == .declare { fail("'=' declares and does not compare", expected: nil, suggestion: "==") }
      fail(
        "\(what) needs a block", expected: "lines indented by 4 more columns, or a tab")
      return nil
    }
    at += 2
    var items: [NodeID] = []
    while kind != .dedent && kind != .end {
      if diagnostics.isFull { break }
      let before = at
      if kind == .indent {
        fail("unexpected indentation: no block starts here", expected: nil)
        recover()
      } else if !take(.newline) {
        line(into: &items)
      }
      if at == before { at += 1 }
    }
    _ = take(.dedent)
    failed = false
    return list(items)
  }

  /// After `=>`: the rest of the line, or an indented block.
  mutating func body(after what: String) -> NodeList? {
    if kind == .newline { return block(after: what) }
    var items: [NodeID] = []
    repeat {
      guard let item = nested({ $0.statement() }) else { return nil }
      items.append(item)
      if tokens[at - 1].kind == .dedent || tokens[at - 1].kind == .newline { return list(items) }
    } while takeComma()
    guard kind == .newline || kind == .end || kind == .dedent else {
      fail("unexpected \(found) after a statement", expected: "the end of the line")
      return nil
    }
    _ = take(.newline)
    return list(items)
  }

  private mutating func conditional() -> NodeID? {
    let start = token.start
    var branches: [(condition: NodeID, block: NodeList)] = []
    var otherwise: NodeList?
    repeat {
      at += 1  // 'if'
      guard let condition = expression() else { return nil }
      guard let block = block(after: "'if'") else { return nil }
      branches.append((condition, block))
      guard kind == .else else { break }
      at += 1
      if kind != .if {
        guard let block = self.block(after: "'else'") else { return nil }
        otherwise = block
        break
      }
    } while true
    tree.conditionals.append(ConditionalSyntax(branches: branches, otherwise: otherwise))
    return expression(.conditional(Int32(tree.conditionals.count - 1)), from: start)
  }

  /// `once`, a condition or none, and a block. It has no value.
  mutating func once(_ start: Int32) -> NodeID? {
    at += 1
    var condition: NodeID?
    if kind != .newline {
      guard let written = expression() else { return nil }
      condition = written
    }
    guard let block = block(after: "'once'") else { return nil }
    tree.onces.append((condition, block))
    return statement(.once(Int32(tree.onces.count - 1)), from: start)
  }

  private mutating func selection() -> NodeID? {
    let start = token.start
    at += 1
    var selection = SelectionSyntax(subject: nil, arms: [], otherwise: nil)
    if kind != .newline {
      guard let subject = expression() else { return nil }
      selection.subject = subject
    }
    guard kind == .newline, kind(1) == .indent else {
      fail("'switch' needs a block", expected: "lines of the form 'pattern => value'")
      return nil
    }
    at += 2
    while kind != .dedent && kind != .end {
      if take(.newline) { continue }
      guard arm(of: &selection) else {
        recover()
        if diagnostics.isFull { break }
        continue
      }
    }
    _ = take(.dedent)
    tree.selections.append(selection)
    return expression(.selection(Int32(tree.selections.count - 1)), from: start)
  }

  private mutating func arm(of selection: inout SelectionSyntax) -> Bool {
    failed = false
    if take(.arrow) {
      guard let block = body(after: "'=>'") else { return false }
      selection.otherwise = block
      return true
    }
    guard let pattern = expression(), expect(.arrow, "in 'switch'") else { return false }
    guard let block = body(after: "'=>'") else { return false }
    selection.arms.append((pattern, block))
    return true
  }

  private mutating func countLoop() -> NodeID? {
    let start = token.start
    at += 1
    if kind(1) == .in || kind == .leftBracket { return collectionLoop(start) }
    guard kind == .name, kind(1) == .declare else {
      fail("unexpected \(found)", expected: "'for name = from to to'")
      return nil
    }
    let variable = token
    at += 2
    guard let from = expression(), expect(.to, "in 'for'"), let to = expression()
    else { return nil }
    var by: NodeID?
    if take(.by) {
      guard let step = expression() else { return nil }
      by = step
    }
    guard let block = block(after: "'for'") else { return nil }
    let header = LoopSyntax.count(
      variable: variable.name, variableRange: variable.range, from: from, to: to, by: by)
    tree.loops.append(LoopBody(header: header, block: block))
    return expression(.loop(Int32(tree.loops.count - 1)), from: start)
  }

  private mutating func conditionLoop() -> NodeID? {
    let start = token.start
    at += 1
    guard let condition = expression(), let block = block(after: "'while'") else { return nil }
    tree.loops.append(LoopBody(header: .condition(condition), block: block))
    return expression(.loop(Int32(tree.loops.count - 1)), from: start)
  }

  /// `for x in array`, `for [i, x] in array`.
  private mutating func collectionLoop(_ start: Int32) -> NodeID? {
    var names: [(NameID, Range<Int>)] = []
    let isTuple = take(.leftBracket)
    repeat {
      guard kind == .name else {
        fail("unexpected \(found)", expected: "a name")
        return nil
      }
      names.append((token.name, token.range))
      at += 1
    } while isTuple && take(.comma)
    if isTuple, !expect(.rightBracket, "in 'for'") { return nil }
    guard expect(.in, "in 'for'"), let collection = expression(),
      let block = block(after: "'for'")
    else { return nil }
    tree.loops.append(LoopBody(header: .condition(collection), block: block, names: names))
    return expression(.loop(Int32(tree.loops.count - 1)), from: start)
  }

  /// `name(parameters) => body`.
  mutating func function(_ start: Int32, isMethod: Bool) -> NodeID? {
    let name = token
    declaring.append(name.name)
    at += 2
    var parameters: [ParameterSyntax] = []
    while kind != .rightParen {
      guard let parameter = parameter() else { return nil }
      parameters.append(parameter)
      if !take(.comma) { break }
    }
    guard expect(.rightParen, "among parameters"), expect(.arrow, "after parameters")
    else { return nil }
    let outside = assigned
    assigned = []
    defer { assigned = outside }
    guard let block = body(after: "a function") else { return nil }
    tree.functions.append(
      FunctionSyntax(
        name: name.name, nameRange: name.range, parameters: parameters, block: block,
        isMethod: isMethod, assigned: assigned))
    return statement(.function(Int32(tree.functions.count - 1)), from: start)
  }

  /// `type name` and below it its fields: `float x`, `float x = 1`.
  mutating func record(_ start: Int32) -> NodeID? {
    let name = tokens[at + 1]
    declaring.append(name.name)
    at += 2
    guard kind == .newline, kind(1) == .indent else {
      fail("'type' needs fields", expected: "lines indented by 4 more columns, or a tab")
      return nil
    }
    at += 2
    var fields: [ParameterSyntax] = []
    while kind != .dedent && kind != .end {
      if take(.newline) { continue }
      _ = take(.varip)
      guard kind == .name, let type = self.type(), let field = field(of: type) else {
        fail("unexpected \(found) in a type", expected: "a field with its type, as in 'float price'")
        return nil
      }
      fields.append(field)
      guard kind == .newline || kind == .dedent || kind == .end else {
        fail("unexpected \(found) after a field", expected: "the end of the line")
        return nil
      }
    }
    _ = take(.dedent)
    tree.records.append(RecordSyntax(name: name.name, nameRange: name.range, fields: fields))
    return statement(.record(Int32(tree.records.count - 1)), from: start)
  }

  private mutating func field(of type: TypeSyntax) -> ParameterSyntax? {
    guard kind == .name else { return nil }
    var field = ParameterSyntax(name: token.name, range: token.range, type: type, defaultValue: nil)
    at += 1
    if take(.declare) {
      guard let value = expression() else { return nil }
      field.defaultValue = value
    }
    return field
  }

  /// `enum name` and below it its fields: `field` or `field = "title"`.
  mutating func enumeration(_ start: Int32) -> NodeID? {
    let name = tokens[at + 1]
    declaring.append(name.name)
    at += 2
    guard kind == .newline, kind(1) == .indent else {
      fail("'enum' needs fields", expected: "lines indented by 4 more columns, or a tab")
      return nil
    }
    at += 2
    var fields: [(name: NameID, title: NameID)] = []
    while kind != .dedent && kind != .end {
      if take(.newline) { continue }
      guard kind == .name else {
        fail("unexpected \(found) in an enum", expected: "a field's name")
        return nil
      }
      var field = (name: token.name, title: token.name)
      at += 1
      if take(.declare) {
        guard kind == .text else {
          fail("unexpected \(found) in an enum", expected: "a title in quotes")
          return nil
        }
        field.title = token.name
        at += 1
      }
      fields.append(field)
      guard kind == .newline || kind == .dedent || kind == .end else {
        fail("unexpected \(found) after a field", expected: "the end of the line")
        return nil
      }
    }
    _ = take(.dedent)
    tree.enumerations.append(
      EnumerationSyntax(name: name.name, nameRange: name.range, fields: fields))
    return statement(.enumeration(Int32(tree.enumerations.count - 1)), from: start)
  }

  private mutating func parameter() -> ParameterSyntax? {
    var type: TypeSyntax?
    if kind == .name, kind(1) != .comma, kind(1) != .rightParen, kind(1) != .declare {
      guard let written = self.type() else { return nil }
      type = written
    }
    guard kind == .name else {
      fail("unexpected \(found) among parameters", expected: "a parameter's name")
      return nil
    }
    var parameter = ParameterSyntax(
      name: token.name, range: token.range, type: type, defaultValue: nil)
    at += 1
    if take(.declare) {
      guard let value = expression() else { return nil }
      parameter.defaultValue = value
    }
    return parameter
  }
}
