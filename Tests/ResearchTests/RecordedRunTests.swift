import StrategyIR
import StrategyVM
import Testing

@testable import Research

/// Runs of the broker over random markets, orders and rules, to the bit as they were recorded.
///
/// The hashes come from the first broker (commit 7eaef96), which carried out every bar in full: it
/// marked each trade at four points of the path and refreshed every number of the book. Whatever is
/// done less often since must come to the same. Where a change of the rules is meant, the failing
/// test tells the new hashes.
struct RecordedRunTests {
  /// What a script orders.
  enum Manner: Int, CaseIterable {
    /// Up to three calls of any kind a bar.
    case crowded
    /// A market entry now and then.
    case reversals
    /// Entries with brackets and trailing stops.
    case brackets
    /// With `strategy.risk.*`.
    case rules
    /// Among sensible bars some whose numbers contradict each other.
    case brokenBars
    /// Orders at a venue.
    case live
  }

  private static let recorded: [Manner: [UInt64]] = [
    .crowded: [
      0xAAAB6B2668F8B772, 0x2A5DF238E12FA1A1, 0xB04549296754BBFF, 0xFA32EAFCF69D1B6D,
      0xDB6DA85E5BB255FB, 0x93C524BD5D14CD02, 0x08306A0BAC45708F, 0xE1A102CD357AA1A6,
    ],
    .reversals: [
      0x11CAFD1C7F237A28, 0x108D341620F2B4EF, 0xBC149D1F8CEA07B8, 0xC003D019EA8C8D7A,
      0x4C2F88A496361668, 0x7FFFBCE93EE03FC9, 0x48BC52913B13DB78, 0x85C56BD419EACD0C,
    ],
    .brackets: [
      0x536C59D02E8B7ECA, 0xBBC95D5F23CE1A1C, 0x863C9F9F95EB15A4, 0xEA8CA08486379F19,
      0x2773019661C93719, 0x1628C82689A6E716, 0x9F03BC40FC96933A, 0xD62CE75076DF9AD8,
    ],
    .rules: [
      0x76C2818F2ED88BD6, 0x4B1A40E71C6CA3A9, 0xB2CD677365726026, 0xBC6FD73663E6727F,
      0x41A078CE7EED6631, 0x0FCAC2F09BE72AAF, 0x8958D51CB3D11E80, 0x4AFB5815C2842DA8,
    ],
    .brokenBars: [
      0x181C2B81AA5BBA07, 0xC3D27137D78BB41C, 0xA22336FE4FB5BE64, 0xEF94C5E36B62FEB2,
      0xBFD232E51DDFACC9, 0xBCB623F938FD3299, 0xA016DC58F925F3AC, 0xD86C50B232A565B6,
    ],
    .live: [
      0x5B99C8D818239B40, 0xB7C2B2F20D03C2C3, 0x6C97479E444A1FC8, 0xA4E6D8E481432602,
      0x1C57FDA96AB147E4, 0x539B4099FE21E9E3, 0x71C3F62B5BE6BF50, 0x713E63CD240F67CD,
    ],
  ]

  @Test(arguments: Manner.allCases)
  func everyRunIsAsRecorded(manner: Manner) {
    let hashes = (0..<8).map { group -> UInt64 in
      var hash = RunHash()
      let first = 1_000 * manner.rawValue + 40 * group
      for seed in first..<first + 40 { Self.run(manner, seed: seed, &hash) }
      return hash.value
    }
    #expect(hashes == Self.recorded[manner] ?? [])
  }

  private static func run(_ manner: Manner, seed: Int, _ hash: inout RunHash) {
    var random = Random(seed: seed)
    let broker = broker(&random)
    var curve = EquityCurve(initialCapital: broker.settings.initialCapital)
    // A script may read its book on each bar, now and then, or never.
    let readsEvery = random.of([1, 7, 1_000])
    if manner == .live { broker.goLive() }
    var close = 100.0
    for index in 0..<250 {
      var bar = RandomMarket.bar(Int64(index), after: close, &random)
      close = bar.close
      if manner == .brokenBars { spoil(&bar, &random) }
      if manner == .live {
        quotes(broker, bar, &random)
        broker.closeBar(bar, index: Int64(index), day: Int64(index / 20))
      } else {
        broker.advance(bar, index: Int64(index), day: Int64(index / 20))
      }
      if index % readsEvery == 0 { hash.add(broker.book) }
      if manner != .live { broker.settleMargin() }
      broker.take(rules(manner, &random))
      broker.place(commands(manner, close, &random))
      curve.add(
        day: Int64(index / 20), equity: broker.closeEquity,
        lowest: broker.lowestEquity, inMarket: broker.position != 0)
    }
    finish(broker, curve, &hash)
  }

