import CFxaot
import Foundation
import TestTerms
import TestThreads
import Testing

@testable import FXCore
@testable import Market

/// Collects what a sink is given; read after the actor has stopped.
private final class Collected: @unchecked Sendable {
  var events: [fxaot_event] = []
  var turns = 0

  static let sink:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<fxaot_event>?, UInt64)
      -> Void = { context, events, count in
        guard let context, let events else { return }
        let collected = Unmanaged<Collected>.fromOpaque(context).takeUnretainedValue()
        collected.events += UnsafeBufferPointer(start: events, count: Int(count))
        collected.turns += 1
      }

  var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }
}

/// An actor over a world's engine, with a puppet on each of its instruments that makes every quote a
/// bar event.
private final class Stage: @unchecked Sendable {
  let world: World
  let collected = Collected()
  let actor: UnsafeMutablePointer<EngineActor>

  init(_ world: World, _ change: (inout EngineActor.Options) -> Void = { _ in }) throws {
    self.world = world
    var options = EngineActor.Options()
    options.worker.waiting = .yield
    change(&options)
    actor = try EngineActor.make(
      world.engine, options, sink: Collected.sink, context: collected.context)
  }

  deinit { EngineActor.destroy(actor) }

  /// Again and again while there is no room.
  func send(_ ref: UInt64, _ time: Int64, _ bid: Double) {
    let quote = fxaot_quote(
      time_ns: time, symbol: 0, bid: bid, ask: bid + 0.0001, bid_size: 0, ask_size: 0)
    while actor.pointee.send(ref: ref, quote, entry: 0) == .full { sched_yield() }
  }
}

private let pairs = [("EUR", "USD"), ("GBP", "USD"), ("AUD", "USD"), ("NZD", "USD")]

/// A world with `count` instruments, refs 1 … count, each with a puppet of ref 100 + that.
private func world(_ count: Int) throws -> World {
  let world = try World { $0.bar_events = 1 }
  for index in 0..<count {
    try world.add(pairs[index].0, pairs[index].1, UInt64(index + 1))
    try world.deploy(ref: UInt64(100 + index + 1), on: UInt64(index + 1))
  }
  return world
}

private func price(_ ref: Int, _ n: Int) -> Double { 1 + Double((n * 37 + ref * 11) % 50) / 10_000 }

extension [fxaot_event] {
  fileprivate var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }
}

/// One after another: they start more threads than there are processors.
@Suite("Messaging of engines", .serialized) struct MessagingEngineTests {}

extension MessagingEngineTests {
  @Suite("engines as actors", .serialized) struct EngineActors {
    @Test func `the bell rings after every turn, and when the actor has stopped`() throws {
      final class Rings: @unchecked Sendable { var count = 0 }
      let (world, rings) = (try world(1), Rings())
      var options = EngineActor.Options()
      options.worker.budget = 4
      let actor = try EngineActor.make(
        world.engine, options, sink: nil,
        bell: { context in
          if let context { Unmanaged<Rings>.fromOpaque(context).takeUnretainedValue().count += 1 }
        }, context: Unmanaged.passUnretained(rings).toOpaque())
      actor.pointee.pause()
      for n in 1...10 {
        let quote = fxaot_quote(time_ns: Int64(n), symbol: 0, bid: 1, ask: 2, bid_size: 0, ask_size: 0)
        #expect(actor.pointee.send(ref: 1, quote, entry: 0) == .accepted)
      }
      let before = rings.count
      actor.pointee.resume()
      actor.pointee.stop()
      // Turns of 4, 4 and 2, and the end.
      #expect(rings.count == before + 4)
      EngineActor.destroy(actor)
    }

    @Test(arguments: [1, 7, 256])
    func `the same quotes cause the same events, to the bit, whatever the size of a turn`(_ budget: Int) throws {
      let inline = try world(1)
      let stage = try Stage(try world(1)) {
        $0.worker.budget = budget
        $0.capacity = 64
      }
      for n in 1...2_000 {
        inline.tick(start + Int64(n) * second, price(1, n), price(1, n) + 0.0001)
        stage.send(1, start + Int64(n) * second, price(1, n))
      }
      inline.advance(to: start + 3_000 * second)
      while stage.actor.pointee.send(passingTo: start + 3_000 * second) != .accepted { sched_yield() }
      stage.actor.pointee.stop()
      let expected = inline.take()
      let areSame = stage.collected.events.bytes == expected.bytes
      #expect(expected.count >= 2_000 && areSame)
      #expect(stage.world.stats.quotes == 2_000)
    }

    @Test func `four threads, one instrument each: every instrument's events are in order and complete`() throws {
      let stage = try Stage(try world(4)) { $0.capacity = 32 }
      let count = min(messagesPerProducer, 20_000)
      together(
        (1...4).map { ref in
          { for n in 1...count { stage.send(UInt64(ref), start + Int64(n), price(ref, n)) } }
        })
      stage.actor.pointee.stop()
      let bars = stage.collected.events.filter { $0.kind == UInt32(FXAOT_EVENT_BAR) }
      for ref in 1...4 {
        let times = bars.filter { $0.symbol_ref == UInt64(ref) }.map { $0.time_ns }
        let areComplete = times == (1...count).map { start + Int64($0) }
        #expect(areComplete)
      }
      let areNumbered = stage.collected.events.enumerated().allSatisfy {
        $1.sequence == UInt64($0 + 1)
      }
      #expect(areNumbered)
      let counters = stage.actor.pointee.counters
      #expect(counters.actor.handled == UInt64(4 * count) && counters.actor.mailbox.highWater <= 32)
    }

