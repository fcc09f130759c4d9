import CFxaot
import Foundation
import TestTerms
import Testing

@testable import FXCore

/// Reloads of a script while a native thread handles quotes.
extension MessagingEngineTests {
  @Suite("reloads under an actor", .serialized) struct Reloads {
    @Test func `versions prepared beside the stream and swapped in between two turns change no event`() throws {
      let quotes = Scripts.walk(12_000, seed: 41)
      let (still, world) = (try World.eurusd(), try World.eurusd())
      for world in [still, world] { try world.deploy(script: ScriptReloadTests.busy) }
      still.send(quotes)
      var options = EngineActor.Options()
      options.worker.waiting = .yield
      options.events = 65_536
      let actor = try EngineActor.make(world.engine, options, sink: nil, context: nil)
      defer { EngineActor.destroy(actor) }
      let handle = SendableActor(actor: actor)
      let sender = Thread {
        for quote in quotes {
          let raw = fxaot_quote(
            time_ns: quote.time, symbol: 0, bid: quote.bid, ask: quote.ask, bid_size: 0, ask_size: 0)
          while handle.actor.pointee.send(ref: 1, raw, entry: 0) == .full { sched_yield() }
        }
        handle.done.signal()
      }
      sender.stackSize = 1 << 20
      sender.start()
      var reloads: UInt32 = 0
      repeat {
        actor.pointee.pause()
        let basis = try world.basis()
        actor.pointee.resume()
        let version = try world.prepare(script: ScriptReloadTests.busy, basis)
        actor.pointee.pause()
        try world.swap(version)
        actor.pointee.resume()
        reloads += 1
      } while handle.done.wait(timeout: .now()) == .timedOut
      actor.pointee.stop()
      #expect(world.strategies[0].version == reloads + 1)
      var events = [fxaot_event](repeating: fxaot_event(), count: 65_536)
      let count = try #require(events.withUnsafeMutableBufferPointer { actor.pointee.pull(into: $0) })
      let areSame = events.prefix(count).map(\.whole) == still.take().map(\.whole)
      #expect(areSame && count > 300)
    }
  }
}

private struct SendableActor: @unchecked Sendable {
  let actor: UnsafeMutablePointer<EngineActor>
  let done = DispatchSemaphore(value: 0)
}
