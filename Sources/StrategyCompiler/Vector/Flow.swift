import StrategyIR

/// What a script's results are on a bar that has enough bars before it: a graph of pure functions
/// of the bars, in which nothing is carried from bar to bar.
///
/// Nodes are kept once each, by number; their operands have smaller numbers. A node's value may
/// need that many bars have passed, its `Wait`; before, the script's own warm-up rules hold.
struct Flow {
  /// How many bars ago: a number, and invariant nodes that are whole numbers of at least 0.
  struct Lag: Hashable {
    var bars = 0
    var terms: [Int] = []

    static func + (a: Lag, b: Lag) -> Lag {
      Lag(bars: a.bars + b.bars, terms: (a.terms + b.terms).sorted())
    }
  }

  enum Window: Hashable {
    case mean, total
    /// Σ (x − mean)² / n, or / (n − 1).
    case variance(isBiased: Bool)
  }

  enum Node: Hashable {
    /// By its bits.
    case number(UInt64)
    case parameter(Int)
    case index(Lag)
    case field(BarField, Lag)
    case requested(request: Int, result: Int, isBool: Bool, Lag)
    case unary(UnaryOperator, Int)
    case binary(BinaryOperator, Int, Int)
    case and(Int, Int)
    case or(Int, Int)
    case select(Int, Int, Int)
    case function(Function, [Int])
    case window(Window, source: Int, length: Int, Lag)
  }

  /// The bar from which a value equals its node.
  enum Wait: Hashable {
    case none
    case all([Int])
    case later(Int, Lag)
    /// bar_index is beyond an invariant less a number (by its bits).
    case past(Int, less: UInt64)
    /// A window's rows are made of whole vectors.
    case rows(Int)
  }

  /// A value on its way through the script.
  struct Value: Hashable {
    var node: Int
    /// Until its node holds.
    var wait = 0
  }

  private(set) var nodes: [Node] = []
  private var numbers: [Node: Int] = [:]
  private(set) var waits: [Wait] = [.none]
  private var waitNumbers: [Wait: Int] = [.none: 0]
  private(set) var isInvariant: [Bool] = []
  /// A condition: its lanes are masks.
  private(set) var isMask: [Bool] = []

  mutating func add(_ node: Node) -> Int {
    if let known = numbers[node] { return known }
    nodes.append(node)
    numbers[node] = nodes.count - 1
    isInvariant.append(invariance(of: node))
    isMask.append(maskness(of: node))
    return nodes.count - 1
  }

  mutating func add(_ wait: Wait) -> Int {
    if let known = waitNumbers[wait] { return known }
    waits.append(wait)
    waitNumbers[wait] = waits.count - 1
    return waits.count - 1
  }

  mutating func both(_ a: Int, _ b: Int) -> Int {
    if a == b || b == 0 { return a }
    if a == 0 { return b }
    return add(.all([min(a, b), max(a, b)]))
  }

  mutating func number(_ x: Double) -> Int { add(.number(x.bitPattern)) }

  func constant(_ node: Int) -> Double? {
    guard case .number(let bits) = nodes[node] else { return nil }
    return Double(bitPattern: bits)
  }

  func operands(_ node: Int) -> [Int] {
    switch nodes[node] {
    case .number, .parameter: []
    case .index(let lag), .field(_, let lag), .requested(_, _, _, let lag): lag.terms
    case .unary(_, let x): [x]
    case .binary(_, let a, let b), .and(let a, let b), .or(let a, let b): [a, b]
    case .select(let c, let a, let b): [c, a, b]
    case .function(_, let list): list
    case .window(_, let source, let length, let lag): [source, length] + lag.terms
    }
  }

  private func invariance(of node: Node) -> Bool {
    switch node {
    case .number, .parameter: true
    case .index, .field, .requested, .window: false
    case .unary(_, let x): isInvariant[x]
    case .binary(_, let a, let b), .and(let a, let b), .or(let a, let b):
      isInvariant[a] && isInvariant[b]
    case .select(let c, let a, let b): isInvariant[c] && isInvariant[a] && isInvariant[b]
    case .function(_, let list): list.allSatisfy { isInvariant[$0] }
    }
  }

