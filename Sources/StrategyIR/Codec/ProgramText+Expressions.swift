extension ProgramText {
  func name(_ v: VariableRef) -> String {
    let name = program.variables[v.index].name
    return name.isEmpty ? "v\(v.raw)" : "\(name).\(v.raw)"
  }

  func quoted(_ text: String) -> String {
    var out = "\""
    for character in text {
      switch character {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      default: out.append(character)
      }
    }
    return out + "\""
  }

  func number(_ x: Double) -> String {
    if x != x { return "na" }
    if x == x.rounded(), x.magnitude < 1e15 { return "\(Int64(x))" }
    return "\(x)"
  }

  func value(_ x: Double, _ type: ValueType) -> String {
    switch type {
    case .text:
      TextRef(exactly: x).flatMap { Int($0) < program.texts.count ? program.texts[Int($0)] : nil }
        .map(quoted) ?? "na"
    case .bool: x == 1 ? "true" : "false"
    default: number(x)
    }
  }

  func text(_ e: ExpressionRef) -> String {
    if e.isNone { return "-" }
    let type = program.types[e.index]
    switch program.expressions[e.index] {
    case .number(let x): return value(x, type)
    case .text(let ref): return value(Double(ref), .text)
    case .parameter(let n): return "parameter(\(n))"
    case .variable(let v): return name(v)
    case .history(let v, let offset): return "\(name(v))[\(text(offset))]"
    case .bar(let field): return "\(field)"
    case .barHistory(let field, let offset): return "\(field)[\(text(offset))]"
    case .symbol(let field): return "syminfo.\(field)"
    case .timeframe(let field): return "timeframe.\(field)"
    case .unary(let op, let x): return "\(op)(\(text(x)))"
    case .binary(let op, let a, let b): return "(\(text(a)) \(Self.sign(op)) \(text(b)))"
    case .and(let a, let b): return "(\(text(a)) and \(text(b)))"
    case .or(let a, let b): return "(\(text(a)) or \(text(b)))"
    case .select(let c, let a, let b): return "(\(text(c)) ? \(text(a)) : \(text(b)))"
    case .function(let function, let list): return "\(function)(\(texts(list)))"
    case .kernel(let site):
      let call = program.sites[site.index]
      return "\(call.kernel)#\(site.raw)(\(texts(call.arguments)))"
    case .kernelResult(let site, let k): return "#\(site.raw).\(k)"
    case .request(let request, let k): return self.request(request, k)
    case .book(let field): return "strategy.\(field)"
    case .positionEntryName: return "strategy.positionEntryName"
    case .trade(let field, let open, let index):
      return "\(open ? "opentrades" : "closedtrades").\(field)(\(text(index)))"
    case .object(let function, let list): return "\(function)(\(texts(list)))"
    case .sequence(let block, let value): return "{block \(block.raw); \(text(value))}"
    }
  }

  private func texts(_ list: ArgumentList) -> String {
    program.arguments(list).map(text).joined(separator: ", ")
  }

  private func request(_ ref: RequestRef, _ k: Int32) -> String {
    let request = program.requests[ref.index]
    let options =
      (request.gaps.isNone ? "" : ", gaps \(text(request.gaps))")
      + (request.lookahead.isNone ? "" : ", lookahead \(text(request.lookahead))")
    let results = request.results.map(text).joined(separator: ", ")
    let name = request.kind == .lowerBars ? "lower" : "request"
    return "\(name)#\(ref.raw).\(k)(\(text(request.timeframe))\(options): \(results))"
  }

  func order(_ call: OrderCall) -> String {
    zip(Self.argumentNames, call.arguments).reduce("\(call.kind)") { line, argument in
      argument.1.isNone ? line : line + " \(argument.0) \(text(argument.1))"
    }
  }

  private static let argumentNames = [
    "id", "direction", "from_entry", "qty", "qty_percent", "limit", "stop", "profit", "loss",
    "trail_price", "trail_points", "trail_offset", "oca_name", "oca", "comment", "comment_profit",
    "comment_loss", "comment_trailing", "immediately",
  ]

  private static func sign(_ op: BinaryOperator) -> String {
    switch op {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .remainder: "%"
    case .divideIntegers: "div"
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    case .equal: "=="
    case .notEqual: "!="
    }
  }
}
