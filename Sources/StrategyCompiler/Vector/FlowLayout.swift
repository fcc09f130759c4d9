import StrategyIR

/// Where a flow's data are in printed code: rows of a stretch, windows over them, invariants.
struct FlowLayout {
  /// A series that windows look at.
  struct Column {
    let source: Int
    /// nil: worked out ahead of the windows.
    let field: BarField?
    var windows: [Int] = []
    var hasMoments = false
    /// Of one parameter set.
    var isPerSet: Bool
  }

  /// A value that is read of a request.
  struct RequestRow: Hashable {
    let request, result: Int
    let isBool: Bool
  }

  let flow: Flow
  /// All nodes that the results need.
  let live: [Int]
  private(set) var fields: [BarField] = []
  private(set) var columns: [Column] = []
  private(set) var requestRows: [RequestRow] = []
  private(set) var windowCount = 0
  /// By node: the number of its window.
  private var windowNumbers: [Int: Int] = [:]
  /// Windows by their source.
  private var windowsBySource: [[Int]: Int] = [:]
  private(set) var isPerSet: [Bool]

  init(_ flow: Flow, results: [Int]) {
    self.flow = flow
    live = flow.reachable(from: results)
    isPerSet = Array(repeating: false, count: flow.nodes.count)
    for node in live {
      isPerSet[node] = flow.operands(node).contains { isPerSet[$0] }
      switch flow.nodes[node] {
      case .parameter: isPerSet[node] = true
      case .field(let field, _): if !fields.contains(field) { fields.append(field) }
      case .requested(let request, let result, let isBool, _):
        isPerSet[node] = true
        let row = RequestRow(request: request, result: result, isBool: isBool)
        if !requestRows.contains(row) { requestRows.append(row) }
      case .window(let window, let source, let length, _): add(node, window, source, length)
      default: break
      }
    }
  }

  private mutating func add(_ node: Int, _ window: Flow.Window, _ source: Int, _ length: Int) {
    var number = columns.firstIndex { $0.source == source }
    if number == nil {
      var field: BarField?
      if case .field(let read, let lag) = flow.nodes[source], lag == Flow.Lag() { field = read }
      columns.append(Column(source: source, field: field, isPerSet: isPerSet[source]))
      number = columns.count - 1
    }
    guard let number else { return }
    if case .variance = window { columns[number].hasMoments = true }
    if let known = windowsBySource[[source, length]] {
      windowNumbers[node] = known
      return
    }
    windowNumbers[node] = windowCount
    windowsBySource[[source, length]] = windowCount
    columns[number].windows.append(length)
    windowCount += 1
  }

  /// Windows by number: column and length.
  var windows: [(column: Int, length: Int)] {
    var made = Array(repeating: (column: 0, length: 0), count: windowCount)
    for (key, number) in windowsBySource {
      made[number] = (columns.firstIndex { $0.source == key[0] } ?? 0, key[1])
    }
    return made
  }

  // MARK: Names

  func window(_ node: Int) -> String { "w\(windowNumbers[node] ?? 0)" }
  func field(_ field: BarField) -> String { "f\(fields.firstIndex(of: field) ?? 0)" }

  func requestRow(_ request: Int, _ result: Int, _ isBool: Bool) -> String {
    let row = RequestRow(request: request, result: result, isBool: isBool)
    return "r\(requestRows.firstIndex(of: row) ?? 0)"
  }

  /// An invariant's value: a literal or a name that `invariants` prints.
  func scalar(_ node: Int) -> String {
    if let x = flow.constant(node) { return Self.literal(x) }
    return "x\(node)"
  }

  static func literal(_ x: Double) -> String {
    x.isFinite ? (x.sign == .minus ? "(\(x))" : "\(x)") : "Double(bitPattern: \(x.bitPattern))"
  }

