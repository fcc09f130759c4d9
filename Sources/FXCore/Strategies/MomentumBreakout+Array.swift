import Indicators

extension MomentumBreakout: ArrayStrategy {
  public func signals(of history: History, into signals: UnsafeMutablePointer<Double>) {
    let stretches = Stretches(window: max(lookback + 1, volume.window))
    stepThrough(history, count: stretches.before, into: signals)
    guard history.count > stretches.before else { return }
    let length = stretches.length
    let returnsRow = stretches.scratchCount
    let returnRows = returnsRow + length + Lanes.scalarCount
    let volumeRows = returnRows + SeriesMoments.scratchCount(window: lookback, length: length)
    let end = volumeRows + SeriesSums.scratchCount(window: volume.window, length: length)
    withScratch(doubles: end, windows: 2) { scratch, blocks in
      SeriesMoments.prepare(scratch: scratch + returnRows, window: lookback, length: length)
      stretches.forEach(of: history, scratch: scratch) { stretch in
        fillReturns(stretch.closes, scratch + returnsRow, length: stretch.length)
        let moments = SeriesMoments(
          scratch + returnsRow, scratch: scratch + returnRows, window: lookback, length: length)
        let volumeSums = SeriesSums(
          stretch.volumes, scratch: scratch + volumeRows, windows: volume.window, length: length)
        moments.fill(length: stretch.length)
        volumeSums.fill(length: stretch.length)
        let windows = Windows(
          returns: SeriesMean(
            of: lookback, over: moments.sums, squares: moments.squares, blocks: blocks),
          volume: SeriesMean(
            of: volume.window, over: volumeSums, blocks: blocks + SeriesMean.mostBlocks))
        signal(stretch, windows, into: signals + stretch.start)
      }
    }
  }

  struct Windows {
    let returns, volume: SeriesMean
  }

  /// returns[t] from closes[t − 1] and closes[t]; no window reaches position 0, which has none.
  private func fillReturns(
    _ closes: UnsafePointer<Double>, _ returns: UnsafeMutablePointer<Double>, length: Int
  ) {
    returns[0] = 0
    var t = 1
    while t < length {
      let previous = Lanes(at: closes + t - 1)
      ((Lanes(at: closes + t) - previous) / previous).store(at: returns + t)
      t &+= Lanes.scalarCount
    }
  }

  private func signal(
    _ stretch: Stretches.Stretch, _ windows: Windows,
    into signals: UnsafeMutablePointer<Double>
  ) {
    let reciprocal = 1 / Double(lookback)
    var o = 0
    while o < stretch.bars {
      stretch.prefetch(o)
      let t = stretch.before &+ o
      let base = Lanes(at: stretch.closes + (t &- lookback))
      let momentum = (Lanes(at: stretch.closes + t) - base) / base
      // The limit is never below the threshold, so most vectors need nothing more.
      if Lanes.all((momentum .<= threshold) .& (momentum .>= -threshold)) {
        Lanes(repeating: 0).store(at: signals + o, count: stretch.bars &- o)
        o &+= Lanes.scalarCount
        continue
      }
      let isConfirmed = volume.isConfirmed(
        Lanes(at: stretch.volumes + t), windows.volume.means(t &- 1))
      let means = windows.returns.means(t)
      let deviation = (windows.returns.squares(t, around: means) * reciprocal).squareRoot()
      let limit = threshold * (1 + deviation * adapt)
      let buy = momentum .> limit
      let size = (-momentum).replacing(with: momentum, where: buy)
      let signal = Lanes.signal(
        buy: isConfirmed .& buy, sell: isConfirmed .& (momentum .< -limit), strength(size / limit))
      signal.store(at: signals + o, count: stretch.bars &- o)
      o &+= Lanes.scalarCount
    }
  }
}
