/// Which statements of a program can change what it does: its orders, plots and errors (also that
/// of a loop's step), and of a request's world its results. Everything else is dead: plain values
/// that nothing reads, with all that only they need.
///
/// Functions over objects can stop the chart's script. A request's world has only those over objects that a live
/// statement reads, or that are reached from these.
///
/// What this must not drop: a statement with an effect anywhere in its expressions, all statements
/// around one that is live, and the ways out of a loop that is.
public struct Liveness {
  private var live: [[Bool]]

  public func isLive(_ block: BlockRef, _ statement: Int) -> Bool {
    live[block.index][statement]
  }

  /// - Parameters:
  ///   - results: variables that are read when the program has run.
  ///   - isOfRequest: whether it is a request's world.
  public init(_ program: Program, results: [VariableRef] = [], isOfRequest: Bool = false) {
    var flow = Flow(program, isOfRequest: isOfRequest)
    if isOfRequest { flow.connect() }
    flow.scan(program.body, inside: [])
    for variable in results { flow.need(.variable(variable)) }
    flow.spread()
    live = flow.live
  }

  /// Something that a statement provides and others need.
  private enum Thing: Hashable {
    case variable(VariableRef)
    case site(SiteRef)
    /// The ways out of a loop: needed when the loop is.
    case exits(Place)
    /// Objects that may refer to each other, by `Connected`.
    case objects(Int)
  }

  private struct Place: Hashable {
    let block, index: Int
  }

  private struct Flow {
    let program: Program
    let isOfRequest: Bool
    var connected: Connected
    var live: [[Bool]]
    /// The statements that write a thing, and those around them.
    var providers: [Thing: [Place]] = [:]
    var around: [Place: [Place]] = [:]
    var needed: Set<Thing> = []
    var work: [Place] = []

    init(_ program: Program, isOfRequest: Bool) {
      self.program = program
      self.isOfRequest = isOfRequest
      connected = Connected(isOfRequest ? program.variables.count + 1 : 0)
      live = program.blocks.map { Array(repeating: false, count: $0.count) }
    }

    /// Notes which statements write which variables, and starts with the statements that have an effect.
    mutating func scan(_ block: BlockRef, inside outer: [Place]) {
      if block.isNone { return }
      for (i, statement) in program.blocks[block.index].enumerated() {
        let place = Place(block: block.index, index: i)
        around[place] = outer
        let chain = outer + [place]
        switch statement {
        case .declare(let v, _), .declareOnce(let v, _), .assign(let v, _):
          providers[.variable(v), default: []].append(place)
        case .forLoop(let n):
          let loop = program.loops[Int(n)]
          providers[.variable(loop.counter), default: []].append(place)
          if program.mayBeBadStep(loop.step) { work.append(place) }
        case .order, .risk, .plot, .fail: work.append(place)
        case .breakLoop, .continueLoop:
          if let loop = outer.last(where: { isLoop($0) }) {
            providers[.exits(loop), default: []].append(place)
          }
        case .evaluate, .branch, .whileLoop: break
        }
        for e in program.expressions(of: statement) { scan(e, at: chain) }
        for inner in program.blocks(of: statement) { scan(inner, inside: chain) }
      }
    }

    private func isLoop(_ place: Place) -> Bool {
      switch program.blocks[place.block][place.index] {
      case .forLoop, .whileLoop: true
      default: false
      }
    }

    private mutating func scan(_ e: ExpressionRef, at chain: [Place]) {
      let expression = program.expressions[e.index]
      if case .kernel(let site) = expression, let place = chain.last {
        providers[.site(site), default: []].append(place)
      }
      if case .object = expression, let place = chain.last {
        if !isOfRequest {
          work.append(place)
        } else if let objects = objects(of: expression) {
          providers[.objects(objects), default: []].append(place)
        }
      }
      scan(program.blocks(of: expression), inside: chain)
      var inner: [ExpressionRef] = []
      program.visitOperands(expression) { inner.append($0) }
      for operand in inner { scan(operand, at: chain) }
    }

    // MARK: Objects

    /// Joins variables whose objects may refer to each other.
    mutating func connect() {
      for block in program.blocks {
        for statement in block {
          var holders: [Int] = []
          switch statement {
          case .declare(let v, let e), .declareOnce(let v, let e), .assign(let v, let e):
            if program.variables[v.index].type == .reference { holders.append(v.index) }
            holders += references(of: e)
          case .evaluate(let e): holders += references(of: e)
          default: break
          }
          if let first = holders.first { for other in holders.dropFirst() { connected.join(first, other) } }
        }
      }
    }

    /// The variables that an expression's objects come from; all drawings are one.
    private func references(of e: ExpressionRef) -> [Int] {
      let expression = program.expressions[e.index]
      switch expression {
      case .variable(let v), .history(let v, _):
        return program.variables[v.index].type == .reference ? [v.index] : []
      case .select(_, let a, let b): return references(of: a) + references(of: b)
      case .sequence(_, let inner): return references(of: inner)
      case .object: return arguments(of: expression)
      default: return []
      }
    }

    private func arguments(of call: Expression) -> [Int] {
      guard case .object(let function, let list) = call else { return [] }
      return program.arguments(list).flatMap(references) + (function.isOfDrawings ? [program.variables.count] : [])
    }

    /// nil: the call has no object.
    private mutating func objects(of call: Expression) -> Int? {
      arguments(of: call).first.map { connected.root($0) }
    }

    /// What is done to the objects that a variable refers to is seen through it.
    private mutating func needObjects(of v: VariableRef) {
      if isOfRequest, program.variables[v.index].type == .reference { need(.objects(connected.root(v.index))) }
    }

    mutating func need(_ thing: Thing) {
      if needed.insert(thing).inserted { work += providers[thing] ?? [] }
    }

    mutating func spread() {
      while let place = work.popLast() {
        if live[place.block][place.index] { continue }
        live[place.block][place.index] = true
        work += around[place] ?? []
        if isLoop(place) { need(.exits(place)) }
        for e in program.expressions(of: program.blocks[place.block][place.index]) { read(e) }
      }
    }

    /// The variables that a live expression reads. Blocks in it live by their own statements.
    private mutating func read(_ e: ExpressionRef) {
      let expression = program.expressions[e.index]
      switch expression {
      case .variable(let v), .history(let v, _):
        need(.variable(v))
        needObjects(of: v)
      case .kernelResult(let site, _): need(.site(site))
      case .object: if isOfRequest, let objects = objects(of: expression) { need(.objects(objects)) }
      default: break
      }
      var inner: [ExpressionRef] = []
      program.visitOperands(expression) { inner.append($0) }
      for operand in inner { read(operand) }
    }
  }
}

/// Numbers in groups. O(log n) for a step.
private struct Connected {
  private var above: [Int]

  init(_ count: Int) { above = Array(0..<count) }

  mutating func root(_ x: Int) -> Int {
    var x = x
    while above[x] != x {
      above[x] = above[above[x]]
      x = above[x]
    }
    return x
  }

  mutating func join(_ x: Int, _ y: Int) {
    let (a, b) = (root(x), root(y))
    above[max(a, b)] = min(a, b)
  }
}
