/// Writes a program again, with constants for all known values: folds operators and
/// functions, follows constants through variables, drops the arms of branches that cannot be
/// taken and statements that have no effect, and derives the worlds of `request.security`.
///
/// It keeps the statements in an expression (a `sequence`) even if its value is known, unless they
/// stand in the arm of a decided condition that is not taken. It moves no operand past another one.
/// Only in a request's world, which places no orders, they come before their statement (for a request
/// under conditions see `Foreseen`).
public struct Rewriter<Known: Knowledge> {
  /// Which of a program's worlds to write.
  public enum World: Equatable {
    /// All of it: requests stay as they are.
    case whole
    /// The chart's: requests become reads of their worlds' results.
    case main
    /// A request's: no orders and plots; the request's results are this program's.
    case request(RequestRef)
  }

  /// The parts of a statement that are evaluated before a place in it.
  struct Passed {
    /// A sequence, with statements of its own.
    var isBlock = false
    /// Kernels, by the target's sites; those of values that are kept ahead of the statement are not
    /// among them.
    var sites: Set<SiteRef> = []
  }

  let source: Program
  let known: Known
  let world: World
  let liveness: Liveness?
  let common: CommonExpressions?
  /// Values that are kept, by their numbers: the variable, and the kernel's site if it is one.
  var kept: [Int: VariableRef] = [:]
  var keptSites: [Int: SiteRef] = [:]
  var foreseen = Foreseen()
  /// The parts of the current statement that are evaluated so far.
  var passed = Passed()
  /// Conditions and loops around this place.
  var conditions = 0
  /// Those of them within the statement at hand.
  var laziness = 0
  var target = ProgramBuilder()
  /// Constants that the source's variables hold at this point; the target's own are not in it.
  var held: [Double?]
  var siteNumbers: [SiteRef?]
  var requestNumbers: [RequestRef?]
  var orderCount = 0
  /// Variables that anything but one declaration writes.
  let reassigned: [Bool]
  /// Where the requests' results are, once they are evaluated in this world.
  var captured: [Int: [VariableRef]] = [:]
  /// Of the target's requests, in the original program.
  public private(set) var origins: [RequestRef] = []
  /// Requests of which something must be known before the first bar and is not: line and what.
  public internal(set) var open: [(line: Int, what: String)] = []

  /// - Parameter liveness: of the source; statements that are dead by it are left out.
  public init(_ source: Program, world: World, known: Known, liveness: Liveness? = nil) {
    self.init(source, world: world, known: known, liveness: liveness, common: nil)
  }

  init(
    _ source: Program, world: World, known: Known, liveness: Liveness?,
    common: CommonExpressions?
  ) {
    self.common = common
    self.source = source
    self.known = known
    self.world = world
    self.liveness = liveness
    held = Array(repeating: nil, count: source.variables.count)
    siteNumbers = Array(repeating: nil, count: source.sites.count)
    requestNumbers = Array(repeating: nil, count: source.requests.count)
    reassigned = source.reassignedVariables()
    target.program.settings = source.settings
    target.program.parameters = source.parameters
    target.program.variables = source.variables
    target.program.plots = source.plots
    target.program.texts = source.texts
  }

  /// The new program. In a request's world `results` are what the request answers (empty when its
  /// place is never reached).
  public mutating func run() -> (program: Program, results: [VariableRef]) {
    rewrite(source.body)
    var results: [VariableRef] = []
    if case .request(let request) = world { results = captured[request.index] ?? [] }
    return (target.finish(), results)
  }

  mutating func addOrigin(_ request: RequestRef) { origins.append(request) }

  // MARK: Constants

  /// The value of a constant of the target.
  func constant(_ e: ExpressionRef) -> Double? {
    switch target.program.expressions[e.index] {
    case .number(let x): x
    case .text(let ref): Double(ref)
    default: nil
    }
  }

  /// The value that a constant, or an expression that runs statements first, comes out as.
  func result(of e: ExpressionRef) -> Double? {
    if case .sequence(_, let value) = target.program.expressions[e.index] {
      return result(of: value)
    }
    return constant(e)
  }

  mutating func make(_ value: Double, _ type: ValueType) -> ExpressionRef {
    if type == .text, let ref = TextRef(exactly: value) {
      return target.add(.text(ref), .text)
    }
    return target.number(type == .bool && value != value ? 0 : value, type)
  }

  /// Keeps of the constants those that hold on both ways.
  mutating func merge(_ other: [Double?]) {
    for i in held.indices where held[i].map(\.bitPattern) != other[i].map(\.bitPattern) {
      held[i] = nil
    }
  }
}

extension Program {
  /// Whether a variable is written by anything but a single declaration.
  public func reassignedVariables() -> [Bool] {
    var writes = Array(repeating: 0, count: variables.count)
    for block in blocks {
      for statement in block {
        switch statement {
        case .declare(let v, _), .declareOnce(let v, _): writes[v.index] += 1
        case .assign(let v, _): writes[v.index] += 2
        default: break
        }
      }
    }
    for loop in loops { writes[loop.counter.index] += 2 }
    return writes.map { $0 > 1 }
  }
}
