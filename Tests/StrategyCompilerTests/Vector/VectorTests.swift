import Artifacts
import StrategyIR
import StrategyVM
import Testing

@testable import StrategyCompiler

extension ChildProcessTests {
  /// Array and lane code answers what the VM answers, to the bit.
  @Suite(.enabled(if: Checkout.toolchain != nil, "no Swift compiler is installed"))
  struct VectorTests {
    static let strategies = ["ma_crossover", "mean_reversion", "momentum_breakout"]
    static let counts = [0, 1, 7, 8, 9, 40, 511, 512, 513, 1064, 5000]
    static let processors = CPULevel.supported.filter { $0 == .x86_64v3 || $0 == .x86_64v4 }

    @Test(arguments: strategies)
    func `the array form answers as steps`(_ name: String) throws {
      let run = try VectorRun(try VectorRun.shipped(name))
      for count in Self.counts {
        let bars = walk(count, seed: UInt64(count + 1), size: 0.02)
        let stepped = try run.stepped(bars).map { $0 == $0 ? $0 : 0 }
        #expect(difference(try run.array(bars), stepped) == nil, "\(name), \(count) bars")
      }
      #expect(try run.array(walk(5000, size: 0.02)).contains { $0 != 0 })
    }

    @Test(arguments: processors)
    func `code for each processor gives the same bits`(_ cpu: CPULevel) throws {
      let run = try VectorRun(try VectorRun.shipped("ma_crossover"), cpu: cpu)
      let bars = walk(3000)
      #expect(difference(try run.array(bars), try run.stepped(bars)) == nil)
      let sets = Array(repeating: run.program.parameters.map(\.initial), count: 8)
      let lanes = try #require(try run.lanes(bars, sets))
      for lane in lanes { #expect(difference(lane, try run.stepped(bars)) == nil) }
    }

    @Test(arguments: strategies + ["fusion"])
    func `lanes answer as eight runs`(_ name: String) throws {
      let run = try VectorRun(try VectorRun.shipped(name))
      for count in Self.counts {
        let bars = walk(count, seed: UInt64(count + 3))
        let sets = Self.sets(run.program, seed: UInt64(count))
        let lanes = try #require(try run.lanes(bars, sets))
        for (set, lane) in zip(sets, lanes) {
          let stepped = try run.stepped(bars, run.named(set))
          #expect(difference(lane, stepped) == nil, "\(name), \(count) bars, \(set)")
        }
        if count == 5000 { #expect(lanes.contains { $0.contains { $0 != 0 } }) }
      }
    }

    /// The initial values, lengths of 1 and beyond the bars, and values near the initial ones.
    static func sets(_ program: Program, seed: UInt64) -> [[Double]] {
      var state = seed
      func random() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / Double(1 << 53)
      }
      return (0..<8).map { set in
        program.parameters.map { parameter in
          let isLength = parameter.kind == .int
          let value: Double =
            switch set {
            case 0: parameter.initial
            case 1: isLength ? 1 : parameter.initial
            case 2: isLength ? 32 : parameter.initial * 0.5
            case 3: isLength ? (random() * 300 + 1).rounded(.down) : parameter.initial * 0.1
            default:
              isLength
                ? (parameter.initial * (0.5 + random()) + 1).rounded(.down)
                : parameter.initial * (0.2 + random())
            }
          return min(max(value, parameter.minimum), parameter.maximum)
        }
      }
    }

    @Test func `windows of all lengths and histories that end in them`() throws {
      for (fast, slow, window) in [(1, 1, 1), (7, 7, 7), (3, 31, 255), (40, 900, 1500)] {
        let parameters: [(name: String, value: ParameterValue)] = [
          ("fast", .number(Double(fast))), ("slow", .number(Double(slow))),
          ("volume_window", .number(Double(window))), ("band", .number(0.0001)),
        ]
        let run = try VectorRun(try VectorRun.shipped("ma_crossover"), parameters)
        for count in [slow, slow + 1, window + 20, 9000] {
          let bars = walk(count)
          let stepped = try run.stepped(bars, parameters)
          #expect(difference(try run.array(bars), stepped) == nil, "\(fast) \(slow) \(window)")
        }
      }
    }

    @Test(arguments: strategies + ["fusion"])
    func `bars without price or volume are taken as by the VM`(_ name: String) throws {
      let run = try VectorRun(try VectorRun.shipped(name))
      for holes in 0..<4 {
        var bars = walk(3000)
        for i in bars.indices {
          if holes == 0 || holes == 3, i % 97 == 13 { bars[i].volume = 0 }
          if holes == 1, i > 2200, i % 211 == 5 { bars[i].close = .nan }
          if holes == 2, i == 3 || i == 1999 { bars[i].volume = .nan }
          if holes == 3, i % 500 > 450 { bars[i].volume = 0 }
          if holes == 3, i % 700 > 600 { bars[i].close = 0 }
        }
        let stepped = try run.stepped(bars)
        if name != "fusion" {
          let signals = stepped.map { $0 == $0 ? $0 : 0 }
          #expect(difference(try run.array(bars), signals) == nil, "\(name) \(holes)")
        }
        let sets = Self.sets(run.program, seed: 5)
        let lanes = try #require(try run.lanes(bars, sets))
        #expect(difference(lanes[0], stepped) == nil, "\(name) \(holes)")
        for (set, lane) in zip(sets, lanes) {
          let difference = difference(lane, try run.stepped(bars, run.named(set)))
          #expect(difference == nil, "\(name) \(holes) \(set)")
        }
      }
    }

    @Test func `parameters that it cannot take are refused`() throws {
      let run = try VectorRun(try VectorRun.shipped("ma_crossover"))
      let initial = run.program.parameters.map(\.initial)
      for (place, value) in [(0, 0.0), (1, 5001), (4, 2.5), (0, .nan), (2, .nan)] {
        var sets = Array(repeating: initial, count: 8)
        sets[6][place] = value
        #expect(try run.lanes(walk(100), sets) == nil, "\(value)")
      }
    }
  }
}
