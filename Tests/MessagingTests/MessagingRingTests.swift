import CFxaot
import Foundation
import TestThreads
import Testing

@testable import Messaging

/// One after another: they start more threads than there are processors.
@Suite("Messaging", .serialized) struct MessagingTests {}

/// A message that can be told from every other one: 48 bytes, all of them filled.
struct Numbered: BitwiseCopyable, Equatable {
  var producer: UInt64
  var number: UInt64
  var filling: (UInt64, UInt64, UInt64)
  var check: UInt64

  init(_ producer: Int, _ number: Int) {
    self.producer = UInt64(producer)
    self.number = UInt64(number)
    filling = (self.number &* 3, self.number ^ 0x55, self.producer &+ self.number)
    check = self.producer ^ (self.number &* 0x9E37_79B9_7F4A_7C15)
  }

  static func == (a: Numbered, b: Numbered) -> Bool {
    a.producer == b.producer && a.number == b.number && a.filling == b.filling
      && a.check == b.check
  }
}

/// Takes messages as they come and says whether each producer's are 0, 1, 2 … without a gap, a double
/// or a torn one.
struct Sequences {
  var next: [Int]
  var faults = 0
  var sum: UInt64 = 0

  init(producers: Int) { next = Array(repeating: 0, count: producers) }

  mutating func take(_ message: Numbered) {
    let producer = Int(message.producer)
    guard next.indices.contains(producer), message == Numbered(producer, next[producer]) else {
      faults += 1
      return
    }
    next[producer] += 1
    sum &+= message.number
  }
}

extension MessagingTests {
  @Suite("rings", .serialized) struct Rings {
    @Test(arguments: [(1, 1), (2, 2), (3, 4), (65, 128)])
    func `capacities are rounded up to a power of two`(_ asked: Int, _ given: Int) throws {
      #expect(try SPSCRing<fxaot_quote>(capacity: asked).capacity == given)
      #expect(try MPSCRing<fxaot_quote>(capacity: asked).capacity == given)
    }

    @Test(arguments: [0, -1, .min, .max, (1 << 26) + 1, 1 << 62])
    func `capacities that make no sense are refused`(_ asked: Int) {
      #expect(throws: MessagingError.badCapacity) {
        _ = try SPSCRing<fxaot_quote>(capacity: asked).capacity
      }
      #expect(throws: MessagingError.badCapacity) {
        _ = try MPSCRing<fxaot_quote>(capacity: asked).capacity
      }
    }

    @Test func `more than 4 GiB is refused: 2^26 slots of 64 bytes are just that, of 128 too many`() throws {
      #expect(try RingCapacity(atLeast: 1 << 26, slotBytes: 64).slots == 1 << 26)
      #expect(throws: MessagingError.badCapacity) {
        try RingCapacity(atLeast: 1 << 26, slotBytes: 128)
      }
      #expect(throws: MessagingError.badCapacity) {
        try RingCapacity(atLeast: (1 << 25) + 1, slotBytes: 65)
      }
    }

    @Test func `a 48-byte message and its stamp take one cache line`() {
      #expect(MPSCRing<fxaot_quote>.slotBytes == 64)
      #expect(MPSCRing<UInt8>.slotBytes == 64)
      #expect(MPSCRing<SIMD8<Double>>.slotBytes == 128)
    }

    @Test(arguments: [0, (1 << 32) - 3, (1 << 63) - 3, .max - 2] as [UInt64])
    func `full at the capacity, in order, and the counters add up, wherever the indices wrap`(_ start: UInt64) throws {
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

    @Test func `batches take what there is room for, over the end of the memory`() throws {
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

    @Test func `the high-water mark is the most that ever waited, not what was pushed`() throws {
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

    @Test func `a closed ring takes nothing more and is drained when its last message is popped`() throws {
      let ring = try MPSCRing<Int>(capacity: 4, startingAt: (1 << 63) - 1)
      #expect(ring.offer(1) == .accepted && ring.offer(2) == .accepted)
      ring.close()
      ring.close()
      #expect(ring.offer(3) == .closed && ring.isClosed && !ring.isDrained)
      #expect(ring.pop() == 1 && ring.pop() == 2 && ring.pop() == nil)
      #expect(ring.isDrained == true)
      #expect(ring.counters == RingCounters(pushed: 2, popped: 2, refused: 0, highWater: 2))
    }

    @Test(arguments: [64, 65_536])
    func `one producer: nothing lost, doubled or reordered`(_ capacity: Int) throws {
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

    @Test(arguments: [64, 65_536], [1, 7])
    func `eight producers, singly and by batches: nothing lost, doubled or reordered`(_ capacity: Int, _ batch: Int)
      throws
    {
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
