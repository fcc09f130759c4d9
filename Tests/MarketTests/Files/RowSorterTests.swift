import CFxaot
import Testing

@testable import Market

/// Rows in the order of time, whatever order and alignment they come in.
struct RowSorterTests {
  /// The times that come out, and how many rows were older than the one before.
  private func sorted(
    _ times: [Int64], width: Int = 1, memory: Int = RowSorter.memoryLimit, window: Int = 500,
    shift: Int = 0
  ) throws -> (times: [Int64], unordered: UInt64) {
    let stride = MemoryLayout<fxaot_quote>.stride
    var sorter = RowSorter(width: width, memoryLimit: memory, window: window)
    var bytes = [UInt8](repeating: 0, count: times.count * stride + shift)
    var out = [fxaot_quote](repeating: fxaot_quote(), count: 64)
    var result: [Int64] = []
    func drain() {
      while true {
        let count = out.withUnsafeMutableBytes { sorter.take(into: $0.baseAddress!, capacity: 64) }
        if count == 0 { return }
        result += out[..<count].map(\.time_ns)
      }
    }
    for (index, time) in times.enumerated() {
      bytes.withUnsafeMutableBytes {
        $0.storeBytes(of: time, toByteOffset: shift + index * stride, as: Int64.self)
      }
    }
    let step = 25 * width
    for first in Swift.stride(from: 0, to: times.count, by: step) {
      let count = min(step, times.count - first)
      try bytes.withUnsafeBytes {
        try sorter.add($0.baseAddress! + shift + first * stride, count: count)
      }
      drain()
    }
    sorter.finish()
    drain()
    return (result, sorter.unordered)
  }

  @Test(arguments: [0, 3, 8])
  func `rows come out by time and those that were older are counted`(shift: Int) throws {
    let rising = (0..<5_000).map { Int64($0) }
    let inOrder = try sorted(rising, shift: shift)
    #expect(inOrder.times == rising && inOrder.unordered == 0)
    let backwards = try sorted(rising.reversed(), shift: shift)
    #expect(backwards.times == rising && backwards.unordered == 4_999)
  }

  @Test func `a bars quotes stay together`() throws {
    let bars: [Int64] = [40, 41, 42, 43, 0, 1, 2, 3, 20, 21, 22, 23]
    let answer = try sorted(bars, width: 4)
    #expect(answer.times == [0, 1, 2, 3, 20, 21, 22, 23, 40, 41, 42, 43])
    #expect(answer.unordered == 1)
  }

  @Test func `beyond the memory rows are sorted within the window`() throws {
    let swapped = (0..<4_992).map { Int64($0 ^ 63) }
    let answer = try sorted(swapped, memory: 48 * 100)
    #expect(answer.times == (0..<4_992).map { Int64($0) })
  }

  /// Also one that is younger than the row before it, but not than what is given out.
  @Test func `a row older than one that is out is an error`() throws {
    let rising = (0..<5_000).map { Int64($0 + 1_000) }
    #expect(throws: RowSorter.TooLate.self) { try sorted(rising + [5], memory: 48 * 100) }
    let falling = (0..<2_000).map { Int64(2_000 - $0) }
    #expect(throws: RowSorter.TooLate.self) { try sorted(falling, memory: 48 * 100) }
  }
}
