import CFxaot
import Market
import Messaging
import Trading

extension Engine {
  /// Adds an instrument under the caller's name for it. An error changes nothing.
  /// O(instruments²) for the conversion routes.
  public mutating func addInstrument(_ raw: fxaot_instrument, ref: UInt64) throws(EngineError) {
    guard ref != 0, ref != QuoteMessage.replayed else { throw EngineError(FXAOT_BAD_ARGUMENT) }
    guard let instrument = Instrument(raw), let aliases = InstrumentAliases(raw) else {
      throw EngineError(FXAOT_BAD_INSTRUMENT)
    }
    guard byInstrumentRef.slot(of: ref) < 0, bySymbolKey.slot(of: instrument.key) < 0 else {
      throw EngineError(FXAOT_ALREADY_EXISTS)
    }
    let slot = instruments.count
    guard slot < Self.instrumentLimit else { throw EngineError(FXAOT_LIMIT) }
    guard instruments.append(InstrumentState(instrument: instrument, ref: ref, aliases: aliases)) else {
      throw EngineError(FXAOT_OUT_OF_MEMORY)
    }
    do {
      let routes = try conversions.routes()
      try rebuildInstrumentTables()
      takeBetter(routes)
    } catch {
      instruments.remove(at: slot)
      connectAccount()
      throw error
    }
    connectAccount()
    noteInstrument(raw, ref)
  }

  /// Makes both look-ups, or neither.
  private mutating func rebuildInstrumentTables() throws(EngineError) {
    let byKey = try Self.index(byKey: instruments.elements)
    byInstrumentRef = try Self.index(byRef: instruments.elements)
    bySymbolKey = byKey
  }

  static func index(byKey states: UnsafeMutableBufferPointer<InstrumentState>) throws(EngineError) -> InstrumentIndex {
    try InstrumentIndex(states, { $0.instrument.key }, { $0.key })
  }

  static func index(byRef states: UnsafeMutableBufferPointer<InstrumentState>) throws(EngineError) -> InstrumentIndex {
    try InstrumentIndex(states, { $0.ref }, { $0.ref })
  }

  /// The look-up of keys: 0 ..< count. FXAOT_ALREADY_EXISTS where two are the same.
  static func index(_ count: Int, by key: (Int) -> UInt64) throws(EngineError) -> PerfectHash {
    var keys = Slab<UInt64>()
    guard keys.reserve(count) else { throw EngineError(FXAOT_OUT_OF_MEMORY) }
    for place in 0..<count { _ = keys.append(key(place)) }
    do throws(MessagingError) {
      return try PerfectHash(UnsafeBufferPointer(keys.elements))
    } catch {
      switch error {
      case .outOfMemory: throw EngineError(FXAOT_OUT_OF_MEMORY)
      case .duplicateKey: throw EngineError(FXAOT_ALREADY_EXISTS)
      default: throw EngineError(FXAOT_LIMIT)
      }
    }
  }

  /// After an instrument's first quote: it may be on a better way of conversion. Without memory the ways stay.
  /// O(instruments²), once for each instrument.
  mutating func chooseRoutes(after slot: Int) {
    instruments.base[slot].market.isRouted = true
    if let routes = try? conversions.routes() { takeBetter(routes) }
  }

  /// A better way without quotes must not replace one that is in use: open positions could not be valued
  /// until its first quotes.
  private mutating func takeBetter(_ routes: borrowing Slab<Conversion>) {
    for index in 0..<instruments.count {
      let (old, new) = (instruments.base[index].conversion, routes.base[index])
      if conversions.isLive(new) || !conversions.isLive(old) {
        instruments.base[index].conversion = new
      }
    }
  }
}
