import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// Instruments that move between engines at random points, beside an engine that has all of them
/// and in which nothing moves: the same quotes, deployments and advances, the same events.
struct MovingDeterminismTests {
  @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6, 7, 8])
  func `events are those of an engine that never moved`(seed: UInt64) throws {
    let worlds = try MovingWorlds(seed: seed)
    for _ in 0..<8_000 { try worlds.step() }
    worlds.collect()
    for symbol in UInt64(1)...MovingWorlds.instruments {
      let expected = Self.withoutNumbers(worlds.expected[symbol] ?? [])
      let moved = Self.withoutNumbers(worlds.moved[symbol] ?? [])
      #expect(moved.count == expected.count)
      let first = zip(moved, expected).enumerated().first { $1.0 != $1.1 }?.offset
      #expect(first == nil, "instrument \(symbol), event \(first ?? 0)")
      #expect(expected.count > 100)
    }
    #expect(worlds.moves > 100)
    #expect(worlds.movesWithWaitingOrders > 10)
    #expect(worlds.still.stats.fills > 100)
    #expect(worlds.sumsOfMoving == worlds.sums(of: [worlds.still]))
  }

  /// Bytes of events with each engine's own numbers taken out: no sequence, and order numbers counted
  /// as they appear, so that a fill still has its order's.
  static func withoutNumbers(_ events: [fxaot_event]) -> [[UInt8]] {
    var orders: [Int64: Int64] = [:]
    return events.map {
      var event = $0
      event.sequence = 0
      if event.order_id != 0 {
        orders[event.order_id] = orders[event.order_id] ?? Int64(orders.count + 1)
        event.order_id = orders[event.order_id] ?? 0
      }
      return withUnsafeBytes(of: event) { Array($0) }
    }
  }
}

/// Two engines between which instruments move, and one in which they stay.
final class MovingWorlds {
  static let instruments: UInt64 = 6
  /// Instruments that are converted through one another go together. The yen pair converts itself.
  static let groups: [[UInt64]] = [[1], [2], [3, 4], [5, 6]]

  let still: World
  let engines: [World]
  /// By instrument, which engine has it.
  private var places = [Int](repeating: 0, count: Int(instruments) + 1)
  private var homes: [UInt64: UInt64] = [:]
  private var random: RandomSource
  private var time: Int64 = start
  private(set) var expected: [UInt64: [fxaot_event]] = [:]
  private(set) var moved: [UInt64: [fxaot_event]] = [:]
  private(set) var moves = 0
  private(set) var movesWithWaitingOrders = 0

  init(seed: UInt64) throws {
    random = RandomSource(seed: seed)
    let make = { try World { $0.bar_events = 1 } }
    still = try make()
    engines = [try make(), try make()]
    for world in [still, engines[0]] {
      try world.add("EUR", "USD", 1)
      try world.add("USD", "JPY", 2, decimals: 3)
      try world.add("EUR", "GBP", 3)
      try world.add("GBP", "USD", 4)
      try world.add("USD", "CHF", 5)
      try world.add("EUR", "CHF", 6)
      // Each is on its best way of conversion from now on.
      for symbol in 1...Self.instruments { world.tick(time, 1, 1, on: symbol) }
    }
  }

  private func below(_ limit: Int) -> Int { Int(random.uniform() * Double(limit)) }

  func step() throws {
    switch below(60) {
    case 0, 1: try deploy()
    case 2: try remove()
    case 3:
      let later = time + Int64(below(40)) * second
      for world in engines + [still] { world.advance(to: later) }
    case 4, 5: try move(Self.groups[below(Self.groups.count)])
    case 6: try move(Self.groups[below(2)] + Self.groups[2 + below(2)].reversed())
    default: quote()
    }
    if below(10) == 0 { collect() }
  }

