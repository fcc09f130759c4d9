import RandomMarket
import StrategyIR
import StrategyVM
import Testing

@testable import Research
@testable import Trading

/// Runs of the broker over random markets, orders and rules, to the bit as they were recorded.
///
/// The hashes come from the first broker (commit 7eaef96), which carried out every bar in full: it
/// marked each trade at four points of the path and refreshed every number of the book. Whatever is
/// done less often since must come to the same. Live runs are of the broker whose priced orders rest at a venue, a
/// careless one, and check besides that the position is the sum of what it has filled. Where a change of the rules is meant, the failing
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
      0xBCBF_0466_9322_43CB, 0x41C8_8FDA_45EF_B19B, 0x320E_AB2C_9AC6_9963, 0x3D6E_1511_E3C7_9C0A,
      0x6963_9F7F_FEA7_378C, 0x5407_1A04_5281_0AE7, 0x464A_4F26_2EBF_C572, 0xD14A_37F4_775F_DFCE,
    ],
    .reversals: [
      0xC573_CA21_318E_F240, 0x0041_A9BD_7488_9725, 0x43B0_7400_4FBF_AF6A, 0x49B9_3805_5239_F438,
      0x3291_B965_E7A3_DE0B, 0xC23E_847D_8FB3_E693, 0x700C_A536_8E1A_B189, 0x5C9A_15AF_2019_C751,
    ],
    .brackets: [
      0x3D7C_7AE9_BECC_F11C, 0xCC8D_BF7B_85DB_F580, 0x283C_9F25_4E71_F103, 0x1F97_091F_728B_3E57,
      0x5984_97E2_A95B_3BA4, 0xE514_631B_88BF_F7B3, 0x0209_A3D5_E4F8_E613, 0xE953_3E78_5316_61C0,
    ],
    .rules: [
      0x20FC_EC5B_C2C5_0394, 0x612C_E017_C6D1_AC85, 0xCD0E_0532_32D8_ED35, 0x5471_EA05_CE21_E478,
      0x5967_CC6B_83DA_633B, 0x8C1B_6BAD_9D29_AAC1, 0xD2A7_6915_21A0_1394, 0xDBD3_247E_7883_C66D,
    ],
    .brokenBars: [
      0x422C_318F_1EB4_35E2, 0x1CFC_2975_7F2B_9AA3, 0xAF83_7479_715E_77BD, 0xE451_B9B8_1929_F08C,
      0xE432_CDA4_E46E_8241, 0x6141_330E_A006_6C1E, 0x2B75_DFDD_B6CB_A86B, 0xABAB_78DB_DCEC_D772,
    ],
    .live: [
      0x95E0_E883_82DB_E65D, 0x6782_3953_D5D0_CB4E, 0xF72C_80D9_67E8_C77C, 0x833F_34AF_C517_CEC4,
      0x2AC1_044E_A385_292E, 0x8F08_2F81_1AC3_2FEC, 0x256A_5F2F_F04F_B768, 0x0BC5_E812_7FA4_419A,
    ],
  ]

  @Test(arguments: Manner.allCases)
  func `every run is as recorded`(manner: Manner) throws {
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
    let venue = CarelessVenue(broker)
    if manner == .live { broker.goLive() }
    var close = 100.0
    for index in 0..<250 {
      var bar = RandomMarket.bar(Int64(index), after: close, &random)
      close = bar.close
      if manner == .brokenBars { spoil(&bar, &random) }
      if manner == .live {
        venue.trade(bar, &random)
        broker.closeBar(bar, index: Int64(index), day: Int64(index / 20))
      } else {
        broker.advance(bar, index: Int64(index), day: Int64(index / 20))
      }
      if index % readsEvery == 0 { hash.add(broker.bookView) }
      if manner != .live { broker.settleMargin() }
      broker.take(rules(manner, &random))
      broker.place(commands(manner, close, &random))
      if manner == .live { venue.serve(&random) }
      curve.add(
        day: Int64(index / 20), equity: broker.closeEquity,
        lowest: broker.book.lowestEquity, realised: broker.book.realisedEquity,
        inMarket: broker.book.position != 0)
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
    hash.add(broker.bookView)
    for index in 0..<broker.book.closedTrades.count { hash.add(broker.book.closedTrades[index]) }
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
}
