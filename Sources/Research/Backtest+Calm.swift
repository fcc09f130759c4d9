import StrategyVM
import Trading

/// Prices of bars that a back-test need not show to its broker and its curve one by one.
struct CalmPrices {
  var low = Double.infinity
  var high = -Double.infinity
  /// What they were worked out for.
  var bookChanges = -1
  var peak = Double.nan
  /// Bars before they are worked out again where nothing has changed but the records.
  var patience = 0

  static let most = 16
}

extension Backtest {
  /// Behind a bar: takes the following ones together, as long as the broker has nothing to do. The result is that of
  /// `step` for each of them, to the bit.
  @inline(__always)
  func passCalmBars(_ bars: UnsafeBufferPointer<ScriptBar>) {
    guard !readsBook, rates == nil, broker.isIdle, next < limit, !hasStopped else { return }
    if calm.bookChanges != broker.bookChanges || calm.patience == 0 { findCalmPrices() }
    calm.patience -= 1
    guard calm.low < calm.high, calm.peak == curve.peak else { return }
    takeCalmBars(bars)
  }

  @inline(never)
  private func findCalmPrices() {
    calm = CalmPrices(bookChanges: broker.bookChanges, peak: curve.peak, patience: CalmPrices.most)
    let bounds = curve.calmEquities
    guard let span = broker.calmSpan(from: bounds.low, to: bounds.high),
      curve.isCalm(from: span.leastEquity, to: span.mostEquity)
    else { return }
    (calm.low, calm.high) = (span.low, span.high)
  }

  @inline(never)
  private func takeCalmBars(_ bars: UnsafeBufferPointer<ScriptBar>) {
    // The curve begins a day on its first bar, and knows the day of the bar before.
    guard bars[next - 1].time >= from else { return }
    let place = BarPlace(lastIndex: end &- 1, lastTime: lastTime, isHistory: true)
    let passage = ScriptRunner.Passage(low: calm.low, high: calm.high, times: day, place: place)
    let arrival = runner.run(UnsafeBufferPointer(rebasing: bars[next..<limit]), passage, book: book)
    guard arrival.count > 0 else { return }
    let last = next &+ arrival.count &- 1
    broker.pass(to: bars[last], index: Int64(last), low: arrival.low, high: arrival.high)
    let hasEffects = !runner.orders.isEmpty || !runner.risks.isEmpty
    let account = broker.calmAccount
    let calmCount = arrival.hasStopped || hasEffects ? arrival.count &- 1 : arrival.count
    curve.add(calm: calmCount, realised: account.realised, inMarket: account.isInMarket)
    next &+= calmCount
    if arrival.hasStopped { return stop() }
    if hasEffects { finishBar() }
  }
}
