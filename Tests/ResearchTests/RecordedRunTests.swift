import StrategyIR
import StrategyVM
import Testing

@testable import Research
@testable import Trading

/// Runs of the broker over random markets, orders and rules, to the bit as they were recorded.
///
/// The hashes come from the first broker (commit 7eaef96), which carried out every bar in full: it
/// marked each trade at four points of the path and refreshed every number of the book. Whatever is
/// done less often since must come to the same. Where a change of the rules is meant, the failing
/// test tells the new hashes, and `FXAOT_RECORD=1` writes the trades anew.
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
      0xBCBF0466932243CB, 0x41C88FDA45EFB19B, 0x320EAB2C9AC69963, 0x3D6E1511E3C79C0A,
      0x69639F7FFEA7378C, 0x54071A0452810AE7, 0x464A4F262EBFC572, 0xD14A37F4775FDFCE,
    ],
    .reversals: [
      0xC573CA21318EF240, 0x0041A9BD74889725, 0x43B074004FBFAF6A, 0x49B938055239F438,
      0x3291B965E7A3DE0B, 0xC23E847D8FB3E693, 0x700CA5368E1AB189, 0x5C9A15AF2019C751,
    ],
    .brackets: [
      0x3D7C7AE9BECCF11C, 0xCC8DBF7B85DBF580, 0x283C9F254E71F103, 0x1F97091F728B3E57,
      0x598497E2A95B3BA4, 0xE514631B88BFF7B3, 0x0209A3D5E4F8E613, 0xE9533E78531661C0,
    ],
    .rules: [
      0x20FCEC5BC2C50394, 0x612CE017C6D1AC85, 0xCD0E053232D8ED35, 0x5471EA05CE21E478,
      0x5967CC6B83DA633B, 0x8C1B6BAD9D29AAC1, 0xD2A7691521A01394, 0xDBD3247E7883C66D,
    ],
    .brokenBars: [
      0x422C318F1EB435E2, 0x1CFC29757F2B9AA3, 0xAF837479715E77BD, 0xE451B9B81929F08C,
      0xE432CDA4E46E8241, 0x6141330EA0066C1E, 0x2B75DFDDB6CBA86B, 0xABAB78DBDCECD772,
    ],
    .live: [
      0x7A1118B23CA97E12, 0x946181BE6ADDDEE4, 0x77626C8404746E43, 0x5C187D9252A1F163,
      0x7B59CD4FEEF96AAA, 0x7F3D3492217A92CD, 0xB5190D933868886F, 0x1106CBC7B5F10407,
    ],
  ]

  @Test(arguments: Manner.allCases)
  func everyRunIsAsRecorded(manner: Manner) throws {
    var recording = try TradeRecording("broker-\(manner)")
    let hashes = (0..<8).map { group -> UInt64 in
      var hash = RunHash()
      let first = 1_000 * manner.rawValue + 40 * group
      for seed in first..<first + 40 {
        recording.add("\(manner) \(seed)", Self.run(manner, seed: seed, &hash))
      }
      return hash.value
    }
    try recording.save()
    #expect(recording.difference == nil)
    #expect(hashes == Self.recorded[manner] ?? [], "the book, the statistics or a trade's course")
  }

  /// Its trades.
  private static func run(
    _ manner: Manner, seed: Int, _ hash: inout RunHash
  ) -> [ListedTrade] {
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
        lowest: broker.lowestEquity, realised: broker.realisedEquity,
        inMarket: broker.position != 0)
    }
    return finish(broker, curve, &hash)
  }

  private static func broker(_ random: inout Random) -> BarBroker {
    var settings = BrokerSettings()
    RandomMarket.settings(&settings, &random)
    settings.initialCapital = random.of([10_000, 10_000, 1_000_000, 600])
    return BarBroker(
      settings, tick: random.of([0.01, 0.01, 0.25, 0.0003]),
      quantityStep: random.of([0.0001, 0.0001, 1, 0.3]), pointValue: random.of([1, 1, 1, 50, 0.3]))
  }

  private static func finish(
    _ broker: BarBroker, _ curve: EquityCurve, _ hash: inout RunHash
  ) -> [ListedTrade] {
    let trades = broker.listTrades { "\($0)" }
    hash.add(trades)
    hash.add(Statistics(broker, curve))
    hash.add(broker.book)
    for index in 0..<broker.closedTrades.count { hash.add(broker.closedTrades[index]) }
    hash.add(broker.waitingCount)
    return trades
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
