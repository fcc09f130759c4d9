import StrategyIR

@testable import StrategyVM

extension TreeEvaluator {
  func value(_ e: ExpressionRef) -> Double {
    switch program.expressions[e.index] {
    case .number(let x): return x
    case .text(let ref): return Double(ref)
    case .parameter(let n): return parameters[Int(n)]
    case .variable(let v): return variables[v.index].value
    case .history(let v, let offset): return past(v, value(offset))
    case .bar(let field): return self.field(field, bar)
    case .barHistory(let field, let offset):
      let ago = value(offset)
      return ago == ago && bar - Int(ago) >= 0 ? self.field(field, bar - Int(ago)) : .nan
    case .unary(let op, let x): return NumberFunctions.unary(op, value(x))
    case .binary(let op, let a, let b):
      let left = value(a)
      return NumberFunctions.binary(op, left, value(b))
    case .and(let a, let b): return isTrue(value(a)) ? perhaps { value(b) } : 0
    case .or(let a, let b):
      let left = value(a)
      return isTrue(left) ? left : perhaps { value(b) }
    case .select(let c, let a, let b):
      let decided = isTrue(value(c))
      return perhaps { decided ? value(a) : value(b) }
    case .function(let function, let list): return call(function, list)
    case .kernel(let site):
      let inputs = program.arguments(program.sites[site.index].arguments).map(value)
      return sites[site.index].step(inputs, bar, isPerhaps: conditions > 0 || loopDepth > 0)
    case .request(let request, let k): return self.request(request, Int(k))
    case .sequence(let block, let value):
      _ = run(block)
      return self.value(value)
    default: return .nan
    }
  }

  /// Runs what is not run on every bar.
  func perhaps<T>(_ body: () -> T) -> T {
    conditions += 1
    defer { conditions -= 1 }
    return body()
  }

  private func past(_ v: VariableRef, _ offset: Double) -> Double {
    let empty = program.variables[v.index].type == .bool ? 0 : Double.nan
    guard offset == offset else { return .nan }
    let past = variables[v.index].past
    if offset == 0 { return variables[v.index].value }
    let n = Int(offset)
    return n <= past.count ? past[past.count - n] : empty
  }

  private func field(_ field: BarField, _ i: Int) -> Double {
    let bar = bars[i]
    return switch field {
    case .open: bar.open
    case .high: bar.high
    case .close: bar.close
    case .hl2: (bar.high + bar.low) / 2
    case .volume: bar.volume
    case .index: Double(i)
    default: .nan
    }
  }

  private func call(_ function: Function, _ list: ArgumentList) -> Double {
    let values = program.arguments(list).map(value)
    return values.withUnsafeBufferPointer {
      NumberFunctions.evaluate(function, $0, mintick: 0.01)
        ?? texts.evaluate(function, $0, texts: 3) ?? .nan
    }
  }

  private func request(_ request: RequestRef, _ k: Int) -> Double {
    guard own == request else { return own == nil ? requested[request.index][k] : .nan }
    _ = run(program.requests[request.index].block)
    results = program.requests[request.index].results.map(value)
    return results[k]
  }
}

/// A kernel as its definition says, over all inputs so far.
struct KernelMemory {
  let kernel: Kernel
  var inputs: [[Double]] = []
  var bar = -1

  init(_ kernel: Kernel) { self.kernel = kernel }

  /// The newest call of a bar stands for the bar. In a branch or loop, a bar without a call is one with the
  /// last call's values for ta.change.
  mutating func step(_ x: [Double], _ bar: Int, isPerhaps: Bool) -> Double {
    if bar == self.bar { inputs.removeLast() }
    if isPerhaps, kernel == .change, let last = inputs.last, bar > self.bar {
      inputs += Array(repeating: last, count: bar - self.bar - 1)
    }
    self.bar = bar
    inputs.append(x)
    let first = inputs.map { $0[0] }
    let known = first.filter { $0 == $0 }
    switch kernel {
    case .cum: return x[0] == x[0] ? known.reduce(0, +) : .nan
    case .fixnan: return known.last ?? .nan
    case .max: return known.max() ?? .nan
    case .min: return known.min() ?? .nan
    case .change:
      let n = Int(x[1])
      return inputs.count > n ? x[0] - first[inputs.count - 1 - n] : .nan
    case .barssince:
      return first.lastIndex { $0 == $0 && $0 != 0 }.map { Double(inputs.count - 1 - $0) } ?? .nan
    case .crossover, .crossunder:
      let both = inputs.filter { $0[0] == $0[0] && $0[1] == $0[1] }
      guard x[0] == x[0], x[1] == x[1], both.count > 1 else { return 0 }
      let before = both[both.count - 2]
      let isOver = kernel == .crossover
      return isOver
        ? (x[0] > x[1] && before[0] <= before[1] ? 1 : 0)
        : (x[0] < x[1] && before[0] >= before[1] ? 1 : 0)
    default: return .nan
    }
  }
}
