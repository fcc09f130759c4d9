import Indicators

extension MACrossover: ArrayStrategy {
  public func signals(of history: History, into signals: UnsafeMutablePointer<Double>) {
    let stretches = Stretches(before: max(slow, volume.window))
    stepThrough(history, count: stretches.before, into: signals)
    guard history.count > stretches.before else { return }
    let closeCount = SeriesSums.scratchCount(window: slow, length: stretches.length)
    let volumeCount = SeriesSums.scratchCount(window: volume.window, length: stretches.length)
    withScratch(doubles: closeCount + volumeCount, windows: 3) { rows, blocks in
      let sums = SeriesSums(scratch: rows, window: slow, length: stretches.length)
      let volumeSums = SeriesSums(
        scratch: rows + closeCount, window: volume.window, length: stretches.length)
      let most = SeriesMean.mostBlocks
      let windows = Windows(
        fast: SeriesMean(of: fast, over: sums, blocks: blocks),
        slow: SeriesMean(of: slow, over: sums, blocks: blocks + most),
        volume: SeriesMean(of: volume.window, over: volumeSums, blocks: blocks + 2 * most))
      stretches.forEach(of: history) { start, bars in
        let length = stretches.before + bars
        let first = start - stretches.before
        sums.row(0).update(from: history.closes + first, count: length)
        volumeSums.row(0).update(from: history.volumes + first, count: length)
        sums.fill(length: length)
        volumeSums.fill(length: length)
        stretch(
          windows, volumeSums.row(0) + stretches.before, before: stretches.before, bars: bars,
          into: signals + start)
      }
    }
  }

  struct Windows {
    let fast, slow, volume: SeriesMean
  }

  /// One stretch. `volumes` are those of the stretch's own bars.
  private func stretch(
    _ windows: Windows, _ volumes: UnsafePointer<Double>, before: Int, bars: Int,
    into signals: UnsafeMutablePointer<Double>
  ) {
    var o = 0
    while o < bars {
      let t = before &+ o &- 1
      let ratio = volume.ratio(Lanes(at: volumes + o), windows.volume.means(t))
      let fastMean = windows.fast.means(t)
      let slowMean = windows.slow.means(t)
      let confirmed = ratio .> volume.confirm
      let signal = Lanes.signal(
        buy: confirmed .& (fastMean .> slowMean * above),
        sell: confirmed .& (fastMean .< slowMean * below), strength(ratio))
      signal.store(at: signals + o, count: bars &- o)
      o &+= Lanes.scalarCount
    }
  }
}
