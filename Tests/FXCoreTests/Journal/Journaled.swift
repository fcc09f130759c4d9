import CFxaot
import Libc
import Testing

@testable import FXCore

/// An engine's journal in memory, and an engine that is made of it.
enum Journaled {
  static let inputs = InputJournal.Scope.inputs.rawValue

  /// Takes what the world's engine has recorded.
  static func take(_ world: World) -> [UInt8] {
    let (base, count, isBroken) = world.engine.pointee.takeJournal()
    #expect(!isBroken)
    defer { free(base) }
    return Array(UnsafeRawBufferPointer(start: base, count: count))
  }

  /// Carries out a batch's records. The refs in this process: 1000 + those of the journal, so that a ref that is not
  /// translated shows.
  static func apply(_ batch: [UInt8], to world: World, _ refs: JournalRefs, _ make: @escaping JournalRefs.Maker = make)
    throws
  {
    try batch.withUnsafeBytes { bytes in
      var place = 0
      while place + 5 <= bytes.count {
        let length = Int(bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
        guard place + 5 + length <= bytes.count else { break }
        let payload = UnsafeRawBufferPointer(rebasing: bytes[place + 5..<place + 5 + length])
        try world.engine.pointee.apply(bytes[place + 4], payload, refs, make)
        place += 5 + length
      }
    }
  }

  static func isBroken(_ world: World) -> Bool {
    let (base, _, isBroken) = world.engine.pointee.takeJournal()
    free(base)
    return isBroken
  }

  static func named(_ text: String, _ ref: UInt64) throws -> JournalRefs {
    let refs = JournalRefs()
    #expect(refs.learn(ref, Array(text.utf8), make))
    return refs
  }

  /// Refs as they were: names are numbers here.
  static func make(_ name: [UInt8]) -> UInt64 { UInt64(String(decoding: name, as: UTF8.self)) ?? symbols[name] ?? 99 }

  private static var symbols: [[UInt8]: UInt64] {
    let names = ["EURUSD", "USDJPY", "EURGBP", "EURJPY", "GBPUSD", "AUDCAD", "NZDUSD"]
    return Dictionary(uniqueKeysWithValues: names.enumerated().map { (Array($0.element.utf8), UInt64($0.offset + 1)) })
  }

  /// The first difference between two engines, nil if all that can be read is the same.
  static func difference(_ one: World, _ other: World) -> String? {
    func bytes<T>(_ x: T) -> [UInt8] { withUnsafeBytes(of: x) { Array($0) } }
    let (a, b) = (one.stats, other.stats)
    if (a.quotes, a.accepted, a.signals, a.orders, a.fills, a.rejects) != (
      b.quotes, b.accepted, b.signals, b.orders, b.fills, b.rejects
    ) {
      return "counts \(a) and \(b)"
    }
    if a.events != b.events { return "events \(a.events) and \(b.events)" }
    if bytes(one.account) != bytes(other.account) { return "account \(one.account) and \(other.account)" }
    if one.positions.map(bytes) != other.positions.map(bytes) { return "positions" }
    let (mine, theirs) = (one.strategies, other.strategies)
    if mine.map(\.bars) != theirs.map(\.bars) || mine.map(\.fills) != theirs.map(\.fills) {
      return "strategies"
    }
    if orders(one).map(bytes) != orders(other).map(bytes) { return "orders" }
    return nil
  }

  static func orders(_ world: World) -> [fxaot_order] {
    let count = world.engine.pointee.orders(into: UnsafeMutableBufferPointer(start: nil, count: 0))
    return Array(unsafeUninitializedCapacity: count) { $1 = min(count, world.engine.pointee.orders(into: $0)) }
  }
}
