import CFxaot
import CThread
import FXCore

enum Rings {
  static let rounds = 9
  static let messages = 1 << 23
  static let batch = 256

  static func quote(_ n: Int) -> fxaot_quote {
    fxaot_quote(
      time_ns: Int64(n), symbol: 7, bid: 1.1, ask: 1.2, bid_size: 1, ask_size: Double(n & 1023))
  }

  /// One core, one thread: the ring is filled and emptied in turn, each half timed on its own.
  static func oneCore() throws {
    let ring = try SPSCRing<fxaot_quote>(capacity: 1024)
    var pushes: [Double] = []
    var sum: Int64 = 0
    let laps = 2_000
    let pops = median(of: rounds) {
      var pushing = 0.0
      var popping = 0.0
      for _ in 0..<laps {
        let start = now()
        for n in 0..<1024 { _ = ring.push(quote(n)) }
        let middle = now()
        while let message = ring.pop() { sum &+= message.time_ns }
        popping += now() - middle
        pushing += middle - start
      }
      pushes.append(pushing / Double(laps * 1024))
      return popping / Double(laps * 1024)
    }
    precondition(sum == Int64((rounds + 1) * laps) * 1023 * 512)
    report("ring_push", pushes.dropFirst().sorted()[rounds / 2], "ns")
    report("ring_pop", pops, "ns")
  }

  static func acrossCores() throws {
    report("ring_spsc_cross", try spsc(), "M/s")
    report("ring_mpsc_cross", try mpsc(producers: 1, batch: batch), "M/s")
    report("ring_mpsc_cross_2", try mpsc(producers: 2, batch: batch), "M/s")
    report("ring_mpsc_cross_4", try mpsc(producers: 4, batch: batch), "M/s")
    report("ring_mpsc_single_cross", try mpsc(producers: 1, batch: 1), "M/s")
    report("ring_mpsc_single_cross_2", try mpsc(producers: 2, batch: 1), "M/s")
    report("ring_mpsc_single_cross_4", try mpsc(producers: 4, batch: 1), "M/s")
  }

  /// Both sides by batches of 256. Millions of messages a second.
  static func spsc() throws -> Double {
    let shared = Shared(try SPSCRing<fxaot_quote>(capacity: 4096))
    return median(of: rounds) {
      let start = now()
      let wait = onThread {
        let source = (0..<batch).map(quote)
        source.withUnsafeBufferPointer { source in
          var patience = Patience()
          var left = messages
          while left > 0 {
            let count = shared.value.push(
              contentsOf: UnsafeBufferPointer(rebasing: source[..<min(batch, left)]))
            left -= count
            if count == 0 { patience.wait() }
          }
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
      let waits = (0..<producers).map { _ in
        onThread {
          let source = (0..<batch).map(quote)
          var patience = Patience()
          var left = messages / producers
          source.withUnsafeBufferPointer { source in
            while left > 0 {
              let count =
                batch == 1
                ? (shared.value.push(source[0]) ? 1 : 0)
                : shared.value.push(
                  contentsOf: UnsafeBufferPointer(rebasing: source[..<min(batch, left)]))
              left -= count
              if count == 0 { patience.wait() }
            }
          }
        }
      }
      drain { shared.value.pop(into: $0) }
      let taken = now() - start
      for wait in waits { wait() }
      return Double(messages) / taken * 1e3
    }
  }

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
