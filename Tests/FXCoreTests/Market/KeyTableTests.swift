import Testing

@testable import FXCore

struct KeyTableTests {
  @Test func anEmptyTableHasNothing() {
    let table = Keys()
    #expect(table.slot(of: 0) == -1)
    #expect(table.slot(of: 1) == -1)
    #expect(table.slot(of: .max) == -1)
  }

  @Test func keysAreFoundWhileTheTableGrowsAndAbsentOnesAreNot() {
    let table = Keys()
    // Addresses, small numbers and large ones, as refs come.
    let keys = (1...5_000).flatMap { (i: UInt64) -> [UInt64] in
      [i, i << 32, i &* 0x9E37_79B9_7F4A_7C15 | 1 << 63]
    }
    let distinct = Array(Set(keys)).sorted()
    for (slot, key) in distinct.enumerated() {
      #expect(table.slot(of: key) == -1)
      #expect(table.insert(key, slot))
    }
    #expect(table.count == distinct.count)
    #expect(distinct.indices.allSatisfy { table.slot(of: distinct[$0]) == $0 })
    #expect(table.slot(of: 0) == -1)
    #expect((6_000..<7_000).allSatisfy { table.slot(of: $0) == -1 })
  }

  @Test func keysWithTheSameHomeAreKeptApart() {
    // Multiples of the multiplier's inverse have hashes 1, 2, 3 …: all at home in place 0.
    let inverse: UInt64 = 0xF1DE_83E1_9937_733D
    #expect(inverse &* 0x9E37_79B9_7F4A_7C15 == 1)
    let table = Keys()
    for i in 1...200 { #expect(table.insert(UInt64(i) &* inverse, i)) }
    #expect((1...200).allSatisfy { table.slot(of: UInt64($0) &* inverse) == $0 })
    #expect(table.slot(of: 201 &* inverse) == -1)
    // Those at home in the last place go on at the first.
    let last = Keys()
    for i in 1...3 { #expect(last.insert((0 &- UInt64(i)) &* inverse, i)) }
    #expect((1...3).allSatisfy { last.slot(of: (0 &- UInt64($0)) &* inverse) == $0 })
  }

  @Test func aTableThatWasEmptiedTakesKeysAnew() {
    let table = Keys()
    for key in UInt64(1)...100 { #expect(table.insert(key, Int(key))) }
    table.removeAll()
    #expect(table.count == 0)
    #expect((1...100).allSatisfy { table.slot(of: UInt64($0)) == -1 })
    #expect(table.insert(7, 70))
    #expect(table.slot(of: 7) == 70)
  }
}

/// A table that #expect can be asked about: it takes no expression with a non-copyable value in it.
private final class Keys {
  private var table = KeyTable()

  var count: Int { table.count }
  func slot(of key: UInt64) -> Int { table.slot(of: key) }
  func insert(_ key: UInt64, _ slot: Int) -> Bool { table.insert(key, slot) }
  func removeAll() { table.removeAll() }
}