  private func quote() {
    let symbol = UInt64(1 + below(Int(Self.instruments)))
    time += Int64(below(4)) * second / 2
    let scale = symbol == 2 ? 100.0 : 1
    let price = (1 + (random.uniform() - 0.5) / 10) * scale
    let size = random.uniform() * 100
    if below(2) == 0 {
      for world in [engines[places[Int(symbol)]], still] {
        world.tick(time, price, price * 1.0001, on: symbol, sizes: (size, size))
      }
      return
    }
    let names = ["", "EURUSD", "USDJPY", "EURGBP", "GBPUSD", "USDCHF", "EURCHF"]
    let record = fxaot_quote(
      time_ns: time, symbol: Terms.key(names[Int(symbol)]), bid: price, ask: price * 1.0001,
      bid_size: size, ask_size: size)
    withUnsafeBytes(of: record) { bytes in
      for world in [engines[places[Int(symbol)]], still] {
        world.engine.pointee.ticks(bytes.baseAddress!, count: 1)
      }
    }
  }

  private func deploy() throws {
    let names: [StaticString] = ["puppet", "feeds", "ma_crossover", "mean_reversion", "fusion"]
    let frames = [
      (FXAOT_TF_TICK, 1), (FXAOT_TF_TICKS, 7), (FXAOT_TF_SECONDS, 10), (FXAOT_TF_MINUTES, 1),
    ]
    let ref = UInt64(1 + below(40))
    let symbol = UInt64(1 + below(Int(Self.instruments)))
    if homes[ref] != nil { return }
    homes[ref] = symbol
    let (name, frame, price) = (names[below(5)], frames[below(4)], below(3))
    let params: KeyValuePairs<StaticString, Double> =
      name.description == "puppet" ? ["center": symbol == 2 ? 100 : 1] : [:]
    for world in [engines[places[Int(symbol)]], still] {
      try world.deploy(
        name, ref: ref, on: symbol, kind: frame.0, count: UInt32(frame.1), price: price,
        params: params)
    }
  }

  private func remove() throws {
    let ref = UInt64(1 + below(40))
    guard let symbol = homes.removeValue(forKey: ref) else { return }
    for world in [engines[places[Int(symbol)]], still] { try world.remove(ref) }
  }

  /// In one step or by way of a parcel; only a set whose instruments are all in one engine.
  private func move(_ symbols: [UInt64]) throws {
    let from = places[Int(symbols[0])]
    guard symbols.allSatisfy({ places[Int($0)] == from }) else { return }
    let (source, target) = (engines[from], engines[1 - from])
    collect()  // an instrument's events, first those of the engine in which it has been
    let waiting = source.engine.pointee.accountState.venue.waiting.count
    try symbols.withUnsafeBufferPointer { refs in
      if below(2) == 0 {
        try Engine.move(refs, from: source.engine, to: target.engine)
      } else {
        var parcel = try source.engine.pointee.exportInstruments(refs)
        try target.engine.pointee.adopt(&parcel)
      }
    }
    moves += 1
    if source.engine.pointee.accountState.venue.waiting.count < waiting { movesWithWaitingOrders += 1 }
    for symbol in symbols { places[Int(symbol)] = 1 - from }
  }

  /// Puts the events since the last call to those of their instruments.
  func collect() {
    for event in still.take() { expected[event.symbol_ref, default: []].append(event) }
    for world in engines {
      for event in world.take() { moved[event.symbol_ref, default: []].append(event) }
    }
  }

  /// Positions and strategies by their refs, and the account's sums.
  func sums(of worlds: [World]) -> [[Int64]] {
    let positions = worlds.flatMap(\.positions).sorted { $0.symbol_ref < $1.symbol_ref }
    let strategies = worlds.flatMap(\.strategies).sorted { $0.strategy_ref < $1.strategy_ref }
    return positions.map {
      [Int64($0.symbol_ref), $0.quantity, $0.realised_micro, $0.unrealised_micro]
    }
      + strategies.map {
        [
          Int64($0.strategy_ref), Int64($0.symbol_ref), Int64($0.bars), Int64($0.signals),
          Int64($0.orders), Int64($0.fills), Int64($0.rejects), $0.quantity, $0.realised_micro,
          $0.unrealised_micro,
        ]
      } + [
        [
          worlds.reduce(0) { $0 + $1.account.realised_micro },
          worlds.reduce(0) { $0 + $1.account.unrealised_micro },
        ]
      ]
  }

  var sumsOfMoving: [[Int64]] { sums(of: engines) }
}
