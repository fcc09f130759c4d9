import StrategyIR

/// Prints nodes of a flow as code for eight bars at once, from position `t` of the stretch on.
///
/// Names are good in the scope that they were made in and in those inside of it. What costs a
/// division is put off into a scope that is only entered when some lane needs it.
///
/// Longer than a file should be: one walk with a case for each kind of node.
struct LanePrinter {
  let flow: Flow
  let layout: FlowLayout
  var lines: [String] = []
  /// What is the same for all bars, ahead of the loop.
  var head: [String] = []
  private var headNames: [String: String] = [:]
  private var scopes: [[String: String]] = [[:]]
  private var indent = ""
  private var count = 0
  private var expensive: [Int: Bool] = [:]
  private var isFiltered = false

  init(_ flow: Flow, _ layout: FlowLayout, indent: String) {
    self.flow = flow
    self.layout = layout
    self.indent = indent
  }

  // MARK: Lines and names

  mutating func line(_ text: String) { lines.append(indent + text) }

  private mutating func fresh() -> String {
    count += 1
    return "v\(count)"
  }

  /// A value by its key, made where it is first needed.
  private mutating func named(_ key: String, _ make: (inout LanePrinter) -> String) -> String {
    let isMask = key.hasPrefix("k") || key.hasPrefix("f")
    for scope in scopes.reversed() {
      if let name = scope[key] { return name }
    }
    let text = make(&self)
    let name = fresh()
    line("let \(name): \(isMask ? "LaneMask" : "Lanes") = \(text)")
    scopes[scopes.count - 1][key] = name
    return name
  }

  mutating func inHead(_ text: String, _ type: String = "Lanes") -> String {
    if let known = headNames[text] { return known }
    let name = "h\(headNames.count)"
    head.append("let \(name): \(type) = \(text)")
    headNames[text] = name
    return name
  }

  /// Lines that run only when some lane of the mask is set.
  private mutating func when(_ mask: String, _ body: (inout LanePrinter) -> Void) {
    line("if fxaot_v8_any(\(mask)) {")
    indent += "  "
    scopes.append([:])
    body(&self)
    scopes.removeLast()
    indent.removeLast(2)
    line("}")
  }

  // MARK: Cost

  /// Whether it takes a division or reads a window.
  private mutating func isExpensive(_ node: Int) -> Bool {
    if let known = expensive[node] { return known }
    let own: Bool
    switch flow.nodes[node] {
    case .window: own = true
    case .binary(.divide, _, let b): own = !flow.isInvariant[b] || flow.constant(b) == nil
    case .function(.sqrt, _): own = true
    default: own = false
    }
    var result = own && !flow.isInvariant[node]
    if !result, !flow.isInvariant[node] {
      for operand in flow.operands(node) where isExpensive(operand) { result = true }
    }
    expensive[node] = result
    return result
  }

  // MARK: Numbers

  /// The name of a node's eight numbers.
  mutating func number(_ node: Int) -> String {
    if flow.isInvariant[node] {
      return inHead("fxaot_v8_all(\(layout.scalar(node)))")
    }
    if flow.isMask[node] {
      let mask = mask(node)
      return named("n\(node)") { _ in "Eight.number(\(mask))" }
    }
    if case .select(let c, let a, let b) = flow.nodes[node] { return select(node, c, a, b) }
    return named("n\(node)") { $0.text(node) }
  }

  private mutating func text(_ node: Int) -> String {
    switch flow.nodes[node] {
    case .index(let lag): return "fxaot_v8_from(Double(base &+ \(position(lag))))"
    case .field(let field, let lag):
      return "fxaot_v8_load(\(layout.field(field)) + (\(position(lag))))"
    case .requested(let request, let result, let isBool, let lag):
      let row = layout.requestRow(request, result, isBool)
      return "fxaot_v8_load(\(row) + (\(position(lag))))"
    case .unary(let op, let x):
      let a = number(x)
      return op == .negate ? "fxaot_v8_negate(\(a))" : "fxaot_v8_truncate(\(a))"
    case .binary(.divide, let a, let b) where flow.isInvariant[b]:
      let scalar = layout.scalar(b)
      let left = number(a)
      let isKnown = flow.constant(b).map { $0 != 0 } ?? false
      let text = isKnown ? scalar : "\(scalar) == 0 ? Double.nan : \(scalar)"
      let divisor = inHead("fxaot_v8_all(\(text))")
      return "fxaot_v8_divide(\(left), \(divisor))"
    case .binary(let op, let a, let b):
      let left = number(a)
      let right = number(b)
      switch op {
      case .add: return "fxaot_v8_add(\(left), \(right))"
      case .subtract: return "fxaot_v8_subtract(\(left), \(right))"
      case .multiply: return "fxaot_v8_multiply(\(left), \(right))"
      default: return "Eight.quotient(\(left), \(right))"
      }
    case .function(let function, let list):
      let arguments = list.map { number($0) }.joined(separator: ", ")
      return "\(Self.name(function))(\(arguments))"
    case .window(let window, _, _, let lag):
      let name = layout.window(node)
      let t = position(lag)
      switch window {
      case .mean: return "\(name).means(\(t))"
      case .total: return "\(name).totals(\(t))"
      case .variance(let isBiased):
        let means = named("m\(name)\(t)") { _ in "\(name).means(\(t))" }
        let n = isBiased ? "\(name).length" : "(\(name).length - 1)"
        return "\(name).variances(\(t), \(means), \(n))"
      }
    case .number, .parameter, .and, .or, .select: return "fxaot_v8_all(.nan)"
    }
  }