  private func maskness(of node: Node) -> Bool {
    switch node {
    case .unary(let op, _): op == .not || op == .isNA || op == .truth
    case .binary(let op, _, _):
      switch op {
      case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual: true
      default: false
      }
    case .and, .or: true
    default: false
    }
  }

  /// The nodes that others are made of, in the order of their numbers.
  func reachable(from roots: [Int]) -> [Int] {
    var isReached = Array(repeating: false, count: nodes.count)
    for root in roots { isReached[root] = true }
    for node in nodes.indices.reversed() where isReached[node] {
      for operand in operands(node) { isReached[operand] = true }
    }
    return nodes.indices.filter { isReached[$0] }
  }

  // MARK: The past

  /// A value so many bars ago.
  mutating func shifted(_ value: Value, _ lag: Lag) -> Value {
    var known: [Int: Int] = [:]
    return Value(
      node: shifted(value.node, lag, &known), wait: add(.later(value.wait, lag)))
  }

  private mutating func shifted(_ node: Int, _ lag: Lag, _ known: inout [Int: Int]) -> Int {
    if isInvariant[node] { return node }
    if let made = known[node] { return made }
    let made: Int
    switch nodes[node] {
    case .number, .parameter: made = node
    case .index(let past): made = add(.index(past + lag))
    case .field(let field, let past): made = add(.field(field, past + lag))
    case .requested(let request, let result, let isBool, let past):
      made = add(.requested(request: request, result: result, isBool: isBool, past + lag))
    case .window(let window, let source, let length, let past):
      made = add(.window(window, source: source, length: length, past + lag))
    case .unary(let op, let x): made = add(.unary(op, shifted(x, lag, &known)))
    case .binary(let op, let a, let b):
      let left = shifted(a, lag, &known)
      made = add(.binary(op, left, shifted(b, lag, &known)))
    case .and(let a, let b):
      let left = shifted(a, lag, &known)
      made = add(.and(left, shifted(b, lag, &known)))
    case .or(let a, let b):
      let left = shifted(a, lag, &known)
      made = add(.or(left, shifted(b, lag, &known)))
    case .select(let c, let a, let b):
      let condition = shifted(c, lag, &known)
      let first = shifted(a, lag, &known)
      made = add(.select(condition, first, shifted(b, lag, &known)))
    case .function(let function, let list):
      var arguments: [Int] = []
      for x in list { arguments.append(shifted(x, lag, &known)) }
      made = add(.function(function, arguments))
    }
    known[node] = made
    return made
  }
}

extension Flow {
  /// The number of a node that is there.
  func numberOfNode(_ node: Node) -> Int? { nodes.firstIndex(of: node) }
}

extension Flow {
  /// How many bars ahead of a stretch a node reads, rows of block sums included.
  mutating func reach(of node: Int) -> Int {
    var known: [Int: Int] = [:]
    return reach(of: node, &known)
  }

  private mutating func reach(of node: Int, _ known: inout [Int: Int]) -> Int {
    if let made = known[node] { return made }
    var made = 0
    switch nodes[node] {
    case .number, .parameter: break
    case .index(let lag), .field(_, let lag), .requested(_, _, _, let lag):
      made = add(.later(0, lag))
    case .window(_, let source, let length, let lag):
      let inner = reach(of: source, &known)
      made = add(.later(add(.rows(add(.later(inner, span(length))))), lag))
    default: for operand in operands(node) { made = both(made, reach(of: operand, &known)) }
    }
    known[node] = made
    return made
  }

  /// A window's length as a number of bars.
  func span(_ length: Int) -> Lag {
    if let n = constant(length), n >= 0, n < 1e6 { return Lag(bars: Int(n)) }
    return Lag(terms: [length])
  }
}
