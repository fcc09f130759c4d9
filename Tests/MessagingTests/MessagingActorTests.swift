import Foundation
import TestThreads
import Testing

@testable import Messaging

/// Checks sequences on the worker's thread; read after the actor has stopped.
final class Seen: @unchecked Sendable {
  var sequences: Sequences
  var stops = 0
  var onMessage: (@Sendable (Numbered) -> Void)?

  init(producers: Int) { sequences = Sequences(producers: producers) }
}

struct Checking: ActorBehavior {
  let seen: Seen

  mutating func receive(_ messages: UnsafeBufferPointer<Numbered>) {
    for message in messages {
      seen.sequences.take(message)
      seen.onMessage?(message)
    }
  }

  mutating func stopped() { seen.stops += 1 }
}

private func options(_ waiting: Waiting, budget: Int = 256) -> WorkerOptions {
  var options = WorkerOptions()
  options.waiting = waiting
  options.budget = budget
  return options
}

extension MessagingTests {
  @Suite("actors and workers", .serialized) struct Actors {
    @Test(arguments: [Waiting.spin, .yield, .park], [16, 4_096])
    func `four senders, one actor: all arrive in order, and stopping loses none`(_ waiting: Waiting, _ capacity: Int)
      throws
    {
      let seen = Seen(producers: 4)
      let actor = try Actor.make(capacity: capacity, behavior: Checking(seen: seen))
      let worker = try Worker.start(options(waiting))
      try worker.add(actor)
      let total = min(messagesPerProducer, 200_000)
      together(
        (0..<4).map { producer in
          {
            for n in 0..<total {
              while actor.send(Numbered(producer, n)) != .accepted { sched_yield() }
            }
          }
        })
      #expect(actor.stop() && actor.stop())
      #expect(seen.sequences.faults == 0 && seen.sequences.next == [total, total, total, total])
      #expect(seen.stops == 1)
      #expect(actor.send(Numbered(0, 0)) == .stopped && actor.isStopped)
      #expect(actor.counters.handled == UInt64(4 * total))
      #expect(worker.destroy() && actor.destroy())
    }

    @Test func `a worker that is stopped under load handles exactly what was accepted`() throws {
      let seen = Seen(producers: 2)
      let actor = try Actor.make(capacity: 1_024, behavior: Checking(seen: seen))
      let worker = try Worker.start(options(.park))
      try worker.add(actor)
      let sent = Shared(Counts())
      seen.onMessage = { if $0.number == 500 && $0.producer == 0 { worker.stop() } }
      together(
        (0..<2).map { producer in
          {
            var n = 0
            while true {
              let outcome = actor.send(Numbered(producer, n))
              if outcome == .stopped { break }
              if outcome == .accepted { n += 1 } else { sched_yield() }
            }
            sent.value.set(producer, n)
          }
        })
      #expect(worker.join() && worker.join())
      worker.stop()
      #expect(seen.sequences.faults == 0 && seen.sequences.next == sent.value.values)
      #expect(seen.stops == 1)
      #expect(worker.destroy() && actor.destroy())
    }

    @Test func `a sleeping worker is woken by every message, 20,000 times over`() throws {
      let seen = Seen(producers: 1)
      let answers = Shared(try SPSCRing<UInt64>(capacity: 4))
      seen.onMessage = { _ = answers.value.push($0.number) }
      let actor = try Actor.make(capacity: 4, behavior: Checking(seen: seen))
      let worker = try Worker.start(options(.park))
      try worker.add(actor)
      for n in 0..<min(messagesPerProducer, 20_000) {
        #expect(actor.send(Numbered(0, n)) == .accepted)
        // Every other round long enough after the last that the worker is at any point of falling asleep.
        while true {
          if let answer = answers.value.pop() {
            #expect(answer == UInt64(n))
            break
          }
          sched_yield()
        }
        for _ in 0..<n % 64 { sched_yield() }
      }
      #expect(worker.destroy() && actor.destroy())
      #expect(seen.sequences.faults == 0)
    }

    @Test func `stopping and joining from the handler's own thread answers at once`() throws {
      let seen = Seen(producers: 1)
      let answers = Shared(Counts())
      let actor = try Actor.make(capacity: 8, behavior: Checking(seen: seen))
      let worker = try Worker.start(options(.park))
      seen.onMessage = { _ in
        answers.value.set(0, actor.stop() ? 1 : 2)
        answers.value.set(1, actor.destroy() || worker.join() || worker.destroy() ? 1 : 2)
      }
      try worker.add(actor)
      #expect(actor.send(Numbered(0, 0)) == .accepted)
      #expect(worker.join())
      #expect(answers.value.values == [2, 2])
      #expect(seen.stops == 1)
      #expect(worker.destroy() && actor.destroy())
    }

