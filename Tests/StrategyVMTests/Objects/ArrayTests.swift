import Indicators
import StrategyIR
import Testing

@testable import StrategyVM

@Suite("Arrays")
struct ArrayTests {
  let at = HeapAtWork()
  let missing = Double.nan

  @Test func `an array has its size and its first values`() {
    let a = at.call(.arrayNew, 1, 3, 7)
    #expect(at.values(a) == [7, 7, 7])
    #expect(at.call(.arraySize, a) == 3)
    #expect(at.call(.arraySize, at.call(.arrayNew, 1, missing, 7)) == 0)
    at.call(.arrayNew, 1, -1, 7)
    #expect(at.fault() == .size(-1, most: 100_000))
    at.call(.arrayNew, 1, 100_001, 7)
    #expect(at.fault() == .size(100_001, most: 100_000))
    at.call(.arrayNew, 1, .infinity, 7)
    #expect(at.fault() == .size(.infinity, most: 100_000))
    at.call(.arrayNew, 6, 1, 7)
    #expect(at.fault() == .argument(6))
  }

  @Test func `elements are read and written by index, from the end with negative ones`() {
    let a = at.floats(10, 11, 12)
    #expect(at.call(.arrayGet, a, 2) == 12)
    #expect(at.call(.arrayGet, a, -1) == 12)
    #expect(at.call(.arrayGet, a, -3) == 10)
    at.call(.arraySet, a, -2, 5)
    #expect(at.values(a) == [10, 5, 12])
    #expect(at.call(.arrayGet, a, missing).isNaN)
    at.call(.arraySet, a, missing, 1)
    #expect(at.fault() == nil)
    #expect(at.values(a) == [10, 5, 12])
    at.call(.arrayGet, a, 3)
    #expect(at.fault() == .index(3, count: 3))
    at.call(.arraySet, a, -4, 0)
    #expect(at.fault() == .index(-4, count: 3))
    at.call(.arrayGet, a, .infinity)
    #expect(at.fault() == .index(.infinity, count: 3))
    at.call(.arrayGet, missing, 0)
    #expect(at.fault() == .missing)
    at.call(.arrayGet, Pine.Reference.of(99), 0)
    #expect(at.fault() == .missing)
    #expect(at.call(.arrayGet, at.array([1], .bool), missing) == 0)
  }

  @Test func `version 5 knows no negative indices, and na bools`() {
    let at = HeapAtWork(version: 5)
    let a = at.array([1, 1], .bool)
    at.call(.arrayGet, a, -1)
    #expect(at.fault() == .index(-1, count: 2))
    #expect(at.call(.arrayGet, a, missing).isNaN)
  }

  @Test func `elements are added and removed at both ends and between`() {
    let a = at.floats()
    for x in 1...20 { at.call(.arrayPush, a, Double(x)) }
    #expect(at.values(a) == (1...20).map(Double.init))
    #expect(at.call(.arrayShift, a) == 1)
    #expect(at.call(.arrayPop, a) == 20)
    at.call(.arrayUnshift, a, 100)
    at.call(.arrayUnshift, a, 101)
    #expect(at.values(a) == [101, 100] + (2...19).map(Double.init))
    at.call(.arrayInsert, a, 1, 7)
    at.call(.arrayInsert, a, 21, 8)
    at.call(.arrayInsert, a, -1, 9)
    at.call(.arrayInsert, a, missing, 10)
    #expect(at.values(a) == [101, 7, 100] + (2...19).map(Double.init) + [9, 8, 10])
    #expect(at.call(.arrayRemove, a, 1) == 7)
    #expect(at.call(.arrayRemove, a, -2) == 8)
    #expect(at.call(.arrayRemove, a, missing).isNaN)
    #expect(at.values(a) == [101, 100] + (2...19).map(Double.init) + [9, 10])
    at.call(.arrayInsert, a, 23, 0)
    #expect(at.fault() == .index(23, count: 22))
    at.call(.arrayRemove, a, 22)
    #expect(at.fault() == .index(22, count: 22))
    at.call(.arrayClear, a)
    #expect(at.values(a) == [])
    for function in [ObjectFunction.arrayPop, .arrayShift, .arrayFirst, .arrayLast] {
      at.call(function, a)
      #expect(at.fault() == .empty)
    }
  }

