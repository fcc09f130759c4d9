import Indicators

extension MACrossover: ArrayStrategy {
  public func signals(of history: History, into signals: UnsafeMutablePointer<Double>) {
    let stretches = Stretches(window: max(slow, volume.window))
    stepThrough(history, count: stretches.before, into: signals)
    guard history.count > stretches.before else { return }
    let length = stretches.length
    let closeRows = stretches.scratchCount
    let volumeRows = closeRows + SeriesSums.scratchCount(window: slow, length: length)
    let end = volumeRows + SeriesSums.scratchCount(window: volume.window, length: length)
    withScratch(doubles: end, windows: 3) { scratch, blocks in
      stretches.forEach(of: history, scratch: scratch) { stretch in
        let sums = SeriesSums(
          stretch.closes, scratch: scratch + closeRows, windows: fast | slow, length: length)
        let volumeSums = SeriesSums(
          stretch.volumes, scratch: scratch + volumeRows, windows: volume.window, length: length)
        sums.fill(length: stretch.length)
        volumeSums.fill(length: stretch.length)
        let windows = Windows(
          fast: SeriesMean(of: fast, over: sums, blocks: blocks),
          slow: SeriesMean(of: slow, over: sums, blocks: blocks + SeriesMean.mostBlocks),
          volume: SeriesMean(
            of: volume.window, over: volumeSums, blocks: blocks + 2 * SeriesMean.mostBlocks))
        signal(stretch, windows, into: signals + stretch.start)
      }
    }
  }

  struct Windows {
    let fast, slow, volume: SeriesMean
  }

  /// Vectors whose means are all clearly inside the band, which most are, cost no division: the
  /// test errs by a few parts in 10¹⁶, its margin is a hundred times that.
  @inline(__always)
  private func isInside(_ windows: Windows, _ t: Int) -> Bool {
    let fastMean = windows.fast.estimates(t)
    let slowMean = windows.slow.estimates(t)
    let margin = 1e-13
    return Lanes.all(
      (slowMean .>= 1e-280) .& (fastMean .<= slowMean * (above - margin))
        .& (fastMean .>= slowMean * (below + margin)))
  }

  private func signal(
    _ stretch: Stretches.Stretch, _ windows: Windows,
    into signals: UnsafeMutablePointer<Double>
  ) {
    var o = 0
    while o < stretch.bars {
      stretch.prefetch(o)
      let t = stretch.before &+ o
      if isInside(windows, t &- 1) {
        Lanes(repeating: 0).store(at: signals + o, count: stretch.bars &- o)
        o &+= Lanes.scalarCount
        continue
      }
      let ratio = volume.ratio(Lanes(at: stretch.volumes + t), windows.volume.means(t &- 1))
      let fastMean = windows.fast.means(t &- 1)
      let slowMean = windows.slow.means(t &- 1)
      let confirmed = ratio .> volume.confirm
      let signal = Lanes.signal(
        buy: confirmed .& (fastMean .> slowMean * above),
        sell: confirmed .& (fastMean .< slowMean * below), strength(ratio))
      signal.store(at: signals + o, count: stretch.bars &- o)
      o &+= Lanes.scalarCount
    }
  }
}