  /// A number of bars, as an Int.
  func bars(_ lag: Flow.Lag) -> String {
    ([lag.bars == 0 && !lag.terms.isEmpty ? nil : "\(lag.bars)"].compactMap { $0 }
      + lag.terms.map { "Int(\(scalar($0)))" }).joined(separator: " &+ ")
  }

  /// Lines that give invariants their names, in a function with `sets`, `p` and `s`.
  func invariants(_ roots: [Int]) -> [String] {
    flow.reachable(from: roots).filter { flow.isInvariant[$0] && flow.constant($0) == nil }
      .map { "let x\($0): Double = \(invariant($0))" }
  }

  private func invariant(_ node: Int) -> String {
    switch flow.nodes[node] {
    case .parameter(let k): return "p[\(k) &* sets &+ s]"
    case .unary(let op, let x):
      return ScalarRules.unary(op, scalar(x))
    case .binary(let op, let a, let b): return ScalarRules.binary(op, scalar(a), scalar(b))
    case .and(let a, let b): return "Pine.isTrue(\(scalar(a))) ? \(scalar(b)) : \(scalar(a))"
    case .or(let a, let b): return "Pine.isTrue(\(scalar(a))) ? \(scalar(a)) : \(scalar(b))"
    case .select(let c, let a, let b):
      return "Pine.isTrue(\(scalar(c))) ? \(scalar(a)) : \(scalar(b))"
    case .function(let function, let list):
      return ScalarRules.function(function, list.map(scalar)) ?? "Double.nan"
    default: return "Double.nan"
    }
  }

  /// All invariants that the flow's lanes and rows read.
  var invariantRoots: [Int] { live.filter { flow.isInvariant[$0] } }
}

/// The scripts' operators as Swift text; operands are names or literals.
enum ScalarRules {
  static func unary(_ op: UnaryOperator, _ x: String) -> String {
    switch op {
    case .negate: "-\(x)"
    case .not: "Pine.number(!Pine.isTrue(\(x)))"
    case .isNA: "Pine.number(\(x) != \(x))"
    case .truncate: "(\(x)).rounded(.towardZero)"
    case .truth: "Pine.number(Pine.isNonzero(\(x)))"
    }
  }

  static func binary(_ op: BinaryOperator, _ a: String, _ b: String) -> String {
    switch op {
    case .add: "\(a) + \(b)"
    case .subtract: "\(a) - \(b)"
    case .multiply: "\(a) * \(b)"
    case .divide: "Pine.quotient(\(a), \(b))"
    case .remainder: "Pine.remainder(\(a), \(b))"
    case .divideIntegers: "Pine.wholeQuotient(\(a), \(b))"
    case .less: "Pine.number(Pine.isGreater(\(b), \(a)))"
    case .lessOrEqual: "Pine.number(Pine.isGreaterOrEqual(\(b), \(a)))"
    case .greater: "Pine.number(Pine.isGreater(\(a), \(b)))"
    case .greaterOrEqual: "Pine.number(Pine.isGreaterOrEqual(\(a), \(b)))"
    case .equal: "Pine.number(Pine.isEqual(\(a), \(b)))"
    case .notEqual: "Pine.number(Pine.differs(\(a), \(b)))"
    }
  }

  /// nil for a function that needs more than these rules.
  static func function(_ function: Function, _ a: [String]) -> String? {
    switch (function, a.count) {
    case (.abs, 1): "(\(a[0])).magnitude"
    case (.sqrt, 1): "(\(a[0])).squareRoot()"
    case (.floor, 1): "(\(a[0])).rounded(.down)"
    case (.ceil, 1): "(\(a[0])).rounded(.up)"
    case (.round, 1): "Pine.round(\(a[0]))"
    case (.sign, 1): "Pine.sign(\(a[0]))"
    case (.max, 2): "Pine.larger(\(a[0]), \(a[1]))"
    case (.min, 2): "Pine.smaller(\(a[0]), \(a[1]))"
    case (.nz, 2): "Pine.nz(\(a[0]), \(a[1]))"
    default: nil
    }
  }
}
