extension Parser {
  /// An expression without `if`, `switch`, `for` and `while`; nil after a failure.
  mutating func expression() -> NodeID? {
    nested { $0.ternary() }
  }

  private mutating func ternary() -> NodeID? {
    guard let condition = binary(above: 0) else { return nil }
    guard take(.question) else { return condition }
    guard let yes = expression() else { return nil }
    guard expect(.colon, "in '? :'") else { return nil }
    guard let no = expression() else { return nil }
    let height = 1 + max(height(condition), height(yes), height(no))
    return checked(.ternary(condition, yes, no), from: start(condition), height: height)
  }

  private static func precedence(_ kind: TokenKind) -> (InfixOperator, Int)? {
    switch kind {
    case .or: (.or, 1)
    case .and: (.and, 2)
    case .equalEqual: (.equal, 3)
    case .notEqual: (.notEqual, 3)
    case .less: (.less, 4)
    case .lessEqual: (.lessEqual, 4)
    case .greater: (.greater, 4)
    case .greaterEqual: (.greaterEqual, 4)
    case .plus: (.add, 5)
    case .minus: (.subtract, 5)
    case .star: (.multiply, 6)
    case .slash: (.divide, 6)
    case .percent: (.remainder, 6)
    default: nil
    }
  }

  private mutating func binary(above least: Int) -> NodeID? {
    guard var left = unary() else { return nil }
    while let (operation, precedence) = Self.precedence(kind), precedence > least {
      at += 1
      guard let right = nested({ $0.binary(above: precedence) }) else { return nil }
      let height = 1 + max(height(left), height(right))
      guard
        let node = checked(.binary(operation, left, right), from: start(left), height: height)
      else { return nil }
      left = node
    }
    return left
  }

  /// Refuses a chain so long that walking it would cost too much stack.
  private mutating func checked(
    _ syntax: ExpressionSyntax, from start: Int32, height: Int32
  ) -> NodeID? {
    guard height < Self.longestChain else {
      fail("the expression has more than \(Self.longestChain) terms in a row", expected: nil)
      return nil
    }
    return expression(syntax, from: start, height: height)
  }

  private mutating func unary() -> NodeID? {
    let start = token.start
    let operation: PrefixOperator
    switch kind {
    case .minus: operation = .minus
    case .plus: operation = .plus
    case .not: operation = .not
    default: return postfix()
    }
    at += 1
    guard let operand = nested({ $0.unary() }) else { return nil }
    return expression(.unary(operation, operand), from: start, height: height(operand) + 1)
  }

  private mutating func postfix() -> NodeID? {
    guard var value = primary() else { return nil }
    while true {
      if kind == .leftBracket {
        at += 1
        guard let offset = expression() else { return nil }
        guard expect(.rightBracket, "after '['") else { return nil }
        let height = 1 + max(height(value), height(offset))
        guard let node = checked(.history(value, offset), from: start(value), height: height)
        else { return nil }
        value = node
      } else if kind == .dot, kind(1) == .name {
        at += 1
        guard let node = methodCall(on: value) else { return nil }
        value = node
      } else {
        return value
      }
    }
  }

  private mutating func methodCall(on value: NodeID) -> NodeID? {
    let name = token.name
    at += 1
    guard take(.leftParen) else {
      return checked(.field(value, name), from: start(value), height: 1 + height(value))
    }
    guard let (arguments, height) = arguments() else { return nil }
    return checked(
      .methodCall(value, name, arguments), from: start(value),
      height: 1 + max(self.height(value), height))
  }

  private mutating func primary() -> NodeID? {
    let token = token
    switch token.kind {
    case .integer: return leaf(.integer(token.number))
    case .float: return leaf(.float(token.number))
    case .text: return leaf(.text(token.name))
    case .color: return leaf(.color(token.number))
    case .true: return leaf(.boolean(true))
    case .false: return leaf(.boolean(false))
    case .name: return named(token)
    case .leftParen:
      at += 1
      guard let inner = expression() else { return nil }
      guard expect(.rightParen, "after an expression in parentheses") else { return nil }
      return inner
    case .leftBracket: return tuple()
    case .if, .switch, .for, .while:
      fail(
        "\(token.kind.spelling) cannot be part of an expression",
        expected: "a variable, assigned with \(token.kind.spelling) first")
      return nil
    default:
      fail("unexpected \(found)", expected: "an expression")
      return nil
    }
  }

  private mutating func leaf(_ syntax: ExpressionSyntax) -> NodeID {
    let start = token.start
    at += 1
    return expression(syntax, from: start)
  }

  /// A name, or a call. A call of a generic has its types in its name: `array.new<float>`.
  private mutating func named(_ token: Token) -> NodeID? {
    at += 1
    var name = token.name
    if kind == .less, let after = genericEnd {
      at = after
      name = intern(source.text(Int(token.start)..<Int(lastEnd)))
    }
    guard kind == .leftParen else { return expression(.name(token.name), from: token.start) }
    at += 1
    guard let (arguments, height) = arguments() else { return nil }
    return checked(.call(name, arguments), from: token.start, height: height + 1)
  }

  /// A name of a type or a generic call, without blanks.
  mutating func intern(_ text: some StringProtocol) -> NameID {
    tree.names.intern(String(text.filter { $0 != " " && $0 != "\t" }))
  }

  /// Behind the `>` of `<float>`, `<string, float>`, `<float[]>`, where a call goes on there.
  private var genericEnd: Int? {
    var offset = 1
    while true {
      guard kind(offset) == .name else { return nil }
      offset += kind(offset + 1) == .leftBracket && kind(offset + 2) == .rightBracket ? 3 : 1
      guard kind(offset) == .comma else { break }
      offset += 1
    }
    return kind(offset) == .greater && kind(offset + 1) == .leftParen ? at + offset + 1 : nil
  }

  /// What stands between the parentheses of a call, the closing one included.
  private mutating func arguments() -> (NodeList, Int32)? {
    var items: [ArgumentSyntax] = []
    var highest: Int32 = 0
    while kind != .rightParen {
      var name: NameID = 0
      let nameRange = token.range
      if kind == .name, kind(1) == .declare {
        name = token.name
        at += 2
      }
      guard let value = expression() else { return nil }
      highest = max(highest, height(value))
      items.append(ArgumentSyntax(name: name, nameRange: nameRange, value: value))
      if !take(.comma) { break }
    }
    guard expect(.rightParen, "among the arguments of a call") else { return nil }
    let start = Int32(truncatingIfNeeded: tree.arguments.count)
    tree.arguments.append(contentsOf: items)
    return (NodeList(start: start, count: Int32(truncatingIfNeeded: items.count)), highest)
  }

  private mutating func tuple() -> NodeID? {
    let start = token.start
    at += 1
    var items: [NodeID] = []
    var highest: Int32 = 0
    while kind != .rightBracket {
      guard let item = expression() else { return nil }
      highest = max(highest, height(item))
      items.append(item)
      if !take(.comma) { break }
    }
    guard expect(.rightBracket, "in a tuple") else { return nil }
    let first = Int32(truncatingIfNeeded: tree.tupleItems.count)
    tree.tupleItems.append(contentsOf: items)
    let list = NodeList(start: first, count: Int32(truncatingIfNeeded: items.count))
    return checked(.tuple(list), from: start, height: highest + 1)
  }
}
