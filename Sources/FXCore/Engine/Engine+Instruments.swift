import CFxaot
import Market
import Messaging
import Trading

extension Engine {
  /// Adds an instrument under the caller's name for it. An error changes nothing.
  /// O(instruments²) for the conversion routes.
  public mutating func addInstrument(_ raw: fxaot_instrument, ref: UInt64) throws(EngineError) {
    guard ref != 0, ref != QuoteMessage.replayed else { throw EngineError(FXAOT_BAD_ARGUMENT) }
    guard let instrument = Instrument(raw) else { throw EngineError(FXAOT_BAD_INSTRUMENT) }
    guard byInstrumentRef.slot(of: ref) < 0, bySymbolKey.slot(of: instrument.key) < 0 else {
      throw EngineError(FXAOT_ALREADY_EXISTS)
    }
    let slot = instruments.count
    guard slot < Self.instrumentLimit else { throw EngineError(FXAOT_LIMIT) }
    guard instruments.append(InstrumentState(instrument: instrument, ref: ref)) else {
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
  }

  /// Makes both look-ups, or neither.
  private mutating func rebuildInstrumentTables() throws(EngineError) {
    let states = instruments.base
    let byKey = try Self.index(instruments.count) { states[$0].instrument.key }
    byInstrumentRef = try Self.index(instruments.count) { states[$0].ref }
    bySymbolKey = byKey
  }

  /// The look-up of keys, which must differ: 0 ..< count.
  static func index(_ count: Int, by key: (Int) -> UInt64) throws(EngineError) -> PerfectHash {
    var keys = Slab<UInt64>()
    guard keys.reserve(count) else { throw EngineError(FXAOT_OUT_OF_MEMORY) }
    for place in 0..<count { _ = keys.append(key(place)) }
    do throws(MessagingError) {
      return try PerfectHash(UnsafeBufferPointer(keys.elements))
    } catch {
      throw EngineError(error == .outOfMemory ? FXAOT_OUT_OF_MEMORY : FXAOT_LIMIT)
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