    @Test func `pausing under load sees all that was sent before, and the thread goes on after it`() throws {
      let stage = try Stage(try world(2)) { $0.capacity = 128 }
      let count = min(messagesPerProducer, 10_000)
      together([
        { for n in 1...count { stage.send(1, start + Int64(n), price(1, n)) } },
        {
          for n in 1...100 {
            stage.send(2, start + Int64(n), price(2, n))
            stage.actor.pointee.pause()
            let mine = stage.world.stats
            #expect(mine.quotes >= UInt64(n))
            stage.actor.pointee.resume()
          }
        },
      ])
      stage.actor.pointee.stop()
      #expect(stage.world.stats.accepted == UInt64(count + 100))
    }

    @Test func `pulled events are those of the sink; what finds no room is counted`() throws {
      let stage = try Stage(try world(1)) { $0.events = 100 }
      for n in 1...200 { stage.send(1, start + Int64(n), price(1, n)) }
      stage.actor.pointee.pause()
      var pulled: [fxaot_event] = []
      while true {
        let piece = [fxaot_event](unsafeUninitializedCapacity: 50) {
          $1 = stage.actor.pointee.pull(into: $0) ?? 0
        }
        if piece.isEmpty { break }
        pulled += piece
      }
      stage.actor.pointee.resume()
      let areSame = pulled.bytes == Array(stage.collected.events.prefix(128)).bytes
      #expect(areSame && pulled.count == 128)
      let all = UInt64(stage.collected.events.count)
      #expect(all >= 200 && stage.actor.pointee.counters.events.refused == all - 128)
    }

    @Test func `abandoning throws away what waits; begun stops still handle it`() throws {
      for isAbandoned in [false, true] {
        let stage = try Stage(try world(1))
        stage.actor.pointee.pause()
        for n in 1...500 { stage.send(1, start + Int64(n), price(1, n)) }
        if isAbandoned { stage.actor.pointee.abandon() } else { stage.actor.pointee.beginStop() }
        let quote = fxaot_quote()
        #expect(stage.actor.pointee.send(ref: 1, quote, entry: 0) == .stopped)
        stage.actor.pointee.resume()
        stage.actor.pointee.stop()
        #expect(stage.world.stats.quotes == (isAbandoned ? 0 : 500))
        #expect(stage.actor.pointee.hasEnded)
      }
    }

    @Test func `capacities are checked before anything is allocated`() throws {
      let world = try world(1)
      for (capacity, events) in [(0, 16), (-1, 16), (1 << 40, 16), (16, 0), (16, 1 << 40)] {
        var options = EngineActor.Options()
        options.capacity = capacity
        options.events = events
        #expect(throws: EngineError(FXAOT_BAD_CONFIG)) {
          try EngineActor.make(world.engine, options, sink: nil, context: nil)
        }
      }
      #expect(world.tick(start + 1, 1.1, 1.2) >= 0)
    }

    @Test func `instruments move between two actors under load: nothing lost, doubled or overtaken`() throws {
      let stages = [try Stage(try world(4)), try Stage(try World { $0.bar_events = 1 })]
      let router = Shared(try EngineRouter())
      var places = [0, 0, 0, 0]
      func routes() -> [fxaot_route] {
        places.enumerated().map { index, place in
          fxaot_route(
            symbol: UInt64(index + 1) << 32, symbol_ref: UInt64(index + 1),
            actor: OpaquePointer(stages[place].actor))
        }
      }
      func set() throws { try routes().withUnsafeBufferPointer { try router.value.setRoutes($0) } }
      try set()
      let count = min(messagesPerProducer, 5_000)
      let producers = Thread {
        together(
          (1...4).map { ref in
            {
              for n in 1...count {
                let quote = fxaot_quote(
                  time_ns: start + Int64(n), symbol: 0, bid: price(ref, n), ask: price(ref, n) + 0.0001,
                  bid_size: 0, ask_size: 0)
                while router.value.send(ref: UInt64(ref), quote, entry: 0) != .accepted {
                  sched_yield()
                }
              }
            }
          })
      }
      producers.start()
      var moves = 0
      while !producers.isFinished || moves < 8 {
        let index = moves % 4
        let (from, to) = (stages[places[index]], stages[1 - places[index]])
        to.actor.pointee.pause()
        places[index] = 1 - places[index]
        try set()
        from.actor.pointee.pause()
        let refs = [UInt64(index + 1)]
        try refs.withUnsafeBufferPointer {
          try Engine.move($0, from: from.world.engine, to: to.world.engine)
        }
        from.actor.pointee.resume()
        to.actor.pointee.resume()
        moves += 1
      }
      for stage in stages { stage.actor.pointee.stop() }
      let total = stages.reduce(0) { $0 + $1.world.stats.accepted }
      #expect(total == UInt64(4 * count) && router.value.unknown == 0)
      for ref in 1...4 {
        let times = stages.map { stage in
          stage.collected.events.filter {
            $0.symbol_ref == UInt64(ref) && $0.kind == UInt32(FXAOT_EVENT_BAR)
          }.map { $0.time_ns }
        }
        // Each actor's share is in order, and together they are all.
        #expect(times.allSatisfy { $0 == $0.sorted() })
        let areAll = times.flatMap { $0 }.sorted() == (1...count).map { start + Int64($0) }
        #expect(areAll)
      }
    }
  }
}
