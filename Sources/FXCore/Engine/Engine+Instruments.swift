import CFxaot

extension Engine {
  /// Adds an instrument under the caller's name for it. On an error the engine is as it was.
  /// O(instruments²) for the conversion routes.
  public mutating func addInstrument(_ raw: fxaot_instrument, ref: UInt64) throws(EngineError) {
    guard ref != 0 else { throw EngineError(FXAOT_BAD_ARGUMENT) }
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
      try rebuildInstrumentTables()
    } catch {
      instruments.remove(at: slot)
      throw error
    }
    rebuildConversions()
  }

  /// Both or none.
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

  /// One search for each quote currency, or a currency that every instrument has would be searched
  /// for in all of them for each of them.
  private mutating func rebuildConversions() {
    for index in 0..<instruments.count {
      let currency = instruments.base[index].instrument.quote
      if let same = (0..<index).first(where: { instruments.base[$0].instrument.quote == currency })
      {
        instruments.base[index].conversion = instruments.base[same].conversion
        continue
      }
      let new = route(from: currency)
      // A better way that has no quotes yet must not take the place of one that is in use, or open
      // positions could not be valued until it has.
      let isWorse = convert(0, new) == nil && convert(0, instruments.base[index].conversion) != nil
      if !isWorse { instruments.base[index].conversion = new }
    }
  }

  /// The way to the account currency: directly, inverted, or over one cross, by way of USD where
  /// that is possible, else by the first pair that was added.
  private func route(from currency: UInt64) -> Conversion {
    if currency == settings.currency { return .identity }
    if let leg = leg(currency, settings.currency) {
      return Conversion(kind: .quotes, first: leg)
    }
    if let cross = cross(currency, over: Self.dollar) { return cross }
    for index in 0..<instruments.count {
      let pair = instruments.base[index].instrument
      let middle = pair.base == currency ? pair.quote : pair.quote == currency ? pair.base : 0
      if middle != 0, let cross = cross(currency, over: middle) { return cross }
    }
    return Conversion()
  }

  private func cross(_ currency: UInt64, over middle: UInt64) -> Conversion? {
    guard let first = leg(currency, middle), let second = leg(middle, settings.currency) else {
      return nil
    }
    return Conversion(kind: .quotes, first: first, second: second)
  }

  private func leg(_ from: UInt64, _ to: UInt64) -> Conversion.Leg? {
    for index in 0..<instruments.count {
      let pair = instruments.base[index].instrument
      if pair.base == from && pair.quote == to { return Conversion.Leg(instrumentSlot: index) }
      if pair.base == to && pair.quote == from {
        return Conversion.Leg(instrumentSlot: index, isInverted: true)
      }
    }
    return nil
  }

  private static var dollar: UInt64 { 0x44_53_55 }  // "USD", first byte lowest
}
