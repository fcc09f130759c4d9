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
      0x66BC_CD73_0616_C4D1, 0xEF77_8BBE_FABA_D671, 0x33C0_152B_040D_59A3, 0x0819_2B43_BB9F_7B5C,
      0x1EDF_8251_75BB_90BB, 0x5254_65CF_9097_5E9D, 0x80D5_9896_2D95_C1F1, 0x2860_1443_3392_2F8F,
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
      0xDC33_F187_F121_16C9, 0x24D4_85E2_2A0F_598E, 0xD66E_7EB7_701A_A2C2, 0x2C5B_4E0E_85FA_8F19,
      0x10A0_0A2D_129E_25AA, 0x2429_5BDB_3607_ED81, 0x6DB9_D5DA_DC1D_3EEE, 0xE515_87F4_4511_B178,
    ],
    .brokenBars: [
      0xBDF4_DF01_50AE_3640, 0x8E02_D668_EA5D_DFF0, 0xBA77_1E35_ADFA_025C, 0x2AD6_EE72_A23E_FF09,
      0x5E38_8BF5_6607_47D2, 0x9186_833A_CB76_7416, 0xE5C3_8EA3_2DE6_3146, 0x11CB_3A5B_28DA_E019,
    ],
    .live: [
      0xAA7C_417D_821F_844D, 0x1486_B659_69AB_81AD, 0x9542_5D8F_3FBC_6B2F, 0x45ED_A841_2D53_C866,
      0xFE7F_3C14_5BC0_7D31, 0xDFD0_9B05_DF27_03D8, 0x0F64_3816_89A5_3EC1, 0xF565_9527_34DA_5284,
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
