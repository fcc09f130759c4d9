import CFxaot
import Market
import StrategyIR

/// The starting point of another version of a running strategy: a copy, so that the version can be built
/// while quotes continue. Never changes; any thread may read it.
public final class ReloadBasis: @unchecked Sendable {
  /// Of the running version.
  struct Predecessor {
    /// The strategy's ref and its count of versions. A swap fails if they have changed.
    let birth: UInt64
    let version: UInt32
    let isScript: Bool
    let inputs: [VersionInput]
    let outputs: [String]
    /// The texts of the script's book, and how many trades the book has closed.
    let texts: BookTexts
    let closedTrades: Int
  }

  let predecessor: Predecessor
  let instrument: Instrument
  /// The engine's other ones.
  let others: [Instrument]
  /// Of the version that is to come.
  let timeframe: Timeframe
  let price: Int
  /// Of the same price.
  let series: [KeptView]

  init(
    _ predecessor: Predecessor, _ instrument: Instrument, others: [Instrument],
    _ timeframe: Timeframe, price: Int, series: [KeptView]
  ) {
    self.others = others
    self.predecessor = predecessor
    self.instrument = instrument
    self.timeframe = timeframe
    self.price = price
    self.series = series
  }

  public var isScript: Bool { predecessor.isScript }

  func changes(_ inputs: [VersionInput], _ outputs: [String]) -> [VersionChange] {
    VersionChange.list(
      inputs: predecessor.inputs, inputs, outputs: predecessor.outputs, outputs)
  }
}

extension Engine {
  /// The basis of a version of a running strategy on this timeframe. The engine waits, so what can be made of it
  /// later is: O(instruments + series), and O(orders + trades) for a script of many texts. FXAOT_NOT_FOUND,
  /// FXAOT_BAD_TIMEFRAME, and FXAOT_BAD_RELOAD for another price.
  public borrowing func reloadBasis(
    ref: UInt64, timeframe raw: fxaot_timeframe, price: UInt32
  ) throws(EngineRefusal) -> ReloadBasis {
    let slot = byStrategyRef.slot(of: ref)
    guard slot >= 0 else { throw EngineRefusal(FXAOT_NOT_FOUND, "") }
    let strategy = strategies.base[slot]
    guard let timeframe = Timeframe(raw) else { throw EngineRefusal(FXAOT_BAD_TIMEFRAME, "") }
    guard Int(price) == strategy.basis else {
      throw EngineRefusal(
        FXAOT_BAD_RELOAD, "a running strategy cannot change the price that its bars are made of")
    }
    let state = instruments.base[strategy.instrumentSlot]
    let predecessor = try predecessor(strategy)
    return ReloadBasis(
      predecessor, state.instrument,
      others: predecessor.isScript ? instruments(besides: strategy.instrumentSlot) : [], timeframe,
      price: strategy.basis, series: views(state.keptSeries, strategy.basis, predecessor.isScript ? timeframe : nil))
  }

  /// A script reads one timeframe; those of a table are not known yet.
  private borrowing func views(
    _ series: UnsafeMutableBufferPointer<KeptBars>, _ price: Int, _ timeframe: Timeframe?
  ) -> [KeptView] {
    guard let timeframe else {
      return series.filter { $0.basis == price }.compactMap { $0.view(from: $0.oldest) }
    }
    guard let source = WarmFeed.source(timeframe, price: price, of: series),
      let view = source.view(from: source.oldest)
    else { return [] }
    return [view]
  }

  private borrowing func predecessor(
    _ strategy: StrategyState
  ) throws(EngineRefusal) -> ReloadBasis.Predecessor {
    switch strategy.content {
    case .table(let version):
      return ReloadBasis.Predecessor(
        birth: strategy.birth, version: strategy.version, isScript: false,
        inputs: VersionInput.list(version.table, version.params), outputs: [], texts: .some([]),
        closedTrades: 0)
    case .script:
      guard let script = script(of: strategy) else { throw EngineRefusal(FXAOT_NOT_FOUND, "") }
      return ReloadBasis.Predecessor(
        birth: strategy.birth, version: strategy.version, isScript: true,
        inputs: script.version.inputs, outputs: script.version.outputs, texts: script.texts(),
        closedTrades: script.broker.closedTradeCount)
    }
  }
}
