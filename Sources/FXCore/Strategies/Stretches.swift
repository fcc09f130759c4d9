import CFxaot
import Indicators

/// Cuts the part of a history where all windows are full into stretches whose rows fit the
/// second-level cache, for the array forms. Each comes with the `before` bars that its windows
/// reach back to, so position `before + o` of its rows is the bar `start + o`.
struct Stretches {
  /// Bars before a stretch: whole vectors, and more than the longest window needs.
  let before: Int
  /// Most bars in a stretch; long windows get longer ones, so that little is computed twice.
  let bars: Int

  /// `window` is the longest window. A vector more than that makes room for rows that start at
  /// a whole vector.
  init(window: Int) {
    before = (window + 2 * Lanes.scalarCount - 1) & ~(Lanes.scalarCount - 1)
    bars = max(1024, 4 * before)
  }

  /// Most positions in a row.
  var length: Int { before + bars }
  /// A row that may be read one vector past its end.
  private var stride: Int { length + Lanes.scalarCount }
  /// Doubles of scratch memory that `forEach` needs.
  var scratchCount: Int { 2 * stride }

  /// One stretch: closes and volumes from `before` bars ahead of its first bar.
  struct Stretch {
    let closes, volumes: UnsafePointer<Double>
    let start, bars, before: Int
    var length: Int { before + bars }

    /// Prefetches the next stretch's bars one stretch ahead of bar `o`, while this stretch's signals are
    /// computed.
    @inline(__always)
    func prefetch(_ o: Int) {
      let ahead = length &+ o
      fxaot_prefetch(UnsafeRawPointer(closes) + ahead &* 8)
      fxaot_prefetch(UnsafeRawPointer(volumes) + ahead &* 8)
    }
  }

  /// Bars are read in place; only the last stretch is copied, so that vectors may run over its end.
  @inline(__always)
  func forEach(
    of history: History, scratch: UnsafeMutablePointer<Double>, _ body: (Stretch) -> Void
  ) {
    var start = before
    while start < history.count {
      let n = min(bars, history.count - start)
      var closes = history.closes + (start - before)
      var volumes = history.volumes + (start - before)
      if history.count - start < n + Lanes.scalarCount {
        scratch.update(from: closes, count: before + n)
        (scratch + stride).update(from: volumes, count: before + n)
        closes = UnsafePointer(scratch)
        volumes = UnsafePointer(scratch + stride)
      }
      body(Stretch(closes: closes, volumes: volumes, start: start, bars: n, before: before))
      start += n
    }
  }
}

/// Scratch memory for one call of an array form: doubles for rows, and tables of window blocks.
func withScratch(
  doubles: Int, windows: Int,
  _ body: (UnsafeMutablePointer<Double>, UnsafeMutablePointer<SeriesMean.Block>) -> Void
) {
  withUnsafeTemporaryAllocation(byteCount: doubles * 8, alignment: 64) { rows in
    withUnsafeTemporaryAllocation(
      of: SeriesMean.Block.self, capacity: windows * SeriesMean.mostBlocks
    ) { blocks in
      guard let rows = rows.baseAddress, let blocks = blocks.baseAddress else { return }
      body(rows.bindMemory(to: Double.self, capacity: doubles), blocks)
    }
  }
}
