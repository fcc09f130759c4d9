import CFxaot
import Market
import Messaging
import Records

/// Instruments by their keys or refs, and by those of their aliases.
struct InstrumentIndex: ~Copyable {
  private let places: PerfectHash
  private let count: Int
  /// The slots of the aliases, which come after the instruments.
  private let aliased: Slab<Int>

  /// FXAOT_ALREADY_EXISTS where two are the same.
  init(
    _ states: UnsafeMutableBufferPointer<InstrumentState>, _ name: (InstrumentState) -> UInt64,
    _ alias: (InstrumentAlias) -> UInt64
  ) throws(EngineError) {
    var keys = Slab<UInt64>()
    var aliased = Slab<Int>()
    let all = states.reduce(states.count) { $0 + $1.aliases.count }
    guard keys.reserve(all), aliased.reserve(all) else { throw EngineError(FXAOT_OUT_OF_MEMORY) }
    for state in states { _ = keys.append(name(state)) }
    for (slot, state) in states.enumerated() {
      for place in 0..<state.aliases.count {
        _ = keys.append(alias(state.aliases[place]))
        _ = aliased.append(slot)
      }
    }
    places = try Engine.index(keys.count) { keys.base[$0] }
    count = states.count
    self.aliased = aliased
  }

  /// −1 for none.
  @inline(__always)
  func slot(of key: UInt64) -> Int {
    let place = places.slot(of: key)
    return place < count ? place : aliased.base[place &- count]
  }
}

/// Another name of an instrument.
struct InstrumentAlias: BitwiseCopyable {
  var key: UInt64 = 0
  var ref: UInt64 = 0
}

/// The other names of one instrument.
struct InstrumentAliases: BitwiseCopyable {
  private(set) var count = 0
  private var names = (
    InstrumentAlias(), InstrumentAlias(), InstrumentAlias(), InstrumentAlias(), InstrumentAlias(), InstrumentAlias(),
    InstrumentAlias(), InstrumentAlias()
  )

  init() {}

  /// nil for a name that is no symbol, a ref that no instrument may have, or too many.
  init?(_ raw: fxaot_instrument) {
    guard raw.alias_count <= UInt32(FXAOT_MOST_ALIASES), raw.alias_count == 0 || raw.aliases != nil else { return nil }
    for place in 0..<Int(raw.alias_count) {
      guard let alias = raw.aliases?[place] else { return nil }
      let key = withUnsafeBytes(of: alias.symbol) { SymbolKey.make(cString: $0) }
      guard key != 0, alias.ref != 0, alias.ref != QuoteMessage.replayed else { return nil }
      withUnsafeMutableBytes(of: &names) {
        $0.assumingMemoryBound(to: InstrumentAlias.self)[place] = InstrumentAlias(key: key, ref: alias.ref)
      }
      count += 1
    }
  }

  /// With the refs of this node.
  mutating func persist(_ archive: inout some StateArchive, _ newRef: (UInt64) -> UInt64) {
    archive(&count)
    if !(0...Int(FXAOT_MOST_ALIASES)).contains(count) {
      archive.fail()
      count = 0
    }
    for place in 0..<count {
      var alias = self[place]
      archive(&alias.key)
      archive(&alias.ref)
      if !archive.isLoading { continue }
      alias.ref = newRef(alias.ref)
      if alias.key == 0 || alias.ref == 0 || alias.ref == QuoteMessage.replayed { archive.fail() }
      withUnsafeMutableBytes(of: &names) { $0.assumingMemoryBound(to: InstrumentAlias.self)[place] = alias }
    }
  }

  /// O(1).
  subscript(place: Int) -> InstrumentAlias {
    withUnsafeBytes(of: names) { bytes in
      let all = bytes.assumingMemoryBound(to: InstrumentAlias.self)
      return all.indices.contains(place) ? all[place] : InstrumentAlias()
    }
  }
}
