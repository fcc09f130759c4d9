extension Rewriter {
  /// A result of a request: of this program's own world evaluated here, of another one read.
  mutating func request(
    _ request: RequestRef, _ k: Int, _ type: ValueType
  ) -> ExpressionRef {
    let original = source.requests[request.index]
    guard world != .whole else { return whole(request, original, k, type) }
    if let variables = captured[request.index] {
      return k < variables.count ? target.read(variables[k]) : make(.nan, type)
    }
    if world == .request(request) { return capture(request, original, k, type) }
    conditions += 1
    defer { conditions -= 1 }
    let timeframe = rewrite(original.timeframe)
    if let text = constant(timeframe), known.isOwn(timeframe: text) {
      return capture(request, original, k, type)
    }
    if let number = requestNumbers[request.index] {
      return target.add(.request(number, Int32(k)), type)
    }
    let gaps = rewrite(original.gaps)
    let lookahead = rewrite(original.lookahead)
    check(timeframe, "timeframe")
    check(gaps, "gaps")
    check(lookahead, "lookahead")
    return add(
      request, k, type,
      Request(
        timeframe: timeframe, gaps: gaps, lookahead: lookahead, block: .none,
        results: original.results.map { _ in .none }))
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

  /// Unchanged but for what can be folded.
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
    target.openBlock()
    if !original.block.isNone { rewrite(original.block) }
    var results: [ExpressionRef] = []
    for e in original.results { results.append(rewrite(e)) }
    let block = target.closeBlock()
    return add(
      request, k, type,
      Request(
        timeframe: timeframe, gaps: gaps, lookahead: lookahead, block: block, results: results))
  }

  /// Evaluates all results, into variables of their own, ahead of the statement at hand: so they
  /// need nothing else of it, and are there whichever arm of a choice the script takes.
  private mutating func capture(
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
    return k < variables.count ? target.read(variables[k]) : make(.nan, type)
  }
}
