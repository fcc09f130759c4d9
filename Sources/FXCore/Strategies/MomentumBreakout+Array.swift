import Indicators

extension MomentumBreakout: ArrayStrategy {
  public func signals(of history: History, into signals: UnsafeMutablePointer<Double>) {
    let stretches = Stretches(before: max(lookback + 1, volume.window))
    stepThrough(history, count: stretches.before, into: signals)
    guard history.count > stretches.before else { return }
    let length = stretches.length
    let returnCount = SeriesMoments.scratchCount(window: lookback, length: length)
    let volumeCount = SeriesSums.scratchCount(window: volume.window, length: length)
    let closeCount = SeriesSums.scratchCount(window: 1, length: length)
    withScratch(doubles: returnCount + volumeCount + closeCount, windows: 2) { rows, blocks in
      let moments = SeriesMoments(scratch: rows, window: lookback, length: length)
      let volumeSums = SeriesSums(
        scratch: rows + returnCount, window: volume.window, length: length)
      let closes = rows + returnCount + volumeCount
      let windows = Windows(
        returns: SeriesMean(
          of: lookback, over: moments.sums, squares: moments.squares, blocks: blocks),
        volume: SeriesMean(
          of: volume.window, over: volumeSums, blocks: blocks + SeriesMean.mostBlocks))
      stretches.forEach(of: history) { start, bars in
        let length = stretches.before + bars
        let first = start - stretches.before
        closes.update(from: history.closes + first, count: length)
        volumeSums.row(0).update(from: history.volumes + first, count: length)
        fillReturns(closes, moments.sums.row(0), length: length)
        moments.fill(length: length)
        volumeSums.fill(length: length)
        stretch(
          windows, closes, volumeSums.row(0), before: stretches.before, bars: bars,
          into: signals + start)
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

  private func stretch(
    _ windows: Windows, _ closes: UnsafePointer<Double>, _ volumes: UnsafePointer<Double>,
    before: Int, bars: Int, into signals: UnsafeMutablePointer<Double>
  ) {
    let count = Double(lookback)
    var o = 0
    while o < bars {
      let t = before &+ o
      let ratio = volume.ratio(Lanes(at: volumes + t), windows.volume.means(t &- 1))
      let base = Lanes(at: closes + (t &- lookback))
      let momentum = (Lanes(at: closes + t) - base) / base
      let means = windows.returns.means(t)
      let deviation = (windows.returns.squares(t, around: means) / count).squareRoot()
      let limit = threshold * (1 + deviation * adapt)
      let confirmed = ratio .> volume.confirm
      let buy = momentum .> limit
      let size = (-momentum).replacing(with: momentum, where: buy)
      let signal = Lanes.signal(
        buy: confirmed .& buy, sell: confirmed .& (momentum .< -limit), strength(size / limit))
      signal.store(at: signals + o, count: bars &- o)
      o &+= Lanes.scalarCount
    }
  }
}
