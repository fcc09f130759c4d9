extension Rewriter {
  /// A result of a request: of this program's own world evaluated here, of another one read.
  mutating func request(
    _ request: RequestRef, _ k: Int, _ type: ValueType, at e: ExpressionRef
  ) -> ExpressionRef {
    let original = source.requests[request.index]
    guard world != .whole else { return whole(request, original, k, type) }
    followWanted(in: request, e)
    if let variables = captured[request.index] {
      return captured(variables, original, k, type)
    }
    if world == .request(request) { return capture(request, original, k, type) }
    conditions += 1
    let timeframe = rewrite(original.timeframe)
    let symbol = rewrite(original.symbol)
    conditions -= 1
    if isOwn(original, symbol, timeframe) { return capture(request, original, k, type) }
    conditions += 1
    defer { conditions -= 1 }
    if let number = requestNumbers[request.index] {
      return target.add(.request(number, Int32(k)), type)
    }
    let gaps = rewrite(original.gaps)
    let lookahead = rewrite(original.lookahead)
    var made = Request(
      timeframe: timeframe, gaps: gaps, lookahead: lookahead, block: .none,
      results: original.results.map { _ in .none })
    made.kind = original.kind
    made.symbol = symbol
    made.currency = rewrite(original.currency)
    made.ignoresMissing = rewrite(original.ignoresMissing)
    check(made)
    return add(request, k, type, made)
  }

  /// Whether it asks for the bars of this world, as they are.
  func isOwn(
    _ original: Request, _ symbol: ExpressionRef, _ timeframe: ExpressionRef
  ) -> Bool {
    guard original.kind == .security, original.currency.isNone,
      let period = constant(timeframe), known.isOwn(timeframe: period)
    else { return false }
    return symbol.isNone || constant(symbol).map(known.isOwn(symbol:)) ?? false
  }

  private mutating func check(_ request: Request) {
    check(request.timeframe, "timeframe")
    check(request.gaps, "gaps")
    check(request.lookahead, "lookahead")
    check(request.symbol, request.kind == .currencyRate ? "currencies" : "symbol")
    check(request.currency, request.kind == .currencyRate ? "currencies" : "currency")
    check(request.ignoresMissing, "ignore_invalid_symbol")
  }

  private mutating func check(_ e: ExpressionRef, _ what: String) {
    if !e.isNone, constant(e) == nil { open.append((Int(target.line), what)) }
  }

  private mutating func add(
    _ request: RequestRef, _ k: Int, _ type: ValueType, _ made: Request
  ) -> ExpressionRef {
    let number = RequestRef(Int32(target.program.requests.count))
    target.program.requests.append(made)
    requestNumbers[request.index] = number
    addOrigin(request)
    return target.add(.request(number, Int32(k)), type)
  }

  /// Unchanged, except that constants are folded.
  private mutating func whole(
    _ request: RequestRef, _ original: Request, _ k: Int, _ type: ValueType
  ) -> ExpressionRef {
    if let number = requestNumbers[request.index] {
      return target.add(.request(number, Int32(k)), type)
    }
    conditions += 1
    defer { conditions -= 1 }
    let timeframe = rewrite(original.timeframe)
    let gaps = rewrite(original.gaps)
    let lookahead = rewrite(original.lookahead)
    let symbol = rewrite(original.symbol)
    let currency = rewrite(original.currency)
    let ignoresMissing = rewrite(original.ignoresMissing)
    target.openBlock()
    if !original.block.isNone { rewrite(original.block) }
    var results: [ExpressionRef] = []
    for e in original.results { results.append(rewrite(e)) }
    var made = Request(
      timeframe: timeframe, gaps: gaps, lookahead: lookahead, block: target.closeBlock(),
      results: results)
    made.kind = original.kind
    made.symbol = symbol
    made.currency = currency
    made.ignoresMissing = ignoresMissing
    return add(request, k, type, made)
  }

  /// Evaluates all results, into variables of their own, ahead of the statement at hand: so they
  /// need nothing else of it.
  mutating func capture(
    _ request: RequestRef, _ original: Request, _ k: Int, _ type: ValueType
  ) -> ExpressionRef {
    if !original.block.isNone { rewrite(original.block) }
    var variables: [VariableRef] = []
    for e in original.results where !e.isNone {
      let variable = target.variable("", source.types[e.index])
      let made = rewrite(e)
      target.declare(variable, made)
      variables.append(variable)
    }
    captured[request.index] = variables
    return captured(variables, original, k, type)
  }

  /// Within its own world a request of shorter bars has no arrays.
  private mutating func captured(
    _ variables: [VariableRef], _ original: Request, _ k: Int, _ type: ValueType
  ) -> ExpressionRef {
    k < variables.count && original.kind != .lowerBars ? target.read(variables[k]) : make(.nan, type)
  }
}