  private static func name(_ function: Function) -> String {
    switch function {
    case .abs: "fxaot_v8_magnitude"
    case .sqrt: "fxaot_v8_root"
    case .floor: "fxaot_v8_floor"
    case .ceil: "fxaot_v8_ceiling"
    case .max: "Eight.larger"
    case .min: "Eight.smaller"
    default: "Eight.nz"
    }
  }

  private mutating func position(_ lag: Flow.Lag) -> String {
    if lag == Flow.Lag() { return "t" }
    if lag.terms.isEmpty { return "t &- \(lag.bars)" }
    let name = inHead(layout.bars(lag), "Int")
    return "t &- \(name)"
  }

  // MARK: Choices

  /// One that is known to be a number all over takes a filter first: only where the number may be
  /// another one is the rest worked out.
  private mutating func select(_ node: Int, _ c: Int, _ a: Int, _ b: Int) -> String {
    for scope in scopes.reversed() {
      if let name = scope["n\(node)"] { return name }
    }
    let name: String
    if !isFiltered, isExpensive(node), let base = base(of: node),
      let filter = filter(node, base)
    {
      name = fresh()
      line("var \(name): Lanes = \(number(base))")
      isFiltered = true
      when(filter) { printer in
        let made = printer.choose(c, a, b)
        printer.line("\(name) = \(made)")
      }
      isFiltered = false
    } else {
      name = choose(c, a, b)
    }
    scopes[scopes.count - 1]["n\(node)"] = name
    return name
  }

  private mutating func choose(_ c: Int, _ a: Int, _ b: Int) -> String {
    guard isExpensive(a) else {
      let condition = mask(c)
      let first = number(a)
      let second = number(b)
      let name = fresh()
      line("let \(name): Lanes = fxaot_v8_select(\(condition), \(first), \(second))")
      return name
    }
    let second = number(b)
    let name = fresh()
    line("var \(name): Lanes = \(second)")
    narrow(conjuncts(c), nil) { printer, mask in
      let first = printer.number(a)
      printer.line("\(name) = fxaot_v8_select(\(mask), \(first), \(name))")
    }
    return name
  }

  /// One condition inside of the other.
  private mutating func narrow(
    _ conditions: [Int], _ outer: String?, _ body: (inout LanePrinter, String) -> Void
  ) {
    guard let first = conditions.first else {
      if let outer { body(&self, outer) }
      return
    }
    var now = mask(first)
    if let outer {
      let name = fresh()
      line("let \(name): LaneMask = fxaot_v8_and(\(outer), \(now))")
      now = name
    }
    when(now) { $0.narrow(Array(conditions.dropFirst()), now, body) }
  }

  private func conjuncts(_ node: Int) -> [Int] {
    if case .and(let a, let b) = flow.nodes[node] { return conjuncts(a) + conjuncts(b) }
    return [node]
  }

  // MARK: Masks

  mutating func mask(_ node: Int) -> String {
    if flow.isInvariant[node] {
      return inHead("fxaot_v8_mask(Pine.isTrue(\(layout.scalar(node))) ? 1 : 0)", "LaneMask")
    }
    if !flow.isMask[node] {
      let number = number(node)
      return named("k\(node)") { _ in "Eight.isTrue(\(number))" }
    }
    return named("k\(node)") { $0.maskText(node) }
  }

