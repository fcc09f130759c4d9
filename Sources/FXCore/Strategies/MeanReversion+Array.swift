import Indicators

extension MeanReversion: ArrayStrategy {
  public func signals(of history: History, into signals: UnsafeMutablePointer<Double>) {
    let stretches = Stretches(before: max(window, volume.window))
    stepThrough(history, count: stretches.before, into: signals)
    guard history.count > stretches.before else { return }
    let length = stretches.length
    let closeCount = SeriesMoments.scratchCount(window: window, length: length)
    let volumeCount = SeriesSums.scratchCount(window: volume.window, length: length)
    withScratch(doubles: closeCount + volumeCount, windows: 2) { rows, blocks in
      let moments = SeriesMoments(scratch: rows, window: window, length: length)
      let volumeSums = SeriesSums(scratch: rows + closeCount, window: volume.window, length: length)
      let windows = Windows(
        closes: SeriesMean(
          of: window, over: moments.sums, squares: moments.squares, blocks: blocks),
        volume: SeriesMean(
          of: volume.window, over: volumeSums, blocks: blocks + SeriesMean.mostBlocks))
      stretches.forEach(of: history) { start, bars in
        let length = stretches.before + bars
        let first = start - stretches.before
        moments.sums.row(0).update(from: history.closes + first, count: length)
        volumeSums.row(0).update(from: history.volumes + first, count: length)
        moments.fill(length: length)
        volumeSums.fill(length: length)
        stretch(
          windows, moments.sums.row(0), volumeSums.row(0), before: stretches.before, bars: bars,
          into: signals + start)
      }
    }
  }

  struct Windows {
    let closes, volume: SeriesMean
  }

  private func stretch(
    _ windows: Windows, _ closes: UnsafePointer<Double>, _ volumes: UnsafePointer<Double>,
    before: Int, bars: Int, into signals: UnsafeMutablePointer<Double>
  ) {
    let count = Double(window)
    var o = 0
    while o < bars {
      let t = before &+ o
      let ratio = volume.ratio(Lanes(at: volumes + t), windows.volume.means(t &- 1))
      let means = windows.closes.means(t &- 1)
      let deviation = (windows.closes.squares(t &- 1, around: means) / count).squareRoot()
      let score = (Lanes(at: closes + t) - means) / deviation
      let confirmed = (ratio .> volume.confirm) .& (deviation .> 0)
      let sell = score .> k
      let size = (-score).replacing(with: score, where: sell)
      let signal = Lanes.signal(
        buy: confirmed .& (score .< -k), sell: confirmed .& sell, strength(size / k))
      signal.store(at: signals + o, count: bars &- o)
      o &+= Lanes.scalarCount
    }
  }
}