  @Test func `an array has at most 100,000 elements`() {
    let a = at.call(.arrayNew, 1, 100_000, 1)
    at.call(.arrayPush, a, 2)
    #expect(at.fault() == .size(100_001, most: 100_000))
    at.call(.arrayConcat, a, at.floats(1, 2))
    #expect(at.fault() == .size(100_002, most: 100_000))
    #expect(at.call(.arraySize, a) == 100_000)
  }

  @Test func `first and last, copy, concat, fill, reverse`() {
    let a = at.floats(1, 2, 3)
    #expect(at.call(.arrayFirst, a) == 1)
    #expect(at.call(.arrayLast, a) == 3)
    let b = at.call(.arrayCopy, a)
    at.call(.arraySet, b, 0, 9)
    #expect(at.values(a) == [1, 2, 3])
    #expect(at.call(.arrayConcat, a, b) == a)
    #expect(at.values(a) == [1, 2, 3, 9, 2, 3])
    at.call(.arrayConcat, b, b)
    #expect(at.values(b) == [9, 2, 3, 9, 2, 3])
    at.call(.arrayFill, a, 0, 1, 3)
    #expect(at.values(a) == [1, 0, 0, 9, 2, 3])
    at.call(.arrayFill, a, 5, 4, missing)
    #expect(at.values(a) == [1, 0, 0, 9, 5, 5])
    at.call(.arrayFill, a, 5, 3, 1)
    at.call(.arrayReverse, a)
    #expect(at.values(a) == [5, 5, 9, 0, 0, 1])
    at.call(.arrayFill, a, 5, -1, 2)
    #expect(at.fault() == .index(-1, count: 6))
    at.call(.arrayFill, a, 5, 0, 7)
    #expect(at.fault() == .index(7, count: 6))
  }

  @Test func `na comes last in ascending and first in descending order`() {
    let a = at.floats(5, missing, -2, 9, missing, 0)
    #expect(at.values(at.call(.arraySortIndices, a, 1)) == [2, 5, 0, 3, 1, 4])
    #expect(at.values(at.call(.arraySortIndices, a, -1)) == [4, 1, 3, 0, 5, 2])
    at.call(.arraySort, a, 1)
    #expect(same(at.values(a), [-2, 0, 5, 9, missing, missing]))
    at.call(.arraySort, a, -1)
    #expect(same(at.values(a), [missing, missing, 9, 5, 0, -2]))
  }

  @Test func `long arrays are sorted stably`() {
    let values = (0..<1_000).map { Double(($0 * 7_919) % 101) }
    let a = at.array(values)
    let order = at.values(at.call(.arraySortIndices, a, 1)).map { Int($0) }
    let expected = (0..<1_000).sorted { values[$0] < values[$1] || (values[$0] == values[$1] && $0 < $1) }
    #expect(order == expected)
    at.call(.arraySort, a, 1)
    #expect(at.values(a) == values.sorted())
  }

  @Test func `texts are sorted by their bytes, na first`() {
    let a = at.strings("b", "a", "B", "ab", "ä", "")
    at.call(.arrayPush, a, missing)
    at.call(.arraySort, a, 1)
    #expect(at.values(a).map(at.string) == ["na", "", "B", "a", "ab", "b", "ä"])
    at.call(.arraySort, a, -1)
    #expect(at.values(a).map(at.string) == ["ä", "b", "ab", "a", "B", "", "na"])
  }

  @Test func `elements are found when they are equal in scripts, na never`() {
    let a = at.floats(1, 0.3, missing, 0.3)
    #expect(at.call(.arrayIndexOf, a, 0.1 + 0.2) == 1)
    #expect(at.call(.arrayLastIndexOf, a, 0.1 + 0.2) == 3)
    #expect(at.call(.arrayIncludes, a, 0.30001) == 0)
    #expect(at.call(.arrayIncludes, a, 1) == 1)
    #expect(at.call(.arrayIndexOf, a, missing) == -1)
  }

