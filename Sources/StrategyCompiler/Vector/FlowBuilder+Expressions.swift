import StrategyIR

extension FlowBuilder {
  /// An expression's value on this bar; nil where it is unknown.
  mutating func value(_ e: ExpressionRef) -> Flow.Value? {
    if e.isNone { return nil }
    switch program.expressions[e.index] {
    case .number(let x): return Flow.Value(node: flow.number(x))
    case .parameter(let number): return Flow.Value(node: flow.add(.parameter(Int(number))))
    case .variable(let v): return variables[v]
    case .history(let v, let offset):
      guard let lag = lag(offset), recorded.contains(v), let now = variables[v] else { return nil }
      return flow.shifted(now, lag)
    case .bar(let field): return barField(field)
    case .barHistory(let field, let offset):
      guard let lag = lag(offset), let now = barField(field) else { return nil }
      return flow.shifted(now, lag)
    case .unary(let op, let x): return value(x).map { merged(flow.add(.unary(op, $0.node)), [$0]) }
    case .binary(let op, let a, let b):
      let (left, right) = (value(a), value(b))
      guard let left, let right else { return nil }
      return binary(op, left, right)
    case .and(let a, let b): return lazy(a, b, isAnd: true, program.types[e.index])
    case .or(let a, let b): return lazy(a, b, isAnd: false, program.types[e.index])
    case .select(let c, let a, let b):
      let condition = value(c)
      var (first, second): (Flow.Value?, Flow.Value?)
      either(condition, { first = $0.value(a) }, { second = $0.value(b) })
      return choice(condition, first, second)
    case .function(let function, let list): return self.function(function, list)
    case .kernel(let site): return kernel(site)
    case .kernelResult(let site, let k): return k == 0 ? sites[site] : nil
    case .request(let request, let k):
      guard request.index < feeds.count, feeds[request.index] != nil else { return nil }
      let isBool = program.types[e.index] == .bool
      let node = Flow.Node.requested(
        request: request.index, result: Int(k), isBool: isBool, Flow.Lag())
      return Flow.Value(node: flow.add(node))
    case .sequence(let block, let result):
      visit(block)
      return value(result)
    case .text, .symbol, .timeframe, .book, .positionEntryName, .trade, .object: return nil
    }
  }

  /// An offset that is the same on all bars.
  private mutating func lag(_ e: ExpressionRef) -> Flow.Lag? {
    guard let offset = value(e), offset.wait == 0, flow.isInvariant[offset.node] else {
      return nil
    }
    if let bars = flow.constant(offset.node) {
      guard bars >= 0, bars <= Double(Program.longestHistory) else { return nil }
      lags[e] = Flow.Lag(bars: Int(bars))
    } else {
      lags[e] = Flow.Lag(terms: [offset.node])
      whole[offset.node] = 0
    }
    return lags[e]
  }

  private mutating func barField(_ field: BarField) -> Flow.Value? {
    switch field {
    case .open, .high, .low, .close, .volume:
      return Flow.Value(node: flow.add(.field(field, Flow.Lag())))
    case .hl2: return mean([.high, .low])
    case .hlc3: return mean([.high, .low, .close])
    case .ohlc4: return mean([.open, .high, .low, .close])
    case .hlcc4: return mean([.high, .low, .close, .close])
    case .index: return Flow.Value(node: flow.add(.index(Flow.Lag())))
    default: return nil
    }
  }

  private mutating func mean(_ fields: [BarField]) -> Flow.Value {
    var sum = flow.add(.field(fields[0], Flow.Lag()))
    for field in fields.dropFirst() {
      sum = flow.add(.binary(.add, sum, flow.add(.field(field, Flow.Lag()))))
    }
    return Flow.Value(node: flow.add(.binary(.divide, sum, flow.number(Double(fields.count)))))
  }

  // MARK: Operators

  private mutating func binary(
    _ op: BinaryOperator, _ a: Flow.Value, _ b: Flow.Value
  ) -> Flow.Value? {
    switch op {
    case .remainder, .divideIntegers: return nil
    default: break
    }
    if let decided = decided(op, a, b) { return decided }
    return merged(flow.add(.binary(op, a.node, b.node)), [a, b])
  }

