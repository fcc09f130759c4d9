extension Parser {
  /// One logical line: statements separated by commas. Ends behind its newline.
  mutating func line(into items: inout [NodeID]) {
    failed = false
    declaring = []
    repeat {
      guard let item = nested({ $0.statement() }) else {
        tree.broken.formUnion(declaring)
        recover()
        return
      }
      items.append(item)
      if endedWithBlock { return }
    } while takeComma()
    endLine()
  }

  /// A comma with another statement behind it; one at the end of a line is passed over.
  mutating func takeComma() -> Bool {
    take(.comma) && kind != .newline && kind != .dedent && kind != .end
  }

  private mutating func endLine() {
    if kind == .newline {
      at += 1
    } else if kind != .end && kind != .dedent {
      fail("unexpected \(found) after a statement", expected: "the end of the line")
      recover()
    }
  }

  /// A block has eaten the newline already.
  private var endedWithBlock: Bool {
    at > 0 && at <= tokens.count
      && (tokens[at - 1].kind == .dedent || tokens[at - 1].kind == .newline)
  }

  mutating func statement() -> NodeID? {
    let start = token.start
    switch kind {
    case .var, .varip: return declaration(start)
    case .break:
      at += 1
      return statement(.break, from: start)
    case .continue:
      at += 1
      return statement(.continue, from: start)
    case .export: return exported()
    case .import: return importing(start)
    case .leftBracket where isTupleDeclaration: return tupleDeclaration(start)
    case .name: return nameStatement(start)
    default: return expressionStatement(start)
    }
  }

  private mutating func expressionStatement(_ start: Int32) -> NodeID? {
    guard let value = value() else { return nil }
    guard case .field = tree[value], let operation = Self.assignments[kind] else {
      return statement(.expression(value), from: start)
    }
    at += 1
    guard let right = self.value() else { return nil }
    return statement(.fieldAssignment(value, operation, right), from: start)
  }

  private static let assignments: [TokenKind: InfixOperator?] = [
    .assign: nil, .plusAssign: .add, .minusAssign: .subtract, .starAssign: .multiply,
    .slashAssign: .divide, .percentAssign: .remainder,
  ]

  private var isTupleDeclaration: Bool {
    let partner = Int(token.partner)
    return partner > at && partner + 1 < tokens.count && tokens[partner + 1].kind == .declare
  }

  /// `export` ahead of a function, a type or an enum.
  private mutating func exported() -> NodeID? {
    at += 1
    guard let item = nested({ $0.statement() }) else { return nil }
    if case .function(let index) = tree.statements[Int(item)] { tree.functions[Int(index)].isExported = true }
    return item
  }

  /// `import user/library/1`, `import user/library/1 as name`.
  private mutating func importing(_ start: Int32) -> NodeID? {
    let place = token.range
    at += 1
    guard kind == .name, kind(1) == .slash, kind(2) == .name, kind(3) == .slash, kind(4) == .integer else {
      fail("unexpected \(found) after 'import'", expected: "user/library/version")
      return nil
    }
    var made = ImportSyntax(
      user: token.name, library: tokens[at + 2].name, version: Int(tokens[at + 4].number),
      name: tokens[at + 2].name, range: place.lowerBound..<tokens[at + 4].range.upperBound)
    at += 5
    if kind == .name, tree.names[token.name] == "as" {
      guard kind(1) == .name else {
        at += 1
        fail("unexpected \(found) after 'as'", expected: "a name")
        return nil
      }
      made.name = tokens[at + 1].name
      at += 2
    }
    tree.imports.append(made)
    return statement(.importing(Int32(tree.imports.count - 1)), from: start)
  }

  private mutating func nameStatement(_ start: Int32) -> NodeID? {
    if startsOnce { return once(start) }
    switch kind(1) {
    case .declare: return declaration(start)
    case .assign: return assignment(nil, start)
    case .plusAssign: return assignment(.add, start)
    case .minusAssign: return assignment(.subtract, start)
    case .starAssign: return assignment(.multiply, start)
    case .slashAssign: return assignment(.divide, start)
    case .percentAssign: return assignment(.remainder, start)
    case .leftParen where isFunctionHead(at + 1):
      return function(start, isMethod: false)
    case .name, .less, .leftBracket: return typedStatement(start)
    default: return expressionStatement(start)
    }
  }

  /// Whether the line is the head of a `once`; else `once` is a name like any other.
  private var startsOnce: Bool {
    guard tree.names[token.name] == "once" else { return false }
    var offset = 1
    while kind(offset) != .newline {
      switch kind(offset) {
      case .end, .dedent, .arrow, .assign, .plusAssign, .minusAssign, .starAssign, .slashAssign, .percentAssign:
        return false
      case .declare where offset == 1: return false
      default: offset += 1
      }
    }
    return kind(offset + 1) == .indent
  }

  private func isFunctionHead(_ paren: Int) -> Bool {
    let partner = Int(tokens[paren].partner)
    return partner > paren && partner + 1 < tokens.count && tokens[partner + 1].kind == .arrow
  }

  /// A line that begins with two names, or with a name and `<` or `[`: a typed declaration, or
  /// after all an expression.
  private mutating func typedStatement(_ start: Int32) -> NodeID? {
    let word = tree.names[token.name]
    if kind(1) == .name {
      if word == "type", kind(2) == .newline { return record(start) }
      if word == "enum", kind(2) == .newline { return enumeration(start) }
      if word == "method", kind(2) == .leftParen, isFunctionHead(at + 2) {
        at += 1
        return function(start, isMethod: true)
      }
      return declaration(start)
    }
    let isArray = kind(1) == .leftBracket && kind(2) == .rightBracket
    if isArray || startsGeneric { return declaration(start) }
    return expressionStatement(start)
  }

  /// `array<float> name`, `map<string, float> name`.
  private var startsGeneric: Bool {
    guard kind(1) == .less, kind(2) == .name else { return false }
    var offset = 3
    while kind(offset) == .comma, kind(offset + 1) == .name { offset += 2 }
    return kind(offset) == .greater && kind(offset + 1) == .name
  }

  private mutating func assignment(_ operation: InfixOperator?, _ start: Int32) -> NodeID? {
    let name = token.name
    assigned.insert(name)
    at += 2
    guard let value = value() else { return nil }
    return statement(.assignment(name, operation, value), from: start)
  }

  private mutating func declaration(_ start: Int32) -> NodeID? {
    var mode = DeclarationMode.plain
    if take(.var) { mode = .var } else if take(.varip) { mode = .varip }
    if kind == .leftBracket, mode != .plain {
      fail("a tuple cannot be declared with 'var'", expected: "a name")
      return nil
    }
    var type: TypeSyntax?
    if kind(1) != .declare {
      guard let written = self.type() else { return nil }
      type = written
    }
    guard kind == .name else {
      fail("unexpected \(found) in a declaration", expected: "a name")
      return nil
    }
    let name = (name: token.name, range: token.range)
    declaring.append(name.name)
    at += 1
    guard expect(.declare, "in a declaration") else { return nil }
    guard let value = value() else { return nil }
    tree.declarations.append(
      DeclarationSyntax(mode: mode, type: type, names: [name], isTuple: false, value: value))
    return statement(.declaration(Int32(tree.declarations.count - 1)), from: start)
  }

  private mutating func tupleDeclaration(_ start: Int32) -> NodeID? {
    at += 1
    var names: [(name: NameID, range: Range<Int>)] = []
    while kind != .rightBracket {
      if kind == .name, kind(1) == .name { at += 1 }
      guard kind == .name else {
        fail("unexpected \(found) in a tuple declaration", expected: "a name")
        return nil
      }
      names.append((token.name, token.range))
      declaring.append(token.name)
      at += 1
      if !take(.comma) { break }
    }
    guard expect(.rightBracket, "in a tuple declaration"), expect(.declare, "after a tuple")
    else { return nil }
    guard let value = value() else { return nil }
    tree.declarations.append(
      DeclarationSyntax(mode: .plain, type: nil, names: names, isTuple: true, value: value))
    return statement(.declaration(Int32(tree.declarations.count - 1)), from: start)
  }

  /// `series float`, `int`, `float[]`, `array<float>`; stands before the declared name.
  mutating func type() -> TypeSyntax? {
    let start = token.range.lowerBound
    var qualifier: QualifierSyntax?
    if kind == .name, let found = Self.qualifiers[tree.names[token.name]] {
      qualifier = found
      at += 1
      if kind == .name, kind(1) != .name, kind(1) != .less, kind(1) != .leftBracket {
        return TypeSyntax(qualifier: qualifier, name: 0, range: start..<Int(lastEnd))
      }
    }
    guard kind == .name else {
      fail("unexpected \(found) in a declaration", expected: "a type or a name")
      return nil
    }
    var name = token.name
    let first = at
    at += 1
    if kind == .less || kind == .leftBracket {
      while kind != .newline && kind != .end && kind != .greater && kind != .rightBracket {
        at += 1
      }
      at += kind == .greater || kind == .rightBracket ? 1 : 0
      name = intern(source.text(Int(tokens[first].start)..<Int(lastEnd)))
    }
    return TypeSyntax(qualifier: qualifier, name: name, range: start..<Int(lastEnd))
  }

  private static let qualifiers: [String: QualifierSyntax] = [
    "const": .const, "input": .input, "simple": .simple, "series": .series,
  ]
}