  @Test func `binary searches`() {
    let a = at.floats(-2, 0, 1, 5, 9)
    #expect(at.call(.arrayBinarySearch, a, 5) == 3)
    #expect(at.call(.arrayBinarySearch, a, 3) == -1)
    #expect(at.call(.arrayBinarySearchLeftmost, a, 3) == 2)
    #expect(at.call(.arrayBinarySearchRightmost, a, 3) == 3)
    #expect(at.call(.arrayBinarySearchLeftmost, a, -9) == 0)
    #expect(at.call(.arrayBinarySearchRightmost, a, 10) == 5)
    #expect(at.call(.arrayBinarySearchLeftmost, a, missing) == 4)
    let b = at.floats(4, 5, 5, 5)
    #expect(at.call(.arrayBinarySearchLeftmost, b, 5) == 1)
    #expect(at.call(.arrayBinarySearchRightmost, b, 5) == 3)
    #expect(at.call(.arrayBinarySearchLeftmost, at.floats(), 5) == -1)
  }
}

@Suite("Slices")
struct SliceTests {
  let at = HeapAtWork()
  let missing = Double.nan

  @Test func `what is written to a slice is in its array, and the other way round`() {
    let a = at.floats(0, 1, 2, 3)
    let s = at.call(.arraySlice, a, 0, 3)
    at.call(.arraySet, s, 0, 10)
    at.call(.arraySet, a, 1, 11)
    #expect(at.values(s) == [10, 11, 2])
    at.call(.arrayPush, s, 20)
    #expect(at.values(a) == [10, 11, 2, 20, 3])
    #expect(at.values(s) == [10, 11, 2, 20])
    at.call(.arrayUnshift, s, 30)
    at.call(.arrayInsert, s, 2, 40)
    #expect(at.values(a) == [30, 10, 40, 11, 2, 20, 3])
    #expect(at.call(.arrayPop, s) == 20)
    #expect(at.call(.arrayShift, s) == 30)
    #expect(at.values(a) == [10, 40, 11, 2, 3])
    at.call(.arraySort, s, -1)
    #expect(at.values(a) == [40, 11, 10, 2, 3])
    at.call(.arrayClear, s)
    #expect(at.values(a) == [3])
    #expect(at.values(s) == [])
  }

  @Test func `a slice keeps its indices while its array grows`() {
    let a = at.floats(0, 1, 2, 3)
    let s = at.call(.arraySlice, a, 1, 3)
    for x in 10...40 { at.call(.arrayPush, a, Double(x)) }
    #expect(at.values(s) == [1, 2])
    at.call(.arrayUnshift, a, -1)
    #expect(at.values(s) == [0, 1])
    at.call(.arrayShift, a)
    at.call(.arrayShift, a)
    #expect(at.values(s) == [2, 3])
    #expect(at.values(at.call(.arraySlice, s, 1, missing)) == [3])
    #expect(at.values(at.call(.arrayCopy, s)) == [2, 3])
  }

  @Test func `a slice beyond its array's end is a fault, and none once the array has grown again`() {
    let a = at.floats(0, 1, 2, 3)
    let s = at.call(.arraySlice, a, 2, 4)
    at.call(.arrayPop, a)
    at.call(.arrayGet, s, 0)
    #expect(at.fault() == .slice(end: 4, count: 3))
    at.call(.arrayPush, a, 9)
    #expect(at.values(s) == [2, 9])
  }

  @Test func `a slice begins at an element and ends at one or behind the last`() {
    let a = at.floats(0, 1, 2)
    #expect(at.values(at.call(.arraySlice, a, missing, missing)) == [0, 1, 2])
    #expect(at.values(at.call(.arraySlice, a, 1, 1)) == [])
    at.call(.arraySlice, a, 3, 3)
    #expect(at.fault() == .index(3, count: 3))
    at.call(.arraySlice, a, -1, 3)
    #expect(at.fault() == .index(-1, count: 3))
    at.call(.arraySlice, a, 0, 4)
    #expect(at.fault() == .index(4, count: 3))
    at.call(.arraySlice, a, 2, 1)
    #expect(at.fault() == .index(2, count: 1))
  }
}
