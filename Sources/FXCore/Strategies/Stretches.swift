import Indicators

/// Cuts the part of a history where all windows are full into stretches that fit the first-level
/// cache, for the array forms. Each stretch comes with the `before` bars that its windows reach
/// back to, so position `before + o` of its rows is the bar `start + o`.
struct Stretches {
  /// Bars before a stretch: as many as the longest window needs.
  let before: Int
  /// Most bars in a stretch; long windows get longer ones, so that little is computed twice.
  let bars: Int

  init(before: Int) {
    self.before = before
    self.bars = max(512, 4 * before)
  }

  /// Most positions in a row.
  var length: Int { before + bars }

  /// Calls `body` with the first bar and the number of bars of each stretch.
  @inline(__always)
  func forEach(of history: History, _ body: (_ start: Int, _ bars: Int) -> Void) {
    var start = before
    while start < history.count {
      let n = min(bars, history.count - start)
      body(start, n)
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
