import StrategyIR

/// Prints how many bars a flow's values wait, and how far they reach back.
struct Waits {
  var flow: Flow
  let layout: FlowLayout

  /// Names of waits that `lines` prints.
  func name(_ wait: Int) -> String { wait == 0 ? "0" : "q\(wait)" }

  /// The waits and all that they are made of, in the order of their numbers.
  private func reachable(_ roots: [Int]) -> [Int] {
    var isReached = Array(repeating: false, count: flow.waits.count)
    for root in roots { isReached[root] = true }
    for wait in flow.waits.indices.reversed() where isReached[wait] {
      switch flow.waits[wait] {
      case .none, .past: break
      case .all(let inner): for other in inner { isReached[other] = true }
      case .later(let inner, _), .rows(let inner): isReached[inner] = true
      }
    }
    return flow.waits.indices.filter { isReached[$0] && $0 != 0 }
  }

  func lines(_ roots: [Int]) -> [String] {
    reachable(roots).map { "let \(name($0)): Int = \(text($0))" }
  }

  /// The invariants in them.
  func nodes(_ roots: [Int]) -> [Int] {
    reachable(roots).flatMap { wait -> [Int] in
      switch flow.waits[wait] {
      case .later(_, let lag): lag.terms
      case .past(let node, _): [node]
      case .none, .all, .rows: []
      }
    }
  }

  private func text(_ wait: Int) -> String {
    switch flow.waits[wait] {
    case .none: "0"
    case .all(let waits): waits.map(name).reduce("0") { "BarCount.larger(\($0), \($1))" }
    case .later(let wait, let lag): "\(name(wait)) &+ \(layout.bars(lag))"
    case .past(let node, let bits):
      "BarCount.past(\(layout.scalar(node)) - \(FlowLayout.literal(Double(bitPattern: bits))))"
    case .rows(let wait): "\(name(wait)) &+ 16"
    }
  }
}
