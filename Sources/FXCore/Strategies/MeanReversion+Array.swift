import Indicators

extension MeanReversion: ArrayStrategy {
  public func signals(of history: History, into signals: UnsafeMutablePointer<Double>) {
    let stretches = Stretches(window: max(window, volume.window))
    stepThrough(history, count: stretches.before, into: signals)
    guard history.count > stretches.before else { return }
    let length = stretches.length
    let closeRows = stretches.scratchCount
    let volumeRows = closeRows + SeriesMoments.scratchCount(window: window, length: length)
    let end = volumeRows + SeriesSums.scratchCount(window: volume.window, length: length)
    withScratch(doubles: end, windows: 2) { scratch, blocks in
      SeriesMoments.prepare(scratch: scratch + closeRows, window: window, length: length)
      stretches.forEach(of: history, scratch: scratch) { stretch in
        let moments = SeriesMoments(
          stretch.closes, scratch: scratch + closeRows, window: window, length: length)
        let volumeSums = SeriesSums(
          stretch.volumes, scratch: scratch + volumeRows, windows: volume.window, length: length)
        moments.fill(length: stretch.length)
        volumeSums.fill(length: stretch.length)
        let windows = Windows(
          closes: SeriesMean(
            of: window, over: moments.sums, squares: moments.squares, blocks: blocks),
          volume: SeriesMean(
            of: volume.window, over: volumeSums, blocks: blocks + SeriesMean.mostBlocks))
        signal(stretch, windows, into: signals + stretch.start)
      }
    }
  }

  struct Windows {
    let closes, volume: SeriesMean
  }

  private func signal(
    _ stretch: Stretches.Stretch, _ windows: Windows,
    into signals: UnsafeMutablePointer<Double>
  ) {
    let reciprocal = 1 / Double(window)
    let inside = k * k * reciprocal * (1 - 1e-12)
    var o = 0
    while o < stretch.bars {
      stretch.prefetch(o)
      let t = stretch.before &+ o
      let means = windows.closes.means(t &- 1)
      let squares = windows.closes.squares(t &- 1, around: means)
      let distance = Lanes(at: stretch.closes + t) - means
      // Vectors that are all clearly inside k deviations need no root: the test errs by a few
      // parts in 10¹⁶, and the constant keeps it from numbers too small to be accurate.
      if Lanes.all(distance * distance .<= squares * inside - 1e-290) {
        Lanes(repeating: 0).store(at: signals + o, count: stretch.bars &- o)
        o &+= Lanes.scalarCount
        continue
      }
      let isConfirmed = volume.isConfirmed(
        Lanes(at: stretch.volumes + t), windows.volume.means(t &- 1))
      let deviation = (squares * reciprocal).squareRoot()
      let score = distance / deviation
      let confirmed = isConfirmed .& (deviation .> 0)
      let sell = score .> k
      let size = (-score).replacing(with: score, where: sell)
      let signal = Lanes.signal(
        buy: confirmed .& (score .< -k), sell: confirmed .& sell, strength(size))
      signal.store(at: signals + o, count: stretch.bars &- o)
      o &+= Lanes.scalarCount
    }
  }
}
