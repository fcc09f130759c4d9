import Measuring
import Messaging

/// Looking a key up: 30 instruments as a feed sends them, and 10,000 keys at random.
enum Dispatch {
  static func run() throws {
    try report("dispatch", try lookUps(keys: 30), "ns")
    report("dispatch_load", loads(), "ns")
    try report("dispatch_10000", try lookUps(keys: 10_000), "ns")
    try report("dispatch_build_10000", try build(), "ms")
  }

  /// Keys as the terms of atoms are: 64 apart.
  private static func keys(_ count: Int) -> [UInt64] {
    (0..<count).map { 0x4_2B0B + UInt64($0) * 64 }
  }

  /// Through a registry, as the engine does it: the current table, the hash, the value.
  private static func lookUps(keys count: Int) throws -> Double {
    let registry = try Registry<Int>()
    let keys = keys(count)
    try keys.withUnsafeBufferPointer { keys in
      try Array(0..<count).withUnsafeBufferPointer { try registry.replace(keys: keys, values: $0) }
    }
    let reader = try registry.makeReader()
    reader.enter()
    var random = SystemRandomNumberGenerator()
    let asked = (0..<4096).map { _ in keys[Int.random(in: 0..<count, using: &random)] }
    var sum = 0
    let result = median(of: 9) {
      let start = now()
      for _ in 0..<500 {
        asked.withUnsafeBufferPointer { asked in
          for key in asked { sum &+= reader.value(of: key) ?? -1 }
        }
      }
      return (now() - start) / (500 * 4096)
    }
    precondition(sum != 0)
    return result
  }

  /// The floor: the same loop over a table that the key itself numbers, one load for each.
  private static func loads() -> Double {
    let keys = keys(30)
    let asked = (0..<4096).map { _ in keys[Int.random(in: 0..<30)] }
    let table = Array(0..<64)
    var sum = 0
    let result = median(of: 9) {
      let start = now()
      for _ in 0..<500 {
        asked.withUnsafeBufferPointer { asked in
          table.withUnsafeBufferPointer { table in
            for key in asked { sum &+= table[Int(truncatingIfNeeded: key >> 6) & 63] }
          }
        }
      }
      return (now() - start) / (500 * 4096)
    }
    precondition(sum != 0)
    return result
  }

  private static func build() throws -> Double {
    let keys = keys(10_000)
    var built = 0
    let result = median(of: 9) {
      let start = now()
      keys.withUnsafeBufferPointer { built += (try? PerfectHash($0).count) ?? 0 }
      return (now() - start) / 1e6
    }
    precondition(built == 100_000)
    return result
  }
}
