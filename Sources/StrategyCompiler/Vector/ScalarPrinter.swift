import StrategyIR
import StrategyVM

/// Prints a world as a loop over its bars with the script's variables as locals: what array code
/// runs over the first bars, where a value is na, and where something is carried from bar to bar.
///
/// Left out is what needs a host (texts, time, the book) and what can stop a script (loops,
/// lengths and offsets that change from bar to bar).
///
/// Longer than a file should be: one walk with a case for each kind of node.
struct ScalarPrinter {
  let builder: FlowBuilder
  let program: Program
  let results: [VariableRef]
  let layout: FlowLayout
  let naIsZero: Bool
  var lines: [String] = []
  var fields: Set<BarField> = []
  /// Something that cannot be printed was met.
  var isRefused = false
  private var indent = "    "
  private var count = 0
  private var conditions = 0
  private var kernels: [(name: String, text: String)] = []
  private var siteNames: [SiteRef: [String]] = [:]
  private var rings: [VariableRef: String] = [:]
  private var flags: [String] = []
  /// Open invariants that are read.
  private var roots: Set<Int> = []

  init(_ world: SignalWorlds.World, _ builder: FlowBuilder, naIsZero: Bool) {
    self.naIsZero = naIsZero
    self.builder = builder
    program = world.program
    results = world.results
    layout = FlowLayout(builder.flow, results: [])
    isRefused = builder.canStop
    findRings()
    visit(program.body)
  }

  private mutating func line(_ text: String) { lines.append(indent + text) }

  private mutating func fresh() -> String {
    count += 1
    return "t\(count)"
  }

  private mutating func refuse() -> String {
    isRefused = true
    return "Double.nan"
  }

  // MARK: The function

  /// Bytes of state, and the loop, as functions.
  func printed(_ name: String) -> [String] {
    let heads = layout.invariants(roots.sorted()).map { "  " + $0 }
    var made = [
      "func lanesState\(name)(",
      "  _ sets: Int, _ p: UnsafePointer<Double>, _ s: Int", ") -> Int {",
    ]
    made += heads
    made.append("  var bytes = 0")
    for kernel in kernels {
      made.append("  bytes &+= (\(kernel.text).stateBytes &+ 15) & ~15")
    }
    made += ["  return bytes", "}"]
    made += [
      "func lanesLoop\(name)(",
      "  _ sets: Int, _ p: UnsafePointer<Double>, _ s: Int, _ bars: BarColumns,",
      "  _ requests: UnsafePointer<PeriodResults>, _ from: Int, _ to: Int,",
      "  _ state: UnsafeMutableRawPointer, _ out: UnsafeMutablePointer<Double>, _ stride: Int,",
      "  _ isTransposed: Bool",
      ") {",
    ]
    made += heads
    made.append("  var place = state")
    for kernel in kernels {
      made += [
        "  let \(kernel.name) = \(kernel.text)", "  let \(kernel.name)s = place",
        "  \(kernel.name).reset(\(kernel.name)s)",
        "  place += (\(kernel.name).stateBytes &+ 15) & ~15",
      ]
    }
    for v in written { made.append("  var a\(v.index) = \(empty(v))") }
    for flag in flags { made.append("  var \(flag) = false") }
    made += ["  var i = 0", "  while i < to {"]
    made += lines
    made.append("    if i >= from {")
    for (r, v) in results.enumerated() {
      let row = "(\(r) &* sets &+ s) &* stride &+ i"
      let value = naIsZero ? "Pine.nz(a\(v.index), 0)" : "a\(v.index)"
      made.append("      out[isTransposed ? i &* sets &+ s : \(row)] = \(value)")
    }
    made += ["    }", "    i &+= 1", "  }", "}"]
    return made
  }

  private var written: [VariableRef] {
    program.variables.indices.map { VariableRef(Int32($0)) }.filter { used.contains($0) }
  }
  private var used: Set<VariableRef> = []

  private func empty(_ v: VariableRef) -> String {
    program.variables[v.index].type == .bool ? "0.0" : "Double.nan"
  }

  // MARK: Statements

  private mutating func visit(_ block: BlockRef) {
    if block.isNone { return }
    for statement in program.blocks[block.index] { visit(statement) }
  }

