import StrategyIR

/// Facts about a program that the compiler needs before it starts.
struct ProgramFacts {
  /// How much history of each variable and field is read; 0: none.
  var depth: [Int]
  var fieldDepth: [Int]
  /// Variables that are written in one place only.
  var isWrittenOnce: [Bool]
  /// Expressions in which a `sequence` stands: evaluating them may change variables.
  var hasSequence: [Bool]

  init(_ program: Program) {
    depth = Array(repeating: 0, count: program.variables.count)
    fieldDepth = Array(repeating: 0, count: BarField.allCases.count)
    isWrittenOnce = []
    hasSequence = Array(repeating: false, count: program.expressions.count)
    var writes = Array(repeating: 0, count: program.variables.count)
    for (i, e) in program.expressions.enumerated() {
      switch e {
      case .history(let v, let offset):
        depth[v.index] = max(
          depth[v.index], Self.depth(program, offset, most: program.history()))
      case .barHistory(let field, let offset):
        let n = Int(field.rawValue)
        fieldDepth[n] = max(
          fieldDepth[n], Self.depth(program, offset, most: program.history(of: field)))
      case .sequence: hasSequence[i] = true
      default: break
      }
      if !hasSequence[i] {
        var found = false
        program.visitOperands(e) { found = found || hasSequence[$0.index] }
        hasSequence[i] = found
      }
    }
    for site in program.sites {
      for field in [BarField.close, .volume, .high, .low] {
        let n = Int(field.rawValue)
        fieldDepth[n] = max(fieldDepth[n], site.kernel.chartDepth(field))
      }
    }
    for block in program.blocks {
      for statement in block {
        switch statement {
        case .declare(let v, _), .declareOnce(let v, _), .assign(let v, _): writes[v.index] += 1
        default: break
        }
      }
    }
    for loop in program.loops { writes[loop.counter.index] += 2 }
    isWrittenOnce = writes.map { $0 == 1 }
  }

  private static func depth(_ program: Program, _ offset: ExpressionRef, most: Int) -> Int {
    guard case .number(let n) = program.expressions[offset.index] else { return most }
    // na and values out of range need no memory; the instruction checks them.
    return n >= 1 && n <= Double(most) ? Int(n) : 1
  }
}
