import CFxaot
import Foundation
import TestTerms
import Testing

@testable import FXCore
@testable import Market
@testable import Trading

/// Nothing of an engine's state is forgotten in a snapshot: each stored property of a type that is saved stands in the
/// functions which save it, or below with the reason why not. Whoever adds a property decides here.
struct SavedStateTests {
  /// Properties that no snapshot needs.
  private static let derived: [String: [String: String]] = [
    "Account": ["currency": "of the configuration"],
    "BarBroker": ["within": "of back-tests, which save nothing"],
    "BarBuilder": [
      "timeframe": "saved before it", "firstListener": "made from the strategies",
      "listenerCount": "made from the strategies",
    ],
    "BarClock": [
      "zone": "of the symbol", "calendar": "of the symbol", "session": "of the symbol",
      "span": "worked out of the time",
      "dayStart": "worked out of the time", "dayMoment": "worked out of the time",
    ],
    "BarGap": ["hasBegun": "of the history at hand"],
    "BarPathVenue": [
      "prices": "of the instrument", "quantities": "of the instrument", "slippage": "of the program",
      "limitVerification": "of the program", "lotsByID": "made from the lots",
    ],
    "Engine": [
      "settings": "saved as a configuration", "latency": "measured anew", "quoteTrace": "switched on anew",
      "cycleLength": "measured anew", "isWarming": "false between two calls",
    ],
    "Engine.Settings": ["quickJump": "made from maxTimeJump"],
    "EventLog": [
      "events": "told, or lost with the process", "lost": "told, or lost with the process",
      "orders": "switched on anew",
    ],
    "FeedSource": [
      "number": "of the program", "isWhole": "of the program", "waitsForOpen": "of the program",
    ],
    "GatewayVenue": ["endedLimit": "constant"],
    "Instrument": [
      "grid": "made of price decimals and step", "quantityStep": "made by its initialiser",
      "minimumQuantity": "made by its initialiser", "maximumQuantity": "made by its initialiser",
    ],
    "KeptBars": [
      "serial": "new in each process", "table": "filled with the bars", "current": "filled with the bars",
      "pushed": "the oldest one and the count",
    ],
    "ObjectHeap": [
      "memory": "slots and cells are saved", "texts": "saved by the runner", "hasNegativeIndices": "of the program",
      "slotRoom": "of its memory", "cellRoom": "of its memory", "fault": "none between two bars",
      "function": "none between two bars", "pending": "none between two bars", "scratch": "none between two bars",
      "work": "none between two bars", "drawn": "made from the slots", "mostDrawings": "of the program",
    ],
    "OrderRecords": ["table": "made from the records"],
    "PaperVenue": ["gaps": "none between two inputs", "changes": "none between two inputs"],
    "PlainList": ["capacity": "of its memory"],
    "RefNames": ["known": "made from the list"],
    "RequestFeed": [
      "feeds": "saved themselves", "isShorter": "of the program", "isOwnPeriod": "of the program",
      "calendar": "of the symbol", "gaps": "of the program",
      "lookahead": "of the program", "registers": "of the program", "hours": "of the symbol", "rates": "of the history",
      "ends": "of the history", "finals": "of the history", "finalCopies": "of the history",
      "foreseenValues": "of the history", "last": "of the history", "copied": "of the program",
      "saved": "room for a look",
    ],
    "RestingOrders": ["wanted": "collected anew"],
    "RiskGate": [
      "flag": "the newest state", "hasNoJournal": "of the journal", "latched": "of the journal",
    ],
    "ScriptBook": [
      "settings": "of the program", "prices": "of the instrument", "quantities": "of the instrument",
      "pointValue": "of the instrument", "sealsTrades": "switched on anew", "numbers": "of the program",
      "changes": "for a back-test's spans, which are not saved",
    ],
    "ScriptVersion": [
      "source": "saved before it", "account": "of the account", "accountName": "of the account",
      "sources": "of the program", "inputs": "of the source", "outputs": "of the program",
      "name": "of the program",
    ],
    "SharedList": ["blocks": "its elements are saved"],
    "StrategyState": [
      "ref": "saved before it", "instrumentSlot": "saved before it", "content": "saved before it",
      "timeframe": "saved before it", "basis": "saved before it", "birth": "the order in the snapshot",
      "isWanting": "made from the wants",
    ],
    "Timeframe": ["ticks": "made of kind and count", "length": "made of kind and count"],
    "TradedInstrument": ["instrument": "saved before it", "ref": "saved before it", "quiet": "made of its ranges"],
    "TradingTerms": [
      "hours": "made from the raw terms", "commissionKind": "made from the raw terms",
      "swapMode": "made from the raw terms",
      "commissionCurrency": "made from the raw terms",
    ],
    "World": [
      "instructions": "of the program", "kernelBytes": "of the program", "kernels": "of the program",
      "orders": "of the program", "times": "of the program", "fields": "of the program", "fieldCount": "of the program",
      "host": "of the process", "hasPlainFields": "of the program", "texts": "saved by the runner",
      "mintick": "of the symbol", "pointValue": "of the symbol", "budget": "of the environment",
    ],
    "fxaot_stats": [
      "events": "of the log", "latency_samples": "measured anew", "latency_p50_ns": "measured anew",
      "latency_p99_ns": "measured anew", "latency_p999_ns": "measured anew", "latency_max_ns": "measured anew",
      "stage_ns": "measured anew", "strategies": "counted when it is read",
    ],
  ]

  /// Structures of the C interface that are saved field by field.
  private static let fields: [String: [String]] = [
    "fxaot_stats": Mirror(reflecting: fxaot_stats()).children.compactMap(\.label)
  ]

  private static let package = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")

  private func sources() throws -> SwiftSource {
    try SwiftSource(targets: ["Records", "Market", "StrategyVM", "Trading", "FXCore"], in: Self.package)
  }

  @Test func `each stored property of what is saved is saved, or has a reason`() throws {
    let source = try sources()
    var forgotten: [String] = []
    var unneeded: [String] = []
    for (type, text) in source.saving.sorted(by: { $0.key < $1.key }) {
      guard let properties = source.properties[type] ?? Self.fields[type] else { continue }
      let words = Set(text.matches(of: #/\w+/#).map { String($0.0) })
      let reasons = Self.derived[type] ?? [:]
      forgotten += properties.filter { !words.contains($0) && reasons[$0] == nil }.map { "\(type).\($0)" }
      unneeded += reasons.keys.filter { words.contains($0) || !properties.contains($0) }.map { "\(type).\($0)" }
    }
    unneeded += Self.derived.keys.filter { source.saving[$0] == nil }
    #expect(forgotten == [])
    #expect(unneeded.sorted() == [])
    #expect(source.saving.count > 40)
  }

  /// The properties are read from text: what Swift itself says of some types must be the same.
  @Test func `the properties that are read from the sources are those of the types`() throws {
    let source = try sources()
    func check(_ type: String, _ value: Any) {
      #expect(source.properties[type] == Mirror(reflecting: value).children.compactMap(\.label))
    }
    check("AccountOrder", AccountOrder.blank)
    check("Position", Position.blank)
    check("AccountBook", AccountBook())
    check("AccountSettings", AccountSettings.standard)
    check("TradingTerms", TradingTerms.usual)
    check("RandomSource", RandomSource(seed: 0))
    check("TradedInstrument", TradedInstrument(instrument: try #require(Instrument(Terms.make("EUR", "USD"))), ref: 1))
  }
}
