import Foundation
import TestThreads
import Testing

@testable import Messaging

extension MessagingTests {
  @Suite("perfect hash and registry", .serialized) struct Registries {
    static let adversaries: [@Sendable (Int) -> UInt64] = [
      { UInt64($0) },  // sequential
      { 0x4_2B0B + UInt64($0) * 64 },  // atoms, 64 apart
      { UInt64($0) << 48 | 0x1234 },  // equal low 48 bits
      { UInt64.max - UInt64($0) },  // equal high bits
      { UInt64($0) << 32 },  // multiples of 2^32
      { UInt64($0) &* 0xF1DE_83E1_9937_733D },  // multiples of the hash's inverse
    ]

    @Test(
      arguments: adversaries.indices,
      [0, 1, 2, 3, 5, 30, min(messagesPerProducer / 10, 10_000)])
    func `keys are numbered in the order given, and other keys have no number`(_ which: Int, _ count: Int) throws {
      let keys = (0..<count).map(Self.adversaries[which])
      let source = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: count)
      defer { source.deallocate() }
      _ = source.initialize(from: keys)
      let hash = try PerfectHash(UnsafeBufferPointer(source))
      let slots = keys.map { hash.slot(of: $0) }
      #expect(slots == Array(0..<count))
      #expect(zip(keys, slots).allSatisfy { hash.key(at: $1) == $0 })
      #expect(hash.key(at: -1) == nil && hash.key(at: count) == nil)
      let known = Set(keys)
      var random = SystemRandomNumberGenerator()
      for _ in 0..<1_000 {
        let other = random.next()
        #expect(known.contains(other) || hash.slot(of: other) == -1)
      }
    }

    @Test func `a key that comes twice is refused`() {
      #expect(throws: MessagingError.duplicateKey) {
        try [7, 8, 7].withUnsafeBufferPointer { _ = try PerfectHash($0).count }
      }
    }

    /// Keys 1 … 100, each with the value key × 1,000 + version.
    static func replace(_ registry: borrowing Registry<UInt64>, version: UInt64) throws {
      let keys = (1...100).map { UInt64($0) }
      let values = keys.map { $0 * 1_000 + version }
      try keys.withUnsafeBufferPointer { keys in
        try values.withUnsafeBufferPointer { try registry.replace(keys: keys, values: $0) }
      }
    }

    @Test func `a reader finds what the newest table says, and nothing outside enter and leave`() throws {
      let registry = try Registry<UInt64>()
      let reader = try registry.makeReader()
      reader.enter()
      #expect(reader.value(of: 5) == nil)
      try Self.replace(registry, version: 1)
      #expect(reader.value(of: 5) == 5_001 && reader.value(of: 101) == nil)
      reader.leave()
      #expect(reader.value(of: 5) == nil)
    }

    @Test func `an old table stays while a reader may hold it, and goes with refresh, leave and replace`() throws {
      let registry = try Registry<UInt64>()
      let reader = try registry.makeReader()
      let idle = try registry.makeReader()
      reader.enter()
      try Self.replace(registry, version: 1)
      try Self.replace(registry, version: 2)
      #expect(registry.waitingTables == 2)
      reader.refresh()
      registry.reclaim()
      #expect(registry.waitingTables == 0)
      try Self.replace(registry, version: 3)
      #expect(registry.waitingTables == 1)
      reader.leave()
      #expect(registry.waitingTables == 0)
      try Self.replace(registry, version: 4)
      #expect(registry.waitingTables == 0)
      idle.enter()
      #expect(idle.value(of: 100) == 100_004)
      idle.leave()
    }

    @Test func `a refused replacement changes nothing; readers are limited in number, and come back`() throws {
      let registry = try Registry<UInt64>()
      try Self.replace(registry, version: 1)
      #expect(throws: MessagingError.duplicateKey) {
        try [3, 3].withUnsafeBufferPointer { try registry.replace(keys: $0, values: $0) }
      }
      for _ in 0..<3 {
        var readers: [Shared<RegistryReader<UInt64>>] = []
        for _ in 0..<64 { readers.append(Shared(try registry.makeReader())) }
        #expect(throws: MessagingError.limit) { try registry.makeReader().leave() }
        readers[63].value.enter()
        #expect(readers[63].value.value(of: 9) == 9_001)
        readers[63].value.leave()
        readers.removeAll()
      }
    }

    @Test func `replaced again and again while four threads read: each look-up is right and never older`() throws {
      let registry = Shared(try Registry<UInt64>())
      try Self.replace(registry.value, version: 1)
      let versions: UInt64 = 100
      let faults = Shared(Faults())
      let readers: [@Sendable () -> Void] = (0..<4).map { number in
        { faults.value.add(readAll(registry, upTo: versions, leaving: number % 2 == 0)) }
      }
      together(
        readers + [
          { for version in 2...versions { try? Self.replace(registry.value, version: version) } }
        ])
      #expect(faults.value.count == 0)
      registry.value.reclaim()
      #expect(registry.value.waitingTables == 0)
    }

    final class Faults: @unchecked Sendable {
      private let lock = NSLock()
      private(set) var count = 0
      func add(_ more: Int) { lock.withLock { count += more } }
    }
  }
}

/// Looks up until the last version is seen; answers how many answers were wrong.
private func readAll(
  _ registry: Shared<Registry<UInt64>>, upTo last: UInt64, leaving: Bool
) -> Int {
  guard let reader = try? registry.value.makeReader() else { return 1 }
  var (newest, faults) = (UInt64(0), 0)
  reader.enter()
  while newest < last {
    for key in UInt64(1)...100 {
      guard let value = reader.value(of: key), value / 1_000 == key, value % 1_000 >= newest else {
        faults += 1
        continue
      }
      newest = value % 1_000
    }
    if reader.value(of: 0) != nil || reader.value(of: 101) != nil { faults += 1 }
    if leaving {
      reader.leave()
      reader.enter()
    } else {
      reader.refresh()
    }
    if faults > 0 { break }
    sched_yield()
  }
  reader.leave()
  return faults
}