  private mutating func maskText(_ node: Int) -> String {
    switch flow.nodes[node] {
    case .and(let a, let b):
      let left = mask(a)
      return "fxaot_v8_and(\(left), \(mask(b)))"
    case .or(let a, let b):
      let left = mask(a)
      return "fxaot_v8_or(\(left), \(mask(b)))"
    case .unary(.not, let x): return "fxaot_v8_not(\(mask(x)))"
    case .unary(.isNA, let x): return "Eight.isNA(\(number(x)))"
    case .unary(_, let x): return "Eight.isNonzero(\(number(x)))"
    case .binary(let op, let a, let b):
      let left = number(a)
      return Self.comparison(op, left, number(b))
    default: return "fxaot_v8_mask(0)"
    }
  }

  private static func comparison(_ op: BinaryOperator, _ a: String, _ b: String) -> String {
    switch op {
    case .less: "Eight.isGreater(\(b), \(a))"
    case .lessOrEqual: "Eight.isGreaterOrEqual(\(b), \(a))"
    case .greater: "Eight.isGreater(\(a), \(b))"
    case .greaterOrEqual: "Eight.isGreaterOrEqual(\(a), \(b))"
    case .equal: "Eight.isEqual(\(a), \(b))"
    default: "Eight.differs(\(a), \(b))"
    }
  }

  // MARK: Filters

  /// The constant that a chain of choices ends with.
  private func base(of node: Int) -> Int? {
    if flow.constant(node) != nil { return node }
    guard case .select(_, let a, let b) = flow.nodes[node] else { return nil }
    return base(of: b) ?? base(of: a)
  }

  /// What may be other than the base, as a mask that costs no division; nil: everywhere.
  private indirect enum Part {
    case never, always
    case condition(Int)
    case both(Part, Part)
    case either(Part, Part)
  }

  private mutating func filter(_ node: Int, _ base: Int) -> String? {
    let count = lines.count
    let names = scopes
    guard let text = printed(part(node, base)) else {
      lines.removeLast(lines.count - count)
      scopes = names
      return nil
    }
    return named("f\(node)") { _ in text }
  }

  private func part(_ node: Int, _ base: Int) -> Part {
    if node == base { return .never }
    guard case .select(let c, let a, let b) = flow.nodes[node] else { return .always }
    let first = part(a, base)
    let second = part(b, base)
    let taken: Part = if case .never = first { .never } else { .both(.condition(c), first) }
    if case .never = second { return taken }
    return .either(taken, second)
  }

  private mutating func printed(_ part: Part) -> String? {
    switch part {
    case .never, .always: return nil
    case .condition(let node): return mayHold(node)
    case .both(let a, let b):
      let left = printed(a)
      let right = printed(b)
      guard let left, let right else { return left ?? right }
      return "fxaot_v8_and(\(left), \(right))"
    case .either(let a, let b):
      guard let left = printed(a), let right = printed(b) else { return nil }
      return "fxaot_v8_or(\(left), \(right))"
    }
  }

  private mutating func mayHold(_ node: Int) -> String? {
    if !isExpensive(node) { return mask(node) }
    switch flow.nodes[node] {
    case .and(let a, let b): return printed(.both(.condition(a), .condition(b)))
    case .or(let a, let b): return printed(.either(.condition(a), .condition(b)))
    case .binary(let op, let a, let b):
      guard let left = estimate(a), let right = estimate(b) else { return nil }
      switch op {
      case .less: return "Eight.mayBeGreater(\(right), \(left))"
      case .greater: return "Eight.mayBeGreater(\(left), \(right))"
      case .lessOrEqual: return "Eight.mayBeGreaterOrEqual(\(right), \(left))"
      case .greaterOrEqual: return "Eight.mayBeGreaterOrEqual(\(left), \(right))"
      default: return nil
      }
    default: return nil
    }
  }

  /// A number but for a few units in the last place, without a division.
  private mutating func estimate(_ node: Int) -> String? {
    if !isExpensive(node) { return number(node) }
    switch flow.nodes[node] {
    case .window(.mean, _, _, let lag):
      let t = position(lag)
      let window = layout.window(node)
      return named("e\(node)") { _ in "\(window).estimates(\(t))" }
    case .unary(.negate, let x):
      guard let a = estimate(x) else { return nil }
      return named("e\(node)") { _ in "fxaot_v8_negate(\(a))" }
    case .binary(.multiply, let a, let b):
      guard let left = estimate(a), let right = estimate(b) else { return nil }
      return named("e\(node)") { _ in "fxaot_v8_multiply(\(left), \(right))" }
    default: return nil
    }
  }
}
