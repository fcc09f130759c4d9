import CFxaot
import Messaging
import Records

/// Room for 256 bars. The engine fills it from the first slot on; a filled slot never changes.
typealias BarChunk = SharedBlock<fxaot_bar>

extension BarChunk {
  static var capacity: Int { 256 }

  init?() { self.init(capacity: Self.capacity) }
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
      chunks[number / BarChunk.capacity - block].base[number % BarChunk.capacity]
    }
  }
}

/// A snapshot copies the bars when the engine goes on already.
extension KeptView: SavedLater {
  package var byteCount: Int { (end - first) * MemoryLayout<fxaot_bar>.stride }

  package func append(to bytes: inout [UInt8]) -> Bool {
    var number = first
    while number < end {
      let slot = number % BarChunk.capacity
      let count = min(BarChunk.capacity - slot, end - number)
      let chunk = chunks[number / BarChunk.capacity - first / BarChunk.capacity]
      bytes.append(
        contentsOf: UnsafeRawBufferPointer(start: chunk.base + slot, count: count * MemoryLayout<fxaot_bar>.stride))
      number += count
    }
    return true
  }
}