  private static func broker(_ random: inout Random) -> BarBroker {
    var settings = BrokerSettings()
    RandomMarket.settings(&settings, &random)
    settings.initialCapital = random.of([10_000, 10_000, 1_000_000, 600])
    return BarBroker(
      settings, tick: random.of([0.01, 0.01, 0.25, 0.0003]),
      quantityStep: random.of([0.0001, 0.0001, 1, 0.3]), pointValue: random.of([1, 1, 1, 50, 0.3]))
  }

  private static func finish(_ broker: BarBroker, _ curve: EquityCurve, _ hash: inout RunHash) {
    hash.add(broker.listTrades { "\($0)" })
    hash.add(Statistics(broker, curve))
    hash.add(broker.book)
    for index in 0..<broker.closedTrades.count { hash.add(broker.closedTrades[index]) }
    hash.add(broker.waitingCount)
  }

  private static func rules(_ manner: Manner, _ random: inout Random) -> [RiskRule] {
    guard manner == .rules, random.below(20) == 0 else { return [] }
    let isPercent = random.below(2) == 0
    switch random.below(6) {
    case 0: return [RiskRule(kind: .allowEntryIn, value: random.of([-1, 0, 1]))]
    case 1: return [RiskRule(kind: .maxConsecutiveLossDays, value: random.of([2, 3]))]
    case 2:
      return [
        RiskRule(
          kind: .maxDrawdown, value: random.of(isPercent ? [5, 20] : [50, 900]),
          isPercent: isPercent)
      ]
    case 3: return [RiskRule(kind: .maxIntradayFilledOrders, value: random.of([3, 9]))]
    case 4:
      return [
        RiskRule(
          kind: .maxIntradayLoss, value: random.of(isPercent ? [1, 5] : [10, 300]),
          isPercent: isPercent)
      ]
    default: return [RiskRule(kind: .maxPositionSize, value: random.of([1, 6]))]
    }
  }

  private static func commands(
    _ manner: Manner, _ last: Double, _ random: inout Random
  ) -> [OrderCommand] {
    switch manner {
    case .crowded, .rules, .brokenBars, .live:
      // Quiet stretches between the busy ones.
      if random.below(3) == 0 { return [] }
      return (0..<random.below(4)).map { _ in RandomMarket.command(last, &random) }
    case .reversals:
      guard random.below(6) == 0 else { return [] }
      let side: Int8 = random.below(2) == 0 ? 1 : -1
      if random.below(12) == 0 { return [closeAll] }
      return [entry(side > 0 ? 1 : 2, side, random.below(4) == 0 ? 3.3 : .nan)]
    case .brackets:
      guard random.below(5) == 0 else { return [] }
      let side: Int8 = random.below(2) == 0 ? 1 : -1
      return [
        entry(1, side, limit: random.below(3) == 0 ? last - 0.3 * Double(side) : .nan),
        exit(
          11, from: 1, percent: random.of([.nan, 50]), profit: random.of([.nan, 300]),
          loss: random.of([.nan, 200]), points: random.of([.nan, 150]), offset: 60),
      ]
    }
  }

  private static func spoil(_ bar: inout ScriptBar, _ random: inout Random) {
    switch random.below(24) {
    case 0: bar.high = bar.open - 0.5
    case 1: bar.low = bar.close + 0.5
    case 2: bar.close = .nan
    case 3: (bar.open, bar.high, bar.low, bar.close) = (.nan, .nan, .nan, .nan)
    case 4: (bar.high, bar.low) = (bar.low, bar.high)
    case 5: bar.low = -3
    default: break
    }
  }

  /// A bar's four prices as quotes, and a venue that refuses some orders and is late with others.
  private static func quotes(_ broker: BarBroker, _ bar: ScriptBar, _ random: inout Random) {
    for quote in [bar.open, bar.high, bar.low, bar.close] {
      broker.take(quote: quote)
      while let order = broker.nextOrder() {
        if random.below(9) == 0 {
          broker.refused()
        } else {
          let worse = order.isBuy ? 0.01 : -0.01
          broker.filled(at: quote + worse, time: bar.time)
        }
        if random.below(9) == 0 { break }
      }
    }
  }
}
