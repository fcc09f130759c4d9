import CFxaot
import Foundation
import Testing

@testable import FXCore
@testable import Messaging

extension MessagingTests {
  @Suite("rings", .serialized) struct Rings {
    @Test(
      "capacities are rounded up to a power of two", arguments: [(1, 1), (2, 2), (3, 4), (65, 128)])
    func rounding(_ asked: Int, _ given: Int) throws {
      #expect(try SPSCRing<fxaot_quote>(capacity: asked).capacity == given)
      #expect(try MPSCRing<fxaot_quote>(capacity: asked).capacity == given)
    }

    @Test(
      "capacities that make no sense are refused",
      arguments: [0, -1, .min, .max, (1 << 26) + 1, 1 << 62])
    func refusals(_ asked: Int) {
      #expect(throws: MessagingError.badCapacity) {
        _ = try SPSCRing<fxaot_quote>(capacity: asked).capacity
      }
      #expect(throws: MessagingError.badCapacity) {
        _ = try MPSCRing<fxaot_quote>(capacity: asked).capacity
      }
    }

    @Test("more than 4 GiB is refused: 2^26 slots of 64 bytes are just that, of 128 too many")
    func bytes() throws {
      #expect(try RingCapacity(atLeast: 1 << 26, slotBytes: 64).slots == 1 << 26)
      #expect(throws: MessagingError.badCapacity) {
        try RingCapacity(atLeast: 1 << 26, slotBytes: 128)
      }
      #expect(throws: MessagingError.badCapacity) {
        try RingCapacity(atLeast: (1 << 25) + 1, slotBytes: 65)
      }
    }

    @Test("a 48-byte message and its stamp take one cache line")
    func slotSize() {
      #expect(MPSCRing<fxaot_quote>.slotBytes == 64)
      #expect(MPSCRing<UInt8>.slotBytes == 64)
      #expect(MPSCRing<SIMD8<Double>>.slotBytes == 128)
    }

    @Test(
      "full at the capacity, in order, and the counters add up, wherever the indices wrap",
      arguments: [0, (1 << 32) - 3, (1 << 63) - 3, .max - 2] as [UInt64])
    func wrapping(_ start: UInt64) throws {
      let one = try SPSCRing<Int>(capacity: 4, startingAt: start)
      let many = try MPSCRing<Int>(capacity: 4, startingAt: start)
      for lap in 0..<5 {
        for n in 0..<4 {
          let message = lap * 4 + n
          #expect(one.push(message) && many.push(message))
        }
        #expect(!one.push(99) && !many.push(99))
        for n in 0..<4 {
          let message = lap * 4 + n
          #expect(one.pop() == message && many.pop() == message)
        }
        #expect(one.pop() == nil && many.pop() == nil)
      }
      let counters = RingCounters(pushed: 20, popped: 20, refused: 5, highWater: 4)
      #expect(one.counters == counters && many.counters == counters)
    }

    @Test("batches take what there is room for, over the end of the memory")
    func batches() throws {
      let one = try SPSCRing<Int>(capacity: 8, startingAt: UInt64.max - 4)
      let many = try MPSCRing<Int>(capacity: 8, startingAt: UInt64.max - 4)
      let buffer = UnsafeMutableBufferPointer<Int>.allocate(capacity: 16)
      defer { buffer.deallocate() }
      try [1, 2, 3, 4, 5].withUnsafeBufferPointer { five in
        try #require(one.push(contentsOf: five) == 5 && many.push(contentsOf: five) == 5)
        try #require(one.push(contentsOf: five) == 3 && many.push(contentsOf: five) == 3)
        try #require(one.push(contentsOf: five) == 0 && many.push(contentsOf: five) == 0)
      }
      #expect(one.pop() == 1 && many.pop() == 1)
      #expect(one.pop(into: buffer) == 7 && Array(buffer[..<7]) == [2, 3, 4, 5, 1, 2, 3])
      #expect(many.pop(into: buffer) == 7 && Array(buffer[..<7]) == [2, 3, 4, 5, 1, 2, 3])
      #expect(one.pop(into: buffer) == 0 && many.pop(into: buffer) == 0)
      let counters = RingCounters(pushed: 8, popped: 8, refused: 7, highWater: 8)
      #expect(one.counters == counters && many.counters == counters)
    }

    @Test("the high-water mark is the most that ever waited, not what was pushed")
    func highWater() throws {
      let one = try SPSCRing<Int>(capacity: 16)
      let many = try MPSCRing<Int>(capacity: 16)
      for n in 0..<5 { #expect(one.push(n) && many.push(n)) }
      for n in 0..<4 { #expect(one.pop() == n && many.pop() == n) }
      for n in 5..<9 { #expect(one.push(n) && many.push(n)) }
      #expect(one.counters.highWater == 5 && many.counters.highWater == 5)
      #expect(one.push(9) && many.push(9))
      #expect(one.counters.highWater == 6 && many.counters.highWater == 6)
      #expect(one.counters.waiting == 6 && many.counters.waiting == 6)
    }

    @Test("a closed ring takes nothing more and is drained when its last message is popped")
    func closing() throws {
      let ring = try MPSCRing<Int>(capacity: 4, startingAt: (1 << 63) - 1)
      #expect(ring.offer(1) == .accepted && ring.offer(2) == .accepted)
      ring.close()
      ring.close()
      #expect(ring.offer(3) == .closed && ring.isClosed && !ring.isDrained)
      #expect(ring.pop() == 1 && ring.pop() == 2 && ring.pop() == nil)
      #expect(ring.isDrained == true)
      #expect(ring.counters == RingCounters(pushed: 2, popped: 2, refused: 0, highWater: 2))
    }

    @Test("one producer: nothing lost, doubled or reordered", arguments: [64, 65_536])
    func oneProducer(_ capacity: Int) throws {
      let shared = Shared(try SPSCRing<Numbered>(capacity: capacity))
      let total = messagesPerProducer
      let result = Shared(Result())
      together([
        {
          for n in 0..<total { while !shared.value.push(Numbered(0, n)) { sched_yield() } }
        },
        {
          var sequences = Sequences(producers: 1)
          while sequences.next[0] + sequences.faults < total {
            if let message = shared.value.pop() { sequences.take(message) } else { sched_yield() }
          }
          result.value.sequences = sequences
        },
      ])
      #expect(result.value.sequences.faults == 0 && result.value.sequences.next == [total])
      #expect(shared.value.counters.pushed == UInt64(total))
      #expect(shared.value.counters.popped == UInt64(total))
    }

    @Test(
      "eight producers, singly and by batches: nothing lost, doubled or reordered",
      arguments: [64, 65_536], [1, 7])
    func manyProducers(_ capacity: Int, _ batch: Int) throws {
      let shared = Shared(try MPSCRing<Numbered>(capacity: capacity))
      let (producers, total) = (8, messagesPerProducer)
      let result = Shared(Result())
      let senders: [@Sendable () -> Void] = (0..<producers).map { producer in
        { send(total, from: producer, by: batch, to: shared) }
      }
      together(
        senders + [
          {
            var sequences = Sequences(producers: producers)
            let buffer = UnsafeMutableBufferPointer<Numbered>.allocate(capacity: 32)
            defer { buffer.deallocate() }
            var count = 0
            while count < producers * total {
              let popped = shared.value.pop(into: buffer)
              for message in buffer[..<popped] { sequences.take(message) }
              count += popped
              if popped == 0 { sched_yield() }
            }
            result.value.sequences = sequences
          }
        ])
      let sequences = result.value.sequences
      #expect(sequences.faults == 0 && sequences.next == Array(repeating: total, count: producers))
      #expect(sequences.sum == UInt64(producers * (total * (total - 1) / 2)))
      let counters = shared.value.counters
      #expect(counters.pushed == UInt64(producers * total) && counters.waiting == 0)
      #expect(counters.highWater <= UInt64(capacity))
    }

    final class Result: @unchecked Sendable {
      var sequences = Sequences(producers: 0)
    }
  }
}

private func send(
  _ total: Int, from producer: Int, by batch: Int, to ring: Shared<MPSCRing<Numbered>>
) {
  var next = 0
  while next < total {
    let messages = (next..<min(next + batch, total)).map { Numbered(producer, $0) }
    messages.withUnsafeBufferPointer { messages in
      var sent = 0
      while sent < messages.count {
        let count =
          batch == 1
          ? (ring.value.push(messages[0]) ? 1 : 0)
          : ring.value.push(contentsOf: UnsafeBufferPointer(rebasing: messages[sent...]))
        sent += count
        if count == 0 { sched_yield() }
      }
    }
    next += messages.count
  }
}
