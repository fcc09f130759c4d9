import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// The bars that an engine keeps, and longer ones made of them.
struct KeptBarsTests {
  private func bar(_ number: Int) -> fxaot_bar {
    var bar = fxaot_bar()
    bar.open_time_ns = Int64(number) * minute
    bar.end_time_ns = bar.open_time_ns + minute
    bar.open = Double(number)
    return bar
  }

  @Test(arguments: [1, 2, 255, 256, 257, 400, 5_000])
  func `the newest bars are held by their numbers`(_ limit: Int) throws {
    let timeframe = try #require(Timeframe(fxaot_timeframe(kind: UInt32(FXAOT_TF_MINUTES), count: 1)))
    var kept = KeptBars(timeframe, basis: FXAOT_MID, limit: limit)
    defer { kept.release() }
    for pushed in 0..<1_100 {
      let count = min(pushed, limit)
      #expect(kept.pushed == pushed && kept.count == count && kept.oldest == pushed - count)
      let bars = try #require(kept.bars(from: kept.oldest))
      #expect(bars.map(\.open) == (pushed - count..<pushed).map { Double($0) })
      #expect(kept.bars(from: pushed)?.isEmpty == true)
      #expect(kept.bars(from: pushed + 1) == nil && kept.bars(from: kept.oldest - 1) == nil)
      kept.push(bar(pushed))
    }
  }

  @Test(arguments: [1, 256, 300, 1_000])
  func `a view keeps its bars, whatever becomes of the series`(_ limit: Int) throws {
    let timeframe = try #require(Timeframe(fxaot_timeframe(kind: UInt32(FXAOT_TF_MINUTES), count: 1)))
    var kept = KeptBars(timeframe, basis: FXAOT_MID, limit: limit)
    var views: [KeptView] = []
    for pushed in 0..<3_000 {
      if pushed % 97 == 0 { views.append(try #require(kept.view(from: kept.oldest))) }
      // Some are given up early, in another order than they came.
      if pushed % 500 == 499 { views.remove(at: views.count / 2) }
      kept.push(bar(pushed))
    }
    kept.release()
    for view in views {
      let expected = (max(view.end - limit, 0)..<view.end).map { Double($0) }
      #expect(view.bars?.map(\.open) == expected)
      var bytes: [UInt8] = []
      #expect(view.append(to: &bytes) && bytes.count == view.byteCount)
    }
  }

  @Test func `one series for each timeframe and price that somebody reads`() throws {
    let world = try World.eurusd { $0.kept_bars = 10 }
    try world.deploy("ma_crossover", kind: FXAOT_TF_MINUTES)
    try world.deploy("fusion", ref: 101, kind: FXAOT_TF_MINUTES)
    try world.deploy("ma_crossover", ref: 102, kind: FXAOT_TF_MINUTES, price: FXAOT_ASK)
    world.send(Scripts.walk(120, seed: 1))
    let state = { world.engine.pointee.instruments.base[0] }
    let own = try #require(state().series(Timeframe(minutes: 1), FXAOT_MID))
    #expect(own.pushed == 19 && own.count == 10)
    let ask = try #require(state().series(Timeframe(minutes: 1), FXAOT_ASK))
    #expect(ask.pushed == 19)
    let bars = try #require(own.bars(from: own.oldest))
    let asks = try #require(ask.bars(from: ask.oldest))
    #expect(zip(bars, asks).allSatisfy { $0.close < $1.close && $0.end_time_ns == $1.end_time_ns })
    try world.remove(102)
    #expect(state().series(Timeframe(minutes: 1), FXAOT_ASK) == nil)
    #expect(state().series(Timeframe(minutes: 1), FXAOT_MID)?.serial == own.serial)
    try world.remove(100)
    #expect(state().series(Timeframe(minutes: 1), FXAOT_MID)?.pushed == 19)
    try world.remove(101)
    #expect(state().keptCount == 0)
  }

  @Test func `kept bars go with their instrument`() throws {
    let quotes = Scripts.walk(3_000, seed: 2)
    let (still, from, to) = (try World.eurusd(), try World.eurusd(), try World())
    for world in [still, from] {
      try world.deploy(script: ScriptReloadTests.busy)
      world.send(Array(quotes[..<1_500]))
    }
    let version = try from.prepare(script: ScriptReloadTests.busy, try from.basis())
    try [UInt64(1)].withUnsafeBufferPointer {
      try Engine.move($0, from: from.engine, to: to.engine)
    }
    to.send(Array(quotes[1_500..<2_000]))
    // Prepared for it where it was before.
    try to.swap(version)
    still.send(Array(quotes[1_500...]))
    to.send(Array(quotes[2_000...]))
    let expected = still.take().map { "\($0.text) \($0.time_ns) \($0.price)" }
    #expect((from.take() + to.take()).map { "\($0.text) \($0.time_ns) \($0.price)" } == expected)
  }

  @Test(arguments: [(2, 1), (5, 1), (60, 1), (60, 15), (1_440, 60)])
  func `folded bars are those that quotes make`(_ long: Int, _ short: Int) throws {
    let world = try World.eurusd { $0.kept_bars = 100_000 }
    try world.deploy(ref: 100, kind: FXAOT_TF_MINUTES, count: UInt32(short))
    try world.deploy(ref: 101, kind: FXAOT_TF_MINUTES, count: UInt32(long))
    // With nights in which nothing comes.
    for (index, quote) in Scripts.walk(30_000, seed: 12).enumerated() {
      world.tick(quote.time + Int64(index / 997) * 7 * hour, quote.bid, quote.ask)
    }
    let state = world.engine.pointee.instruments.base[0]
    let expected = try #require(state.series(Timeframe(minutes: long), FXAOT_MID)?.bars(from: 0))
    let source = try #require(state.series(Timeframe(minutes: short), FXAOT_MID)?.bars(from: 0))
    var folding = BarFolding(to: Timeframe(minutes: long), .forex)
    var folded: [fxaot_bar] = []
    for bar in source { folding.take(bar) { folded.append($0) } }
    folding.pass(to: state.clock) { folded.append($0) }
    #expect(expected.count > 3)
    #expect(folded.map { Bar($0) } == expected.suffix(folded.count).map { Bar($0) })
    #expect(expected.count - folded.count <= 1)
  }

  @Test func `a bar whose beginning is missing is no bar`() {
    var folding = BarFolding(to: Timeframe(minutes: 5), .forex)
    var folded: [fxaot_bar] = []
    for number in 3..<12 { folding.take(bar(number)) { folded.append($0) } }
    #expect(folded.map(\.open_time_ns) == [5 * minute])
    folding.pass(to: 15 * minute - 1) { folded.append($0) }
    #expect(folded.count == 1)
    folding.pass(to: 15 * minute) { folded.append($0) }
    #expect(folded.map(\.open) == [5, 10])
  }
}

extension Timeframe {
  init(minutes: Int) {
    self = Timeframe(fxaot_timeframe(kind: UInt32(FXAOT_TF_MINUTES), count: UInt32(minutes)))!
  }
}
