import StrategyIR

@testable import StrategyVM

/// Runs a program by walking its tree, in the plainest way: nothing is folded or compiled, each
/// variable keeps all its values and each kernel all its inputs. What the VM is compared with.
final class TreeEvaluator {
  struct Kept {
    var value: Double
    var past: [Double] = []
    var bar = -1
    var isSet = false
  }

  enum Exit { case none, breakLoop, continueLoop }

  let program: Program
  let bars: [ScriptBar]
  var parameters: [Double]
  var variables: [Kept]
  var sites: [KernelMemory]
  var bar = 0
  var plots: [Double] = []
  let texts: TextFunctions
  /// The results of each request on this bar.
  var requested: [[Double]] = []
  /// The request whose world this is; its results are left here.
  var own: RequestRef?
  var results: [Double] = []
  /// Conditions and loops around what is being run.
  var conditions = 0
  var loopDepth = 0

  init(_ program: Program, _ bars: [ScriptBar], own: RequestRef? = nil) {
    self.program = program
    self.bars = bars
    self.own = own
    parameters = program.parameters.map(\.initial)
    variables = program.variables.map { Kept(value: $0.type == .bool ? 0 : .nan) }
    sites = program.sites.map { KernelMemory($0.kernel) }
    texts = TextFunctions(arena: TextArena(program.texts), mintick: 0.01)
  }

  /// The plots of each bar, or a request's results.
  func run() -> [[Double]] {
    let worlds = own == nil ? program.requests.indices.map { hours(RequestRef(Int32($0))) } : []
    return bars.indices.map { i in
      bar = i
      plots = Array(repeating: .nan, count: program.plots.count)
      results = own.map { program.requests[$0.index].results.map { _ in .nan } } ?? []
      requested = worlds.map { $0[i] }
      _ = run(program.body)
      return own == nil ? plots : results
    }
  }

  /// For each of the chart's bars what a request at 60 minutes shows on it.
  private func hours(_ request: RequestRef) -> [[Double]] {
    let hour: Int64 = 3_600_000
    var gathered: [ScriptBar] = []
    var closing: [Int?] = []
    for one in bars {
      let start = one.time - one.time % hour
      if gathered.last?.time == start {
        let last = gathered.count - 1
        gathered[last].high = max(gathered[last].high, one.high)
        gathered[last].low = min(gathered[last].low, one.low)
        gathered[last].close = one.close
        gathered[last].volume += one.volume
      } else {
        var first = one
        first.time = start
        first.timeClose = start + hour
        gathered.append(first)
      }
      closing.append(one.timeClose == start + hour ? gathered.count - 1 : nil)
    }
    let values = TreeEvaluator(program, gathered, own: request).run()
    var shown = program.requests[request.index].results.map { _ in Double.nan }
    return closing.map { index in
      if let index { shown = values[index] }
      return shown
    }
  }

  // MARK: Statements

  func run(_ block: BlockRef) -> Exit {
    if block.isNone { return .none }
    for statement in program.blocks[block.index] {
      let exit = run(statement)
      if exit != .none { return exit }
    }
    return .none
  }

  private func run(_ statement: Statement) -> Exit {
    switch statement {
    case .evaluate(let e): _ = value(e)
    case .declare(let v, let e): declare(v, value(e))
    case .declareOnce(let v, let e):
      if variables[v.index].isSet {
        declare(v, variables[v.index].value)
      } else {
        let first = perhaps { value(e) }
        variables[v.index].value = first
        variables[v.index].isSet = true
        variables[v.index].bar = bar
      }
    case .assign(let v, let e): variables[v.index].value = value(e)
    case .branch(let c, let then, let otherwise):
      let decided = isTrue(value(c))
      return perhaps { run(decided ? then : otherwise) }
    case .forLoop(let n): forLoop(program.loops[Int(n)])
    case .whileLoop(let c, let body):
      loopDepth += 1
      defer { loopDepth -= 1 }
      while isTrue(value(c)) { if run(body) == .breakLoop { break } }
    case .breakLoop: return .breakLoop
    case .continueLoop: return .continueLoop
    case .plot(let n, let e): plots[Int(n)] = value(e)
    case .order, .risk, .fail: break
    }
    return .none
  }

  private func declare(_ v: VariableRef, _ x: Double) {
    if variables[v.index].bar != bar {
      variables[v.index].past.append(variables[v.index].value)
      variables[v.index].bar = bar
    }
    variables[v.index].value = x
  }

  private func forLoop(_ loop: ForLoop) {
    var i = value(loop.from)
    let step = loop.step.isNone ? 1 : value(loop.step)
    let size = step == step ? abs(step) : .infinity
    loopDepth += 1
    defer { loopDepth -= 1 }
    var to = value(loop.to)
    guard i == i, to == to, size > 0 else { return }
    let isUp = i <= to + 1e-10
    while isUp ? i <= to + 1e-10 : i >= to - 1e-10 {
      variables[loop.counter.index].value = i
      if run(loop.body) == .breakLoop { return }
      i += isUp ? size : -size
      to = value(loop.to)
    }
  }

  func isTrue(_ x: Double) -> Bool { x == x && x != 0 }
}
