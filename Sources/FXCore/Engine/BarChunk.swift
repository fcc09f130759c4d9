import CFxaot
import Libc
import Messaging
import Records
import Synchronization

/// Room for 256 bars, with several holders: the engine fills it from the first slot on, and readers see the
/// bars that were in it when they began to hold it. A filled slot never changes.
///
///     64 bytes  count of holders
///     16,384    bars
///
/// A basis touches the counts of all chunks, and none of them is in a cache: the larger a chunk, the
/// fewer these are.
struct BarChunk: BitwiseCopyable {
  static let capacity = 256
  private static let headerBytes = 64

  let start: UnsafeMutableRawPointer

  /// With one holder; nil without memory. The bars are not initialized: that would touch all pages at
  /// once, on the way of a quote.
  init?() {
    let bytes = Self.headerBytes + Self.capacity * MemoryLayout<fxaot_bar>.stride
    guard let memory = allocateAligned(bytes) else { return nil }
    start = memory
    memory.bindMemory(to: Atomic<Int>.self, capacity: 1).initialize(to: Atomic(1))
    (memory + Self.headerBytes).bindMemory(to: fxaot_bar.self, capacity: Self.capacity)
  }

  var bars: UnsafeMutablePointer<fxaot_bar> {
    (start + Self.headerBytes).assumingMemoryBound(to: fxaot_bar.self)
  }

  private var holders: UnsafeMutablePointer<Atomic<Int>> {
    start.assumingMemoryBound(to: Atomic<Int>.self)
  }

  func retain() { holders.pointee.wrappingAdd(1, ordering: .relaxed) }

  func release() {
    let left = holders.pointee.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
    if left == 0 { free(start) }
  }
}

/// Bars that a series had at one moment. Any thread may read them, whatever becomes of the series.
final class KeptView: @unchecked Sendable {
  let series: KeptBars
  /// The number of the first bar, and of the one after the last.
  let first, end: Int
  private let chunks: [BarChunk]

  /// The chunks from the one on that has the first bar, in their order.
  init(_ series: KeptBars, first: Int, end: Int, _ chunks: [BarChunk]) {
    self.series = series
    self.first = first
    self.end = end
    self.chunks = chunks
    for chunk in chunks { chunk.retain() }
  }

  deinit { for chunk in chunks { chunk.release() } }

  /// Oldest first. O(bars).
  var bars: [fxaot_bar] {
    let block = first / BarChunk.capacity
    return (first..<end).map { number in
      chunks[number / BarChunk.capacity - block].bars[number % BarChunk.capacity]
    }
  }
}

/// A snapshot copies the bars when the engine goes on already.
extension KeptView: SavedLater {
  package var byteCount: Int { (end - first) * MemoryLayout<fxaot_bar>.stride }

  package func append(to bytes: inout [UInt8]) {
    var number = first
    while number < end {
      let slot = number % BarChunk.capacity
      let count = min(BarChunk.capacity - slot, end - number)
      let chunk = chunks[number / BarChunk.capacity - first / BarChunk.capacity]
      bytes.append(
        contentsOf: UnsafeRawBufferPointer(start: chunk.bars + slot, count: count * MemoryLayout<fxaot_bar>.stride))
      number += count
    }
  }
}
