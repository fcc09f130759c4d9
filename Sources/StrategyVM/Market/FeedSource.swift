import StrategyIR

/// The bars of another symbol on their way into a request: those that had closed by an instant, each
/// once.
final class FeedSource {
  /// Which history of the environment's data it reads; −1: one that is made of several.
  let number: Int
  /// Whether its bars are those of the request's period: then they need no gathering.
  let isWhole: Bool
  /// Rates hold from the bar after their day on; other bars are seen on the bar that they close with.
  let waitsForOpen: Bool
  @exclusivity(unchecked) private(set) var bars: [ScriptBar]
  @exclusivity(unchecked) private(set) var next = 0
  /// The bars that it began with.
  private let history: [ScriptBar]
  /// When the newest bar opened that was appended.
  @exclusivity(unchecked) private var newest = Int64.min

  init(number: Int, bars: [ScriptBar], isWhole: Bool, waitsForOpen: Bool = false) {
    self.number = number
    self.bars = bars
    history = bars
    self.isWhole = isWhole
    self.waitsForOpen = waitsForOpen
  }

  func reset() { next = 0 }

  /// Live: one more bar, unless it is there already. Old bars that were pulled are dropped in time.
  /// Several bars of single quotes may open in one millisecond; bars of time last a second or more.
  func append(_ bar: ScriptBar) {
    guard bar.time > newest || bar.time == newest && bar.timeClose &- bar.time < 1_000 else { return }
    newest = bar.time
    if next >= Self.mostPulled {
      bars.removeFirst(next)
      next = 0
    }
    bars.append(bar)
  }

  private static let mostPulled = 256

  /// The next bar that is to be seen on a bar of those who ask.
  func pull(by asking: ScriptBar) -> ScriptBar? {
    guard next < bars.count else { return nil }
    let bar = bars[next]
    guard bar.timeClose <= (waitsForOpen ? asking.time : asking.timeClose) else { return nil }
    next += 1
    return bar
  }

  /// All that will have closed by an instant.
  func known(by time: Int64) -> ArraySlice<ScriptBar> {
    bars[..<(bars.firstIndex { $0.timeClose > time } ?? bars.count)]
  }

  /// Bars that came live are in no history, so the snapshot has them.
  func write(_ writer: inout StateWriter) {
    writer.count(next)
    writer.count(Int(newest))
    if newest == .min { return }
    writer.count(bars.count)
    for bar in bars { writer.bar(bar) }
  }

  func read(_ reader: inout StateReader) {
    let place = reader.integer()
    newest = Int64(reader.integer())
    if newest == .min {
      bars = history
    } else {
      bars = []
      for _ in 0..<reader.count() where reader.isValid { bars.append(reader.bar()) }
    }
    next = min(max(place, 0), bars.count)
  }
}

/// The parts of another symbol that a request uses.
struct FeedInput {
  /// nil: the bars of the world that asks.
  var source: FeedSource?
  /// What its prices are converted by.
  var rates: CurrencyRates?
  /// Whether its world sees Heikin-Ashi bars.
  var isHeikinAshi = false
  /// Whether its periods are shorter than the chart's bars.
  var isShorter = false
  /// Without a source: whether the bars of the world that asks are those of its period.
  var isOwnPeriod = false
  /// Of arrays, the types of their elements.
  var elements: [ValueType]?
}
