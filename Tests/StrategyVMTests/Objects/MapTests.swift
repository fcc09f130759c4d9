import Indicators
import StrategyIR
import Testing

@testable import StrategyVM

@Suite("Maps")
struct MapTests {
  let at = HeapAtWork()
  let missing = Double.nan

  func map(_ key: ValueType = .int, _ value: ValueType = .float) -> Double {
    at.call(.mapNew, Double(key.rawValue), Double(value.rawValue))
  }

  @Test func `put returns the value before and keeps the key's place`() {
    let m = map()
    #expect(at.call(.mapPut, m, 3, 30).isNaN)
    #expect(at.call(.mapPut, m, 1, 10).isNaN)
    #expect(at.call(.mapPut, m, 3, 31) == 30)
    #expect(at.values(at.call(.mapKeys, m)) == [3, 1])
    #expect(at.values(at.call(.mapValues, m)) == [31, 10])
    #expect(at.call(.mapSize, m) == 2)
    #expect(at.call(.mapGet, m, 1) == 10)
    #expect(at.call(.mapGet, m, 2).isNaN)
    #expect(at.call(.mapContains, m, 3) == 1)
    #expect(at.call(.mapContains, m, 2) == 0)
    #expect(at.call(.mapKeyAt, m, 1) == 1)
    #expect(at.call(.mapValueAt, m, 0) == 31)
    at.call(.mapKeyAt, m, 2)
    #expect(at.fault() == .index(2, count: 2))
  }

  @Test func `many keys: the order stays, whatever goes and comes`() {
    let m = map()
    for i in 0..<1_000 { at.call(.mapPut, m, Double(i * 7_919 % 1_009), Double(i)) }
    for i in stride(from: 0, to: 1_000, by: 3) {
      #expect(at.call(.mapRemove, m, Double(i * 7_919 % 1_009)) == Double(i))
    }
    #expect(at.call(.mapRemove, m, 0).isNaN)
    let left = (0..<1_000).filter { $0 % 3 != 0 }
    #expect(at.values(at.call(.mapValues, m)) == left.map(Double.init))
    #expect(at.values(at.call(.mapKeys, m)) == left.map { Double($0 * 7_919 % 1_009) })
    for i in left { #expect(at.call(.mapGet, m, Double(i * 7_919 % 1_009)) == Double(i)) }
    at.call(.mapClear, m)
    #expect(at.call(.mapSize, m) == 0)
    #expect(at.call(.mapContains, m, 856) == 0)
  }

  @Test func `keys are equal by value: both zeros, na, equal texts`() {
    let m = map(.float)
    at.call(.mapPut, m, 0, 1)
    #expect(at.call(.mapPut, m, -0.0, 2) == 1)
    at.call(.mapPut, m, missing, 3)
    #expect(at.call(.mapGet, m, missing) == 3)
    for i in 1...20 { at.call(.mapPut, m, Double(i), 0) }
    #expect(at.call(.mapGet, m, -0.0) == 2)
    #expect(at.call(.mapGet, m, missing) == 3)
    let t = map(.text)
    at.call(.mapPut, t, at.text("a"), 4)
    #expect(at.call(.mapGet, t, at.text("a")) == 4)
  }

  @Test func `copies are apart; put_all puts in the other's order`() {
    let (m, other) = (map(), map())
    for i in 0..<12 { at.call(.mapPut, m, Double(i), 0) }
    let copy = at.call(.mapCopy, m)
    at.call(.mapPut, copy, 5, 50)
    #expect(at.call(.mapGet, m, 5) == 0)
    #expect(at.call(.mapGet, copy, 5) == 50)
    at.call(.mapPut, other, 99, 9)
    at.call(.mapPut, other, 3, 33)
    at.call(.mapPutAll, m, other)
    at.call(.mapPutAll, m, m)
    #expect(at.values(at.call(.mapKeys, m)) == (0..<12).map(Double.init) + [99])
    #expect(at.call(.mapGet, m, 3) == 33)
    at.call(.mapPutAll, m, missing)
    #expect(at.fault() == .missing)
  }

  @Test func `a map has at most 50,000 pairs`() {
    let m = map()
    for i in 0..<50_000 { at.call(.mapPut, m, Double(i), 1) }
    #expect(at.fault() == nil)
    #expect(at.call(.mapPut, m, 7, 2) == 1)
    at.call(.mapPut, m, 50_000, 1)
    #expect(at.fault() == .size(50_001, most: 50_000))
    #expect(at.call(.mapSize, m) == 50_000)
  }

  @Test func `a missing bool is false in version 6 and na before`() {
    for (version, expected) in [(UInt8(5), missing), (6, 0)] {
      let at = HeapAtWork(version: version)
      let m = at.call(.mapNew, Double(ValueType.int.rawValue), Double(ValueType.bool.rawValue))
      #expect(
        same(
          [at.call(.mapGet, m, 1), at.call(.mapPut, m, 2, 1), at.call(.mapRemove, m, 3)],
          [expected, expected, expected]))
    }
  }
}