  private mutating func visit(_ statement: Statement) {
    switch statement {
    case .evaluate(let e), .plot(_, let e): _ = value(e)
    case .declare(let v, let e):
      let made = value(e)
      push(v)
      assign(v, made)
    case .assign(let v, let e): assign(v, value(e))
    case .declareOnce(let v, let e):
      let flag = "o\(flags.count)"
      flags.append(flag)
      line("if !\(flag) {")
      nested {
        let made = $0.value(e)
        $0.assign(v, made)
        $0.line("\(flag) = true")
      }
      if rings[v] != nil {
        line("} else {")
        nested { $0.push(v) }
      }
      line("}")
    case .branch(let c, let then, let otherwise):
      line("if Pine.isTrue(\(value(c))) {")
      nested { $0.visit(then) }
      if !otherwise.isNone {
        line("} else {")
        nested { $0.visit(otherwise) }
      }
      line("}")
    default: isRefused = true
    }
  }

  private mutating func nested(_ body: (inout ScalarPrinter) -> Void) {
    indent += "  "
    conditions += 1
    body(&self)
    conditions -= 1
    indent.removeLast(2)
  }

  private mutating func assign(_ v: VariableRef, _ made: String) {
    used.insert(v)
    line("a\(v.index) = \(made)")
  }

  // MARK: History

  private mutating func findRings() {
    var depths: [VariableRef: String] = [:]
    for e in program.expressions.indices {
      guard case .history(let v, let offset) = program.expressions[e],
        let lag = builder.lags[offset]
      else { continue }
      let bars = layout.bars(lag)
      roots.formUnion(lag.terms)
      depths[v] = depths[v].map { "BarCount.larger(\($0), \(bars))" } ?? bars
    }
    for (v, depth) in depths.sorted(by: { $0.key.raw < $1.key.raw }) {
      let name = "k\(kernels.count)"
      kernels.append((name, "HistoryRing(length: \(depth))"))
      rings[v] = name
      used.insert(v)
    }
  }

  private mutating func push(_ v: VariableRef) {
    if let ring = rings[v] { line("\(ring).push(\(ring)s, a\(v.index))") }
  }

  private mutating func history(_ v: VariableRef, _ offset: ExpressionRef) -> String {
    guard let lag = builder.lags[offset], let ring = rings[v] else { return refuse() }
    used.insert(v)
    let name = fresh()
    let bars = layout.bars(lag)
    let past = "\(ring).view(\(ring)s)[\(bars) &- 1]"
    let now = lag.terms.isEmpty ? "" : "\(bars) == 0 ? a\(v.index) : "
    line("let \(name): Double = \(now)\(past)")
    return program.variables[v.index].type == .bool ? kept("Pine.nz(\(name), 0)") : name
  }

  private mutating func past(_ field: BarField, _ offset: ExpressionRef) -> String {
    guard let lag = builder.lags[offset] else { return refuse() }
    roots.formUnion(lag.terms)
    let index = fresh()
    line("let \(index): Int = i &- (\(layout.bars(lag)))")
    let value = fieldText(field, index)
    let name = fresh()
    line("let \(name): Double = \(index) < 0 ? Double.nan : \(value)")
    return name
  }

  private mutating func fieldText(_ field: BarField, _ i: String) -> String {
    let parts: [BarField]
    switch field {
    case .open, .high, .low, .close, .volume: parts = [field]
    case .hl2: parts = [.high, .low]
    case .hlc3: parts = [.high, .low, .close]
    case .ohlc4: parts = [.open, .high, .low, .close]
    case .hlcc4: parts = [.high, .low, .close, .close]
    case .index: return "Double(\(i))"
    default: return refuse()
    }
    fields.formUnion(parts)
    let sum = parts.map { "bars.\($0)[\(i)]" }.joined(separator: " + ")
    return parts.count == 1 ? sum : "(\(sum)) / \(parts.count)"
  }

  // MARK: Expressions

  /// The name or literal of an expression's value; the lines that make it are printed.
  private mutating func value(_ e: ExpressionRef) -> String {
    if e.isNone { return "Double.nan" }
    switch program.expressions[e.index] {
    case .number(let x): return FlowLayout.literal(x)
    case .parameter(let k):
      let node = builder.flow.numberOfNode(.parameter(Int(k)))
      guard let node else { return refuse() }
      roots.insert(node)
      return layout.scalar(node)
    case .variable(let v):
      used.insert(v)
      return kept("a\(v.index)")
    case .history(let v, let offset): return history(v, offset)
    case .bar(let field): return kept(fieldText(field, "i"))
    case .barHistory(let field, let offset): return past(field, offset)
    case .unary(let op, let x):
      let a = value(x)
      return kept(ScalarRules.unary(op, a))
    case .binary(let op, let a, let b):
      if op == .remainder { return refuse() }
      let left = value(a)
      let right = value(b)
      return kept(ScalarRules.binary(op, left, right))
    case .and(let a, let b): return lazy(a, b, "Pine.isTrue")
    case .or(let a, let b): return lazy(a, b, "!Pine.isTrue")
    case .select(let c, let a, let b): return select(c, a, b)
    case .function(let function, let list):
      let arguments = program.arguments(list).map { value($0) }
      guard let text = ScalarRules.function(function, arguments) else { return refuse() }
      return kept(text)
    case .kernel(let site): return kernel(site)
    case .kernelResult(let site, let k):
      guard let names = siteNames[site], Int(k) < names.count else { return refuse() }
      return names[Int(k)]
    case .request(let request, let k): return requested(request, k, program.types[e.index])
    case .sequence(let block, let result):
      visit(block)
      return value(result)
    case .text, .symbol, .timeframe, .book, .positionEntryName, .trade, .object: return refuse()
    }
  }

