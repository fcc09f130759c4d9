import Foundation
import StrategyVM
import Testing

@testable import FXCore
@testable import Market

/// FXAOT_RELOADS=10000 reloads so many times.
struct ReloadMemoryTests {
  /// Holds arrays, a map, a matrix and objects that refer to each other; gives up some on each bar.
  static let script = """
    //@version=6
    strategy("Holds")
    type Node
        float value
        array<float> past
        Node next
    var closes = array.new<float>()
    var nodes = array.new<Node>()
    var seen = map.new<int, float>()
    var grid = matrix.new<float>(20, 20, 0)
    closes.push(close)
    if closes.size() > 30
        closes.shift()
    node = Node.new(close, closes.copy())
    node.next := node
    nodes.unshift(node)
    if nodes.size() > 20
        nodes.pop()
    seen.put(bar_index % 50, closes.avg())
    grid.set(bar_index % 20, 3, close)
    grid := grid.mult(grid.transpose()).copy()
    grid.fill(close)
    if close > closes.avg()
        strategy.entry("L", strategy.long, 1000)
    else
        strategy.close("L")
    """

  /// In a process of its own: in this one the memory of other tests comes and goes.
  @Test func `reloads of a script that holds collections leave nothing behind`() async {
    await #expect(processExitsWith: .success) {
      let count = ProcessInfo.processInfo.environment["FXAOT_RELOADS"].flatMap { Int($0) } ?? 1_000
      let world = try World.eurusd { $0.kept_bars = 40 }
      try world.deploy(script: ReloadMemoryTests.script)
      world.send(Scripts.walk(300, seed: 3))
      let program = try Scripts.program(ReloadMemoryTests.script).encoded()
      func reload() throws {
        let basis = try world.basis()
        let version = try program.withUnsafeBytes { try PreparedVersion.script($0, parameters: [], on: basis) }
        try world.swap(version)
        _ = world.take()
      }
      for _ in 0..<200 { try reload() }
      let before = try ReloadMemoryTests.kilobytes()
      for _ in 0..<count { try reload() }
      let growth = try ReloadMemoryTests.kilobytes() - before
      let isRunning = world.strategies[0].failure == nil && world.strategies[0].version == UInt32(201 + count)
      exit(isRunning && growth < 2_000 ? EXIT_SUCCESS : EXIT_FAILURE)
    }
  }

  static func kilobytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
    let number = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
    return try #require(number.flatMap { Int($0) })
  }
}