    @Test func `actors move between running workers while senders go on, in order`() throws {
      let seen = Seen(producers: 1)
      let actor = try Actor.make(capacity: 64, behavior: Checking(seen: seen))
      let workers = [try Worker.start(options(.park)), try Worker.start(options(.yield))]
      try workers[0].add(actor)
      #expect(throws: MessagingError.alreadyRunning) { try workers[1].add(actor) }
      #expect(throws: MessagingError.notFound) { try workers[1].remove(actor) }
      let total = min(messagesPerProducer, 100_000)
      together([
        { for n in 0..<total { while actor.send(Numbered(0, n)) != .accepted { sched_yield() } } },
        {
          for move in 0..<200 {
            try? workers[move % 2].remove(actor)
            try? workers[1 - move % 2].add(actor)
          }
        },
      ])
      #expect(actor.stop())
      #expect(seen.sequences.faults == 0 && seen.sequences.next == [total])
      for worker in workers { #expect(worker.destroy()) }
      #expect(actor.destroy())
    }

    @Test func `an actor that floods itself does not starve its neighbour: budgets alternate`() throws {
      let (greedy, modest) = (Seen(producers: 1), Seen(producers: 1))
      let first = try Actor.make(capacity: 1_024, behavior: Checking(seen: greedy))
      let second = try Actor.make(capacity: 16, behavior: Checking(seen: modest))
      let next = Shared(Counts())
      // One in, one out: the mailbox stays full until its neighbour has had its message.
      greedy.onMessage = { _ in
        if modest.sequences.next[0] == 0 {
          _ = first.send(Numbered(0, 100 + next.value.values[0]))
          next.value.set(0, next.value.values[0] + 1)
        }
      }
      for n in 0..<100 { #expect(first.send(Numbered(0, n)) == .accepted) }
      #expect(second.send(Numbered(0, 0)) == .accepted)
      let worker = try Worker.start(options(.park, budget: 10))
      try worker.add(first)
      try worker.add(second)
      #expect(second.stop() && first.stop())
      #expect(modest.sequences.next == [1] && greedy.sequences.faults == 0)
      #expect(worker.destroy() && first.destroy() && second.destroy())
    }

    @Test func `dropping the oldest: the newest arrive, and handled and dropped make all`() throws {
      let actor = try Actor.make(
        capacity: 4, overflow: .dropOldest,
        behavior: FunctionBehavior<Int>(state: nil) { _, _, _ in }
      )
      for n in 0..<10 { #expect(actor.send(n) == .accepted) }
      #expect(actor.counters.dropped == 6 && actor.counters.mailbox.waiting == 4)
      #expect(actor.stop())
      #expect(actor.counters.handled == 4)
      #expect(actor.destroy())
    }

    @Test func `a C function sees its state, the messages and their number`() throws {
      let sum = UnsafeMutablePointer<Int>.allocate(capacity: 1)
      defer { sum.deallocate() }
      sum.initialize(to: 0)
      let behavior = FunctionBehavior<Int>(state: sum) { state, messages, count in
        guard let sum = state?.assumingMemoryBound(to: Int.self) else { return }
        for index in 0..<count {
          sum.pointee += messages.load(fromByteOffset: index * 8, as: Int.self)
        }
      }
      let actor = try Actor.make(capacity: 8, behavior: behavior)
      let worker = try Worker.start(options(.spin))
      try worker.add(actor)
      #expect([1, 2, 3].withUnsafeBufferPointer { actor.send(contentsOf: $0) } == 3)
      #expect(actor.stop() && sum.pointee == 6)
      #expect(worker.destroy() && actor.destroy())
    }

    @Test func `a full mailbox refuses; a sender that waits gives up when its time is over`() throws {
      let actor = try Actor.make(
        capacity: 2, behavior: FunctionBehavior<Int>(state: nil) { _, _, _ in })
      #expect(actor.send(1) == .accepted && actor.send(2) == .accepted && actor.send(3) == .full)
      #expect(actor.send(3, waiting: 0) == .full)
      #expect(actor.counters.mailbox.refused == 2)
      #expect(actor.destroy())
    }

    @Test func `a processor that does not exist is reported, and the worker runs`() throws {
      var options = WorkerOptions()
      options.processor = 4_000
      let worker = try Worker.start(options)
      #expect(worker.pinning != .pinned && worker.pinning != .notAsked)
      let seen = Seen(producers: 1)
      let actor = try Actor.make(capacity: 2, behavior: Checking(seen: seen))
      try worker.add(actor)
      #expect(actor.send(Numbered(0, 0)) == .accepted)
      #expect(worker.destroy())
      #expect(seen.sequences.next == [1] && actor.send(Numbered(0, 1)) == .stopped)
      #expect(actor.destroy())
    }

    @Test func `a stopped worker takes no actors`() throws {
      let worker = try Worker.start()
      worker.stop()
      worker.stop()
      let actor = try Actor.make(
        capacity: 2, behavior: FunctionBehavior<Int>(state: nil) { _, _, _ in })
      #expect(throws: MessagingError.stopped) { try worker.add(actor) }
      #expect(worker.destroy() && actor.destroy())
    }

    final class Counts: @unchecked Sendable {
      private let lock = NSLock()
      private var numbers = [0, 0]
      var values: [Int] { lock.withLock { numbers } }
      func set(_ index: Int, _ value: Int) { lock.withLock { numbers[index] = value } }
    }
  }
}
