import CFxaot
import CThread
import Measuring
import Messaging

enum Rings {
  static let rounds = 9
  static let messages = 1 << 23
  static let batch = 256

  static func quote(_ n: Int) -> fxaot_quote {
    fxaot_quote(
      time_ns: Int64(n), symbol: 7, bid: 1.1, ask: 1.2, bid_size: 1, ask_size: Double(n & 1023))
  }

  /// One core, one thread: the ring is filled and emptied in turn into an array, each half timed on
  /// its own. The floor is a copy of as many messages from one array to another.
  static func oneCore() throws {
    let ring = try SPSCRing<fxaot_quote>(capacity: 1024)
    let arrays = UnsafeMutablePointer<fxaot_quote>.allocate(capacity: 2048)
    arrays.initialize(repeating: quote(1), count: 2048)
    defer { arrays.deallocate() }
    var pushes: [Double] = []
    var copies: [Double] = []
    var sum: Int64 = 0
    let laps = 2_000
    let pops = median(of: rounds) {
      var pushing = 0.0
      var popping = 0.0
      for lap in 0..<laps {
        let start = now()
        for n in 0..<1024 { _ = ring.push(quote(n)) }
        let middle = now()
        var place = arrays
        while let message = ring.pop() {
          place.pointee = message
          place += 1
        }
        popping += now() - middle
        pushing += middle - start
        sum &+= arrays[lap & 1023].time_ns
      }
      pushes.append(pushing / Double(laps * 1024))
      let start = now()
      for lap in 0..<laps {
        (arrays + 1024).update(from: arrays, count: 1024)
        arrays[lap & 1023].time_ns &+= 1
      }
      copies.append((now() - start) / Double(laps * 1024))
      return popping / Double(laps * 1024)
    }
    precondition(sum == Int64(rounds + 1) * (0..<laps).reduce(0) { $0 + Int64($1 & 1023) })
    report("ring_push", pushes.dropFirst().sorted()[rounds / 2], "ns")
    report("ring_pop", pops, "ns")
    report("ring_copy", copies.dropFirst().sorted()[rounds / 2], "ns")
  }

  /// The consumer on the first processor, producers on the others: left to itself, a system may run
  /// both sides in turn on one, where no line crosses, and the figures would be another thing's.
  static func acrossCores() throws {
    let wait = onThread(processor: 0) {
      do { try pinned() } catch { print("messaging: \(error)") }
    }
    wait()
  }

  private static func pinned() throws {
    report("ring_handover", handover(), "M/s")
    try report("ring_spsc_cross", try spsc(batch: batch), "M/s")
    try report("ring_spsc_single_cross", try spsc(batch: 1), "M/s")
    try report("ring_mpsc_cross", try mpsc(producers: 1, batch: batch), "M/s")
    try report("ring_mpsc_cross_2", try mpsc(producers: 2, batch: batch), "M/s")
    try report("ring_mpsc_cross_4", try mpsc(producers: 4, batch: batch), "M/s")
    try report("ring_mpsc_single_cross", try mpsc(producers: 1, batch: 1), "M/s")
    try report("ring_mpsc_single_cross_2", try mpsc(producers: 2, batch: 1), "M/s")
    try report("ring_mpsc_single_cross_4", try mpsc(producers: 4, batch: 1), "M/s")
  }

  /// No ring at all: two arrays of as many messages as half the rings hold, and a word each that
  /// says whose turn it is. What crossing costs when nothing else is done.
  static func handover() -> Double {
    let half = 2048
    let arrays = UnsafeMutablePointer<fxaot_quote>.allocate(capacity: half * 2 + batch)
    arrays.initialize(repeating: quote(1), count: half * 2 + batch)
    defer { arrays.deallocate() }
    nonisolated(unsafe) let places = arrays
    let turns = Turns()
    return median(of: rounds) {
      let start = now()
      let wait = onThread(processor: 1) {
        for piece in 0..<(messages / half) {
          turns.await(piece & 1, isFull: false)
          for at in stride(from: 0, to: half, by: batch) {
            (places + (piece & 1) * half + at).update(from: places + half * 2, count: batch)
          }
          turns.give(piece & 1, isFull: true)
        }
      }
      let buffer = UnsafeMutablePointer<fxaot_quote>.allocate(capacity: batch)
      defer { buffer.deallocate() }
      for piece in 0..<(messages / half) {
        turns.await(piece & 1, isFull: true)
        for at in stride(from: 0, to: half, by: batch) {
          buffer.update(from: arrays + (piece & 1) * half + at, count: batch)
        }
        turns.give(piece & 1, isFull: false)
      }
      let taken = now() - start
      wait()
      return Double(messages) / taken * 1e3
    }
  }

  /// By batches of that many from the producer, of 256 to the consumer. Millions of messages a
  /// second.
  static func spsc(batch: Int) throws -> Double {
    let shared = Shared(try SPSCRing<fxaot_quote>(capacity: 4096))
    return median(of: rounds) {
      let start = now()
      let wait = onThread(processor: 1) {
        feed(messages, by: batch) {
          batch == 1 ? (shared.value.push($0[0]) ? 1 : 0) : shared.value.push(contentsOf: $0)
        }
      }
      drain { shared.value.pop(into: $0) }
      let taken = now() - start
      wait()
      return Double(messages) / taken * 1e3
    }
  }

  static func mpsc(producers: Int, batch: Int) throws -> Double {
    let shared = Shared(try MPSCRing<fxaot_quote>(capacity: 4096))
    return median(of: rounds) {
      let start = now()
      let waits = (0..<producers).map {
        onThread(processor: $0 + 1) {
          feed(messages / producers, by: batch) {
            batch == 1 ? (shared.value.push($0[0]) ? 1 : 0) : shared.value.push(contentsOf: $0)
          }
        }
      }
      drain { shared.value.pop(into: $0) }
      let taken = now() - start
      for wait in waits { wait() }
      return Double(messages) / taken * 1e3
    }
  }

  /// Pushes until all have found room.
  @inline(__always)
  private static func feed(
    _ count: Int, by batch: Int, _ push: (UnsafeBufferPointer<fxaot_quote>) -> Int
  ) {
    let source = (0..<batch).map(quote)
    source.withUnsafeBufferPointer { source in
      var patience = Patience()
      var left = count
      while left > 0 {
        let pushed = push(UnsafeBufferPointer(rebasing: source[..<min(batch, left)]))
        left -= pushed
        if pushed == 0 { patience.wait() }
      }
    }
  }

  @inline(__always)
  private static func drain(_ pop: (UnsafeMutableBufferPointer<fxaot_quote>) -> Int) {
    let buffer = UnsafeMutableBufferPointer<fxaot_quote>.allocate(capacity: batch)
    defer { buffer.deallocate() }
    var patience = Patience()
    var left = messages
    while left > 0 {
      let count = pop(buffer)
      left -= count
      if count == 0 { patience.wait() }
    }
  }
}
