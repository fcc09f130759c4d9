import Testing

@testable import FXCore

struct SlotTableTests {
  @Test func `an empty table has nothing`() throws {
    let table = try Refs()
    #expect([0, 1, UInt64.max].allSatisfy { table.slot(of: $0) == -1 })
    table.remove(1)
    #expect(table.slot(of: 1) == -1)
  }

  @Test func `refs are found while the table grows and absent ones are not`() throws {
    let table = try Refs()
    // Addresses, small numbers and large ones, as refs come.
    let refs = (1...2_000).flatMap { (i: UInt64) -> [UInt64] in
      [i, i << 32, i &* 0x9E37_79B9_7F4A_7C15 | 1 << 63]
    }
    let distinct = Array(Set(refs)).sorted()
    for (slot, ref) in distinct.enumerated() {
      #expect(table.slot(of: ref) == -1)
      try table.insert(ref, slot)
      #expect(table.slot(of: ref) == slot)
    }
    #expect(distinct.indices.allSatisfy { table.slot(of: distinct[$0]) == $0 })
    #expect(table.slot(of: 0) == -1)
    #expect((6_000..<7_000).allSatisfy { table.slot(of: $0) == -1 })
  }

  @Test func `what is removed is gone and can come back in another slot`() throws {
    let table = try Refs()
    for ref in UInt64(1)...100 { try table.insert(ref, Int(ref)) }
    for ref in stride(from: UInt64(2), through: 100, by: 2) { table.remove(ref) }
    for ref in UInt64(1)...100 {
      #expect(table.slot(of: ref) == (ref % 2 == 1 ? Int(ref) : -1))
    }
    // The first come back one by one, while the hash is built anew without the others.
    for ref in stride(from: UInt64(2), through: 50, by: 2) { try table.insert(ref, 1_000) }
    for ref in UInt64(101)...300 { try table.insert(ref, Int(ref)) }
    for ref in UInt64(1)...300 {
      let expected =
        switch ref {
        case 1...50 where ref % 2 == 0: 1_000
        case 51...100 where ref % 2 == 0: -1
        default: Int(ref)
        }
      #expect(table.slot(of: ref) == expected)
    }
  }

  @Test func `one ref that comes and goes needs no more room`() throws {
    let table = try Refs()
    for round in 0..<10_000 {
      try table.insert(7, round)
      #expect(table.slot(of: 7) == round)
      table.remove(7)
      #expect(table.slot(of: 7) == -1)
    }
  }
}

/// A table that #expect can be asked about: it takes no expression with a non-copyable value in it.
private final class Refs {
  private var table: SlotTable

  init() throws { table = try SlotTable() }
  func slot(of ref: UInt64) -> Int { table.slot(of: ref) }
  func insert(_ ref: UInt64, _ slot: Int) throws { try table.insert(ref, slot) }
  func remove(_ ref: UInt64) { table.remove(ref) }
}