  /// A comparison of bar_index with a constant: from some bar on it is decided.
  private mutating func decided(
    _ op: BinaryOperator, _ a: Flow.Value, _ b: Flow.Value
  ) -> Flow.Value? {
    let isLeft: Bool
    let (offset, invariant): (Double, Flow.Value)
    if let left = indexOffset(a.node), flow.isInvariant[b.node] {
      (isLeft, offset, invariant) = (true, left, b)
    } else if let right = indexOffset(b.node), flow.isInvariant[a.node] {
      (isLeft, offset, invariant) = (false, right, a)
    } else {
      return nil
    }
    let isTrue: Bool
    switch op {
    case .less, .lessOrEqual: isTrue = !isLeft
    case .greater, .greaterOrEqual: isTrue = isLeft
    case .equal: isTrue = false
    case .notEqual: isTrue = true
    default: return nil
    }
    let wait = flow.add(.past(invariant.node, less: offset.bitPattern))
    return Flow.Value(node: flow.number(isTrue ? 1 : 0), wait: wait)
  }

  /// x of bar_index + x.
  private func indexOffset(_ node: Int) -> Double? {
    switch flow.nodes[node] {
    case .index(let lag) where lag.terms.isEmpty: return -Double(lag.bars)
    case .binary(.add, let a, let b):
      if let x = indexOffset(a), let y = flow.constant(b) { return sum(x, y) }
      if let x = indexOffset(b), let y = flow.constant(a) { return sum(x, y) }
      return nil
    case .binary(.subtract, let a, let b):
      if let x = indexOffset(a), let y = flow.constant(b) { return sum(x, -y) }
      return nil
    default: return nil
    }
  }

  private func sum(_ a: Double, _ b: Double) -> Double? {
    b.magnitude <= 1e6 ? a + b : nil
  }

  private mutating func lazy(
    _ a: ExpressionRef, _ b: ExpressionRef, isAnd: Bool, _ type: ValueType
  ) -> Flow.Value? {
    let left = value(a)
    var right: Flow.Value?
    if isAnd {
      either(left, { right = $0.value(b) }, { _ in })
    } else {
      either(left, { _ in }, { right = $0.value(b) })
    }
    guard let left else { return nil }
    if let decided = flow.constant(left.node) {
      guard (decided == decided && decided != 0) == isAnd else { return left }
      guard var taken = right else { return nil }
      taken.wait = flow.both(taken.wait, left.wait)
      return taken
    }
    guard let right else { return nil }
    // Nodes of and, or are masks, which have no na.
    if type != .bool { return isAnd ? choice(left, right, left) : choice(left, left, right) }
    let node = isAnd ? Flow.Node.and(left.node, right.node) : .or(left.node, right.node)
    return merged(flow.add(node), [left, right])
  }

  // MARK: Calls

  private mutating func function(_ function: Function, _ list: ArgumentList) -> Flow.Value? {
    var arguments: [Flow.Value] = []
    for e in program.arguments(list) {
      guard let argument = value(e) else { return nil }
      arguments.append(argument)
    }
    switch (function, arguments.count) {
    case (.abs, 1), (.sqrt, 1), (.floor, 1), (.ceil, 1), (.max, 2), (.min, 2), (.nz, 2): break
    default: return nil
    }
    return merged(flow.add(.function(function, arguments.map(\.node))), arguments)
  }

  /// A window's value, where the window has seen every bar.
  private mutating func kernel(_ site: SiteRef) -> Flow.Value? {
    let call = program.sites[site.index]
    var arguments: [Flow.Value?] = []
    for e in program.arguments(call.arguments) { arguments.append(value(e)) }
    if conditions == 0 { siteArguments[site] = arguments }
    sites[site] = window(call.kernel, arguments)
    return sites[site]
  }

  private mutating func window(_ kernel: Kernel, _ arguments: [Flow.Value?]) -> Flow.Value? {
    guard conditions == 0, arguments.count > 1, let source = arguments[0],
      let length = arguments[1], length.wait == 0,
      flow.isInvariant[length.node]
    else { return nil }
    if let n = flow.constant(length.node) {
      guard n >= 1, n <= Double(Program.longestHistory) else { return nil }
    } else {
      whole[length.node] = 1
    }
    switch kernel {
    case .sma: return window(.mean, source, length)
    case .sum: return window(.total, source, length)
    case .stdev, .variance:
      guard arguments.count > 2, let biased = arguments[2], let x = flow.constant(biased.node)
      else { return nil }
      let variance = window(.variance(isBiased: x != 0), source, length)
      if kernel == .variance { return variance }
      return merged(flow.add(.function(.sqrt, [variance.node])), [variance])
    default: return nil
    }
  }

  private mutating func window(
    _ window: Flow.Window, _ source: Flow.Value, _ length: Flow.Value
  ) -> Flow.Value {
    let node = Flow.Node.window(
      window, source: source.node, length: length.node, Flow.Lag())
    let later = flow.add(.later(source.wait, flow.span(length.node)))
    return Flow.Value(node: flow.add(node), wait: flow.both(later, length.wait))
  }
}
