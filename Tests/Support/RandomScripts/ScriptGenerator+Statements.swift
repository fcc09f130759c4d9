extension ScriptGenerator {
  mutating func statement(_ depth: Int) {
    statementsLeft -= 1
    if hasObjects, mayHaveEffects, chance(2) { return objectStatement(depth) }
    switch random.below(depth > 2 ? 7 : 16) {
    case 0, 1: declare(depth)
    case 2: declareOnce()
    case 3, 4: assign()
    case 5: effect()
    case 6: chance(3) ? stop() : effect()
    case 7, 8: branch(depth)
    case 9, 10: declareByChoice(depth)
    case 11: declareTuple(depth)
    case 12: countLoop(depth)
    case 13: conditionLoop(depth)
    case 14: callStatement()
    default: leave()
    }
  }

  mutating func block(_ depth: Int) {
    nested { generator in
      for _ in 0...generator.random.below(2) { generator.statement(depth + 1) }
    }
  }

  // MARK: Declarations

  private mutating func spelling(_ kind: Kind) -> String {
    guard chance(3) else { return "" }
    return switch kind {
    case .int: "int "
    case .float: "float "
    case .truth: "bool "
    }
  }

  private mutating func declare(_ depth: Int) {
    let kind = random.pick(Kind.allCases)
    let value = expression(kind, 3)
    let name = fresh()
    line("\(spelling(kind))\(name) = \(value)")
    declared(name, kind)
  }

  private mutating func declareOnce() {
    let kind = random.pick(Kind.allCases)
    if kind == .float, chance(4) {
      let name = fresh()
      line("var float \(name) = na")
      return declared(name, kind)
    }
    conditions += 1
    let value = chance(3) ? userCall([kind], 2) ?? expression(kind, 2) : expression(kind, 2)
    conditions -= 1
    let name = fresh()
    line("var \(spelling(kind))\(name) = \(value)")
    declared(name, kind)
  }

  private mutating func assign() {
    guard !assignable.isEmpty else { return effect() }
    let name = random.pick(assignable)
    switch name.kind {
    case .truth: line("\(name.text) := \(expression(.truth, 2))")
    case .int: line("\(name.text) \(random.pick([":=", "+=", "-="])) \(expression(.int, 2))")
    case .float: line("\(name.text) \(random.pick([":=", ":=", "+=", "-="])) \(expression(.float, 2))")
    }
  }

  // MARK: Effects

  mutating func effect() {
    guard mayHaveEffects else { return declare(9) }
    hasEffects = true
    let id = chance(4) ? "\"L\" + str.tostring(\(leaf(.int)))" : "\"\(random.pick(["L", "S", "M"]))\""
    var call: String
    switch random.below(7) {
    case 0, 1, 2:
      let direction = random.pick(["strategy.long", "strategy.short"])
      call = "strategy.\(random.pick(["entry", "order"]))(\(id), \(direction)"
      if chance(2) { call += ", qty = \(expression(random.pick([.int, .float]), 1))" }
      if chance(3) { call += ", limit = \(expression(.float, 1))" }
      if chance(4) { call += ", stop = \(expression(.float, 1))" }
    case 3: call = "strategy.close(\(id)\(chance(2) ? ", qty = \(expression(.float, 1))" : "")"
    case 4: call = "strategy.exit(\"X\", \(id), stop = \(expression(.float, 1)), limit = \(expression(.float, 1))"
    case 5: call = "strategy.cancel(\(id)"
    default: call = "strategy.close_all(comment = \"all\""
    }
    if version == 5, chance(3) { call += ", when = \(expression(.truth, 1))" }
    line(call + ")")
  }

  private mutating func stop() {
    guard mayHaveEffects else { return declare(9) }
    hasEffects = true
    line("if bar_index > \(8 + random.below(60)) and \(expression(.truth, 1))")
    line("    runtime.error(\"stop \(random.below(9))\")")
  }

  // MARK: Choices

  private mutating func branch(_ depth: Int) {
    line("if \(test(2))")
    block(depth)
    while chance(3) {
      line("else if \(lazily { $0.test(2) })")
      block(depth)
    }
    guard chance(2) else { return }
    line("else")
    block(depth)
  }

  private mutating func lazily<T>(_ body: (inout ScriptGenerator) -> T) -> T {
    conditions += 1
    defer { conditions -= 1 }
    return body(&self)
  }

  private mutating func declareByChoice(_ depth: Int) {
    let kind = random.pick(Kind.allCases)
    let own = assignable.filter { $0.kind == kind }
    if !own.isEmpty, chance(3) {
      let name = random.pick(own)
      return chosen("\(name.text) := ", [kind], depth)
    }
    let isOnce = chance(4)
    let name = fresh()
    if isOnce { conditions += 1 }
    chosen("\(isOnce ? "var " : "")\(spelling(kind))\(name) = ", [kind], depth)
    if isOnce { conditions -= 1 }
    declared(name, kind)
  }

  private mutating func declareTuple(_ depth: Int) {
    let kinds = chance(2) ? [Kind.float, .int] : [.float, .float]
    let names = [fresh(), fresh()]
    guard names[0] != names[1] else { return declare(depth) }
    let head = "[\(names[0]), \(names[1])] = "
    if chance(2), let call = userCall(kinds, 2) {
      line(head + call)
    } else if mayRequest, conditions == 0, loops == 0, requests < Self.mostRequests, chance(4) {
      requests += 1
      hasRequest = true
      isInRequest = true
      let inner = "[\(expression(kinds[0], 2)), \(expression(kinds[1], 2))]"
      isInRequest = false
      line(head + "request.security(syminfo.tickerid, \"60\", \(inner))")
    } else {
      chosen(head, kinds, depth)
    }
    for (name, kind) in zip(names, kinds) { declared(name, kind) }
  }

  /// `head` and an `if` or `switch` of these kinds.
  mutating func chosen(_ head: String, _ kinds: [Kind], _ depth: Int) {
    let mustEnd = kinds.contains(.truth)
    if chance(2) {
      line("\(head)if \(test(2))")
      arm(kinds, depth)
      while chance(4) {
        line("else if \(lazily { $0.test(2) })")
        arm(kinds, depth)
      }
      if mustEnd || !chance(4) {
        line("else")
        arm(kinds, depth)
      }
      return
    }
    let subject = random.pick(["", "mode", "len", "bar_index % 3"])
    line("\(head)switch \(subject)".trimmingEnd())
    indent += 1
    for number in 0..<1 + random.below(3) {
      let pattern =
        switch subject {
        case "": lazily { $0.test(1) }
        case "mode": "\"\(["A", "B", "C"][number])\""
        default: "\(number + (subject == "len" ? 1 : 0))"
        }
      selected(pattern + " ", kinds, depth)
    }
    if mustEnd || !chance(4) { selected("", kinds, depth) }
    indent -= 1
  }

  private mutating func selected(_ pattern: String, _ kinds: [Kind], _ depth: Int) {
    if chance(2) { return line("\(pattern)=> \(lazily { $0.values(kinds) })") }
    line("\(pattern)=>")
    arm(kinds, depth)
  }

  private mutating func arm(_ kinds: [Kind], _ depth: Int) {
    nested { generator in
      while generator.chance(2) { generator.statement(depth + 1) }
      generator.line(generator.values(kinds))
    }
  }

  mutating func values(_ kinds: [Kind]) -> String {
    let made = kinds.map { expression($0, 2) }
    return made.count == 1 ? made[0] : "[\(made.joined(separator: ", "))]"
  }

  // MARK: Loops

  private mutating func countLoop(_ depth: Int) {
    guard loops < 2 else { return assign() }
    let kind = random.pick([Kind.int, .float])
    let name = chance(3) ? fresh() : nil
    let bounds = random.pick([
      ("i = 0 to 3", Kind.int), ("i = 3 to 1", .int), ("i = 0 to len", .int), ("i = 1 to 7 by 3", .int),
      ("i = 0 to 0.3 by 0.1", .float), ("i = 1.0 to 0.1 by 0.3", .float), ("i = 0 to bar_index % 3", .int),
      ("i = 5 to 1 by -2", .int),
    ])
    line("\(name.map { "\($0) = " } ?? "")for \(bounds.0)")
    loops += 1
    nested { generator in
      generator.declared("i", bounds.1, isAssignable: false)
      for _ in 0...generator.random.below(2) { generator.statement(depth + 1) }
      if name != nil { generator.line(generator.expression(kind, 2)) }
    }
    loops -= 1
    if let name { declared(name, kind) }
  }

  private mutating func conditionLoop(_ depth: Int) {
    guard loops < 2 else { return assign() }
    names += 1
    let counter = "n\(names)"
    line("\(counter) = 0")
    line("while \(counter) < \(1 + random.below(4))")
    loops += 1
    nested { generator in
      generator.line("\(counter) += 1")
      for _ in 0...generator.random.below(2) { generator.statement(depth + 1) }
    }
    loops -= 1
  }

  private mutating func leave() {
    guard loops > 0 else { return assign() }
    line("if \(test(1))")
    line("    \(random.pick(["break", "continue"]))")
  }

  // MARK: Functions

  private mutating func callStatement() {
    let results = random.pick(functions.map(\.results) + [[.float]])
    guard let call = userCall(results, 2) else { return effect() }
    line(call)
  }

  /// A function of the main part; its body sees the names declared so far.
  mutating func function() {
    let outside = (conditions, statementsLeft, hasEffects, hasRequest)
    let name = "f\(functions.count)"
    let results = random.pick([[Kind.float], [.float], [.int], [.truth], [.float, .int], [.float, .float]])
    (mayHaveEffects, mayRequest) = (!chance(3), chance(4))
    if mayRequest { mayHaveEffects = false }
    (hasEffects, hasRequest, conditions) = (false, false, 0)
    var function = Function(
      name: name, parameters: [], results: results, hasEffects: false, hasRequest: false)
    scopes.append([])
    frame = scopes.count - 1
    line("\(name)(\(parameters(&function))) =>")
    indent += 1
    for _ in 0..<random.below(4) { statement(1) }
    if chance(3) {
      chosen("", results, 1)
    } else {
      line(values(results))
    }
    indent -= 1
    scopes.removeLast()
    forgetObjects()
    frame = 0
    function.hasEffects = hasEffects
    function.hasRequest = hasRequest
    (mayHaveEffects, mayRequest) = (true, true)
    (conditions, statementsLeft, hasEffects, hasRequest) = outside
    functions.append(function)
  }

  private mutating func parameters(_ function: inout Function) -> String {
    var texts: [String] = []
    for _ in 0..<random.below(3) {
      let kind = random.pick(Kind.allCases)
      let name = fresh()
      if function.parameters.contains(where: { $0.name == name }) { continue }
      let hasDefault = function.parameters.last?.hasDefault == true || chance(4)
      function.parameters.append((name, kind, hasDefault))
      var text = spelling(kind) + name
      if hasDefault {
        let taken = Set(function.parameters.map(\.name))
        let known = scopes[0].filter {
          $0.kind == kind && !$0.isAssignable && !taken.contains($0.text)
        }
        text += " = \(known.isEmpty || chance(2) ? constant(kind) : random.pick(known).text)"
      }
      texts.append(text)
    }
    for parameter in function.parameters {
      declared(parameter.name, parameter.kind, isAssignable: false)
    }
    return texts.joined(separator: ", ")
  }
}

extension String {
  func trimmingEnd() -> String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
