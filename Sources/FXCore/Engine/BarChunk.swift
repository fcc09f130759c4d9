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
  /// As it was.
  let series: KeptBars
  /// The number of the first bar, and of the one after the last.
  let first, end: Int

  init(_ series: KeptBars, from first: Int) {
    self.series = series
    self.first = first
    end = series.pushed
    series.retain()
  }

  deinit { series.release() }

  /// Oldest first; nil if one is missing, which a series does not let happen. O(bars).
  var bars: [fxaot_bar]? {
    var bars: [fxaot_bar] = []
    bars.reserveCapacity(end - first)
    return forEachChunk { bars.append(contentsOf: $0) } ? bars : nil
  }

  fileprivate func forEachChunk(_ body: (UnsafeBufferPointer<fxaot_bar>) -> Void) -> Bool {
    var number = first
    while number < end {
      let count = min(BarChunk.capacity - number % BarChunk.capacity, end - number)
      guard let place = series.place(of: number) else { return false }
      body(UnsafeBufferPointer(start: place, count: count))
      number += count
    }
    return true
  }
}

/// A snapshot copies the bars when the engine goes on already.
extension KeptView: SavedLater {
  package var byteCount: Int { (end - first) * MemoryLayout<fxaot_bar>.stride }

  package func append(to bytes: inout [UInt8]) -> Bool {
    forEachChunk { bytes.append(contentsOf: UnsafeRawBufferPointer($0)) }
  }
}