  private mutating func kept(_ text: String) -> String {
    let name = fresh()
    line("let \(name): Double = \(text)")
    return name
  }

  private mutating func lazy(_ a: ExpressionRef, _ b: ExpressionRef, _ test: String) -> String {
    let left = value(a)
    let name = fresh()
    line("var \(name): Double = \(left)")
    line("if \(test)(\(name)) {")
    nested {
      let right = $0.value(b)
      $0.line("\(name) = \(right)")
    }
    line("}")
    return name
  }

  private mutating func select(
    _ c: ExpressionRef, _ a: ExpressionRef, _ b: ExpressionRef
  ) -> String {
    let condition = value(c)
    let name = fresh()
    line("let \(name): Double")
    line("if Pine.isTrue(\(condition)) {")
    nested {
      let made = $0.value(a)
      $0.line("\(name) = \(made)")
    }
    line("} else {")
    nested {
      let made = $0.value(b)
      $0.line("\(name) = \(made)")
    }
    line("}")
    return name
  }

  // MARK: Calls

  private mutating func kernel(_ site: SiteRef) -> String {
    let call = program.sites[site.index]
    let arguments = Array(program.arguments(call.arguments))
    guard conditions == 0, let settled = builder.siteArguments[site] else { return refuse() }
    var known: [Double?] = []
    var open: String?
    for (i, argument) in settled.enumerated() {
      known.append(argument.flatMap { builder.flow.constant($0.node) })
      if call.kernel.isLength(call.kernel.arguments[i]) {
        guard let argument, argument.wait == 0, builder.flow.isInvariant[argument.node] else {
          return refuse()
        }
        if let n = known[i] {
          guard n >= 1, n <= Double(Program.longestHistory) else { return refuse() }
        } else {
          guard builder.whole[argument.node] != nil else { return refuse() }
          roots.insert(argument.node)
          open = "Int(\(layout.scalar(argument.node)))"
        }
      }
    }
    guard let text = KernelText(call.kernel, known: known, length: open) else { return refuse() }
    let values = arguments.map { value($0) }
    var printed = text.call
    for (k, input) in text.inputs.enumerated().reversed() {
      let value = input.argument.map { values[$0] } ?? fieldText(input.field ?? .time, "i")
      printed = printed.replacing("$\(k)", with: value)
    }
    var made = "Pine." + printed
    if let kernel = text.kernel {
      let name = "k\(kernels.count)"
      kernels.append((name, kernel))
      made = name + "." + printed.replacing("$s", with: name + "s")
    }
    var results = text.results
    if results == ["$x"] {
      results = [kept(made)]
    } else {
      let answer = fresh()
      line("let \(answer) = \(made)")
      results = results.map { kept($0.replacing("$x", with: answer)) }
    }
    siteNames[site] = results
    return results[0]
  }

  private mutating func requested(
    _ request: RequestRef, _ k: Int32, _ type: ValueType
  ) -> String {
    guard builder.feeds[request.index] != nil else {
      return type == .bool ? "0.0" : "Double.nan"
    }
    let none = type == .bool ? "0" : ".nan"
    let name = kept("requests[\(request.index)].value(\(k), sets, s, i, \(none))")
    return type == .bool ? kept("Pine.nz(\(name), 0)") : name
  }
}

extension String {
  /// Every occurrence of a text by another; a digit must not follow where the text ends with one.
  fileprivate func replacing(_ text: String, with other: String) -> String {
    var made = ""
    var rest = self[...]
    while let first = rest.first {
      if rest.hasPrefix(text) {
        made += other
        rest = rest.dropFirst(text.count)
      } else {
        made.append(first)
        rest = rest.dropFirst()
      }
    }
    return made
  }
}
