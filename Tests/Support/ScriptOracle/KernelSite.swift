/// One `ta.*` call on one path: all arguments it was ever called with. Its answers are worked out
/// anew from these on each call. In a loop the bar's last call counts.
final class KernelSite {
  private var calls: [(bar: Int, arguments: [Double])] = []

  func call(_ name: String, _ arguments: [Double], at bar: Int) throws -> OracleValue {
    if calls.last?.bar == bar { calls.removeLast() }
    calls.append((bar, arguments))
    switch name {
    case "ta.sma", "math.sum", "ta.ema", "ta.rma", "ta.highest", "ta.lowest":
      return .number(try window(name, length: Int(arguments[1])))
    case "ta.change", "ta.mom": return .number(change(arguments.count > 1 ? Int(arguments[1]) : 1))
    case "ta.cum": return .number(cumulative())
    case "fixnan": return .number(sources().last { $0 == $0 } ?? .nan)
    case "ta.crossover": return .truth(crossed { $0 > $1 })
    case "ta.crossunder": return .truth(crossed { $0 < $1 })
    case "ta.barssince": return .number(barsSince())
    case "ta.valuewhen": return .number(valueWhen(Int(arguments[2])))
    default: throw OracleGap(what: name)
    }
  }

  private func sources() -> [Double] { calls.map { $0.arguments[0] } }

  /// Windows of calls. A call with na is left out: sma and sum answer then what they would without
  /// it, the recursive averages na.
  private func window(_ name: String, length n: Int) throws -> Double {
    let known = sources().filter { $0 == $0 }
    guard n >= 1, known.count >= n else { return .nan }
    let newest = known.suffix(n)
    switch name {
    case "math.sum": return newest.reduce(0, +)
    case "ta.sma": return newest.reduce(0, +) / Double(n)
    case "ta.highest": return newest.max() ?? .nan
    case "ta.lowest": return newest.min() ?? .nan
    default:
      guard sources().last == sources().last else { return .nan }
      return recursive(known, n, alpha: name == "ta.ema" ? 2 / Double(n + 1) : 1 / Double(n))
    }
  }

  private func recursive(_ values: [Double], _ n: Int, alpha: Double) -> Double {
    var average = values.prefix(n).reduce(0, +) / Double(n)
    for value in values.dropFirst(n) { average += alpha * (value - average) }
    return average
  }

  /// Bars on which the call was passed over count as bars with the values of the last call.
  private func change(_ n: Int) -> Double {
    guard let last = calls.last else { return .nan }
    let before = calls.last { $0.bar <= last.bar - n }
    return before.map { last.arguments[0] - $0.arguments[0] } ?? .nan
  }

  private func cumulative() -> Double {
    guard let last = sources().last, last == last else { return .nan }
    return sources().filter { $0 == $0 }.reduce(0, +)
  }

  /// On the other side than on the last call before on which both had a value; exactly.
  private func crossed(_ isBeyond: (Double, Double) -> Bool) -> Bool {
    guard let now = calls.last?.arguments else { return false }
    let before = calls.dropLast().last { $0.arguments.allSatisfy { $0 == $0 } }?.arguments
    guard let before else { return false }
    return isBeyond(now[0], now[1]) && !isBeyond(before[0], before[1])
  }

  private func barsSince() -> Double {
    Array(sources().reversed()).firstIndex(of: 1).map { Double($0) } ?? .nan
  }

  /// Arguments: condition, source, occurrence.
  private func valueWhen(_ occurrence: Int) -> Double {
    let times = calls.filter { $0.arguments[0] == 1 }
    return occurrence < times.count ? times[times.count - 1 - occurrence].arguments[1] : .nan
  }
}
