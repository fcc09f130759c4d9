extension ScriptGenerator {
  mutating func expression(_ kind: Kind, _ depth: Int) -> String {
    if depth <= 0 || chance(6) { return leaf(kind) }
    if hasObjects, chance(4), let text = objectValue(kind, depth) { return text }
    if chance(6), let text = repeated(kind) { return text }
    if chance(6), let text = userCall([kind], depth) { return text }
    if chance(8) { return choice(kind, depth) }
    if kind != .truth, chance(12), let text = request(kind, depth) { return text }
    switch kind {
    case .int: return whole(depth)
    case .float: return real(depth)
    case .truth: return condition(depth)
    }
  }

  /// The same text as somewhere else.
  private mutating func repeated(_ kind: Kind) -> String? {
    let fitting = shared.filter { $0.kind == kind }
    return fitting.isEmpty ? nil : random.pick(fitting).text
  }

  private mutating func choice(_ kind: Kind, _ depth: Int) -> String {
    let test = chance(2) ? decided() : expression(.truth, depth - 1)
    conditions += 1
    defer { conditions -= 1 }
    let first = expression(kind, depth - 1)
    return "(\(test) ? \(first) : \(expression(kind, depth - 1)))"
  }

  // MARK: Leaves

  mutating func leaf(_ kind: Kind) -> String {
    let fitting = visible.filter { $0.kind == kind }
    if !fitting.isEmpty, random.below(5) < 3 {
      let name = random.pick(fitting)
      let hasHistory = loops == 0 && (kind != .truth || version > 5)
      return hasHistory && chance(4) ? "\(name.text)[\(offset())]" : name.text
    }
    switch kind {
    case .int: return random.pick(["bar_index", "(bar_index % 3)", constant(.int), "len"])
    case .truth:
      return random.pick([
        "(close > open)", "(close < open)", "on", "sw", "barstate.isfirst", "(bar_index % 2 == 0)",
        decided(),
      ])
    case .float:
      let field = random.pick(["close", "open", "high", "low", "hl2", "close", "close"])
      switch random.below(5) {
      case 0: return constant(.float)
      case 1: return "\(field)[\(offset())]"
      default: return field
      }
    }
  }

  mutating func number() -> String { "\(Double(random.below(13)) / 4)" }

  mutating func constant(_ kind: Kind) -> String {
    switch kind {
    case .int: chance(5) ? "-\(1 + random.below(3))" : "\(random.below(8))"
    case .float: chance(6) ? random.pick(["(0.1 + 0.2)", "0.3", "1e3"]) : number()
    case .truth: random.pick(["true", "false"])
    }
  }

  /// Known before the first bar.
  mutating func decided() -> String {
    random.pick([
      "on", "sw", "(not on)", "(len > 2)", "(k >= 1.0)", "(mode == \"A\")", "(mode != \"B\")", "true",
      "timeframe.isintraday", "(timeframe.multiplier > 20)", "(0.1 + 0.2 == 0.3)", "(on and sw)",
      "(on or sw)", "(len == 3)", "(0.3 >= 0.1 + 0.2)", "(0.1 + 0.2 > 0.3)",
    ])
  }

  private mutating func offset() -> String {
    switch random.below(5) {
    case 0: "(bar_index % 3)"
    case 1: "len"
    default: "\(1 + random.below(3))"
    }
  }

  /// Known before the first bar, as recursive averages want it.
  private mutating func length() -> String { chance(3) ? "len" : "\(1 + random.below(5))" }

  // MARK: Operators and functions

  private mutating func whole(_ depth: Int) -> String {
    let x = expression(.int, depth - 1)
    switch random.below(8) {
    case 0: return "(\(x) % \(2 + random.below(5)))"
    case 1: return "math.max(\(x), \(expression(.int, depth - 1)))"
    case 2: return "math.floor(\(expression(.float, depth - 1)))"
    case 3: return "nz(ta.barssince(\(expression(.truth, depth - 1))), -1)"
    case 4: return "math.abs(\(x))"
    case 5 where loops == 0: return "nz((\(x))[\(offset())])"
    default:
      return "(\(x) \(random.pick(["+", "-", "*"])) \(expression(.int, depth - 1)))"
    }
  }

  private mutating func real(_ depth: Int) -> String {
    let x = expression(.float, depth - 1)
    switch random.below(16) {
    case 0: return "ta.sma(\(x), \(chance(4) ? "1 + bar_index % 4" : length()))"
    case 1: return "\(random.pick(["ta.ema", "ta.rma"]))(\(x), \(length()))"
    case 2:
      return "ta.change(\(x), \(length()))"
    case 3: return "ta.cum(\(x))"
    case 4: return "math.sum(\(x), \(length()))"
    case 5: return "ta.valuewhen(\(expression(.truth, depth - 1)), \(x), \(random.below(2)))"
    case 6: return "fixnan(\(x))"
    case 7: return "nz(\(x), \(expression(.float, depth - 1)))"
    case 8:
      return "\(random.pick(["math.max", "math.min"]))(\(x), \(expression(.float, depth - 1)))"
    case 9 where loops == 0: return "(\(x))[\(offset())]"
    case 10: return "(\(x) / \(expression(.float, depth - 1)))"
    case 11 where conditions == 0 && loops == 0 && frame == 0:
      return chance(2) ? "ta.highest(high, \(length()))" : "ta.lowest(low, \(length()))"
    case 12: return "(-\(x))"
    default:
      return "(\(x) \(random.pick(["+", "-", "*"])) \(expression(.float, depth - 1)))"
    }
  }

  private mutating func condition(_ depth: Int) -> String {
    switch random.below(8) {
    case 0: return "(not \(expression(.truth, depth - 1)))"
    case 1, 2:
      let left = expression(.truth, depth - 1)
      conditions += 1
      defer { conditions -= 1 }
      return "(\(left) \(random.pick(["and", "or"])) \(expression(.truth, depth - 1)))"
    case 3:
      let x = expression(.float, depth - 1)
      return "\(random.pick(["ta.crossover", "ta.crossunder"]))(\(x), \(expression(.float, depth - 1)))"
    case 4: return "na(\(expression(.float, depth - 1)))"
    default:
      let kind = random.pick([Kind.int, .float, .float])
      let x = expression(kind, depth - 1)
      let operation = random.pick(["<", "<=", ">", ">=", "==", "!="])
      return "(\(x) \(operation) \(expression(kind, depth - 1)))"
    }
  }

  /// A test for `if` and `while`. Version 5 also takes numbers.
  mutating func test(_ depth: Int) -> String {
    if version == 5, chance(8) { return expression(random.pick([.int, .float]), 1) }
    return chance(3) ? decided() : expression(.truth, depth)
  }

  // MARK: Calls

  /// A call of a function with these results; nil where none fits.
  mutating func userCall(_ results: [Kind], _ depth: Int) -> String? {
    let fitting = functions.filter {
      $0.results == results
        && (!$0.hasEffects || !isInRequest && mayHaveEffects)
        && (!$0.hasRequest || mayRequest && conditions == 0 && loops == 0)
    }
    guard !fitting.isEmpty else { return nil }
    let function = random.pick(fitting)
    if function.hasEffects { hasEffects = true }
    if function.hasRequest { hasRequest = true }
    var arguments: [String] = []
    var isNamed = false
    for parameter in function.parameters {
      if parameter.hasDefault, chance(2) {
        isNamed = true
        continue
      }
      let value = expression(parameter.kind, depth - 1)
      arguments.append(isNamed || chance(6) ? "\(parameter.name) = \(value)" : value)
      if arguments.last?.contains("\(parameter.name) = ") == true { isNamed = true }
    }
    return "\(function.name)(\(arguments.joined(separator: ", ")))"
  }

  /// A request of numbers, where every bar comes by.
  mutating func request(_ kind: Kind, _ depth: Int) -> String? {
    guard mayRequest, conditions == 0, loops == 0, requests < Self.mostRequests else { return nil }
    let outside = isInRequest
    requests += 1
    hasRequest = true
    isInRequest = true
    let inner = expression(kind, min(depth, 3))
    isInRequest = outside
    return "request.security(syminfo.tickerid, \(timeframe()), \(inner))"
  }

  private mutating func timeframe() -> String {
    random.pick(["\"60\"", "\"30\"", "\"240\"", "\"D\"", "\"15\"", "timeframe.period", "\"60\""])
  }
}
