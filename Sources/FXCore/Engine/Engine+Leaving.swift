import CFxaot
import Trading

/// Instruments leave an engine, alone or on the way to another.
extension Engine {
  /// Takes instruments out, by their refs, with everything that belongs to them. Their earlier events and the
  /// engine's counters stay. An error changes nothing:
  /// - FXAOT_UNKNOWN_SYMBOL for a ref without an instrument,
  /// - FXAOT_BAD_ARGUMENT for a ref that appears twice,
  /// - FXAOT_BAD_INSTRUMENT when an instrument that stays is converted through one that leaves, and no other
  ///   way exists, or none with quotes where the old one had them; also when the move would separate a
  ///   script from an instrument whose bars it reads,
  /// - FXAOT_OUT_OF_MEMORY.
  /// O(instruments + strategies + waiting orders).
  public mutating func exportInstruments(_ refs: UnsafeBufferPointer<UInt64>) throws(EngineError)
    -> InstrumentParcel
  {
    leave(try Departure(refs, from: self))
  }

  /// Moves instruments from one engine to another: `exportInstruments` and `adopt` in one call. An error
  /// changes neither engine. FXAOT_BAD_ARGUMENT also when both are one engine. Nobody else may use either
  /// engine. If `checkMove` has passed and only quotes have arrived since, pass `isChecked`: then
  /// FXAOT_OUT_OF_MEMORY is the only error.
  public static func move(
    _ refs: UnsafeBufferPointer<UInt64>, from source: UnsafeMutablePointer<Engine>,
    to target: UnsafeMutablePointer<Engine>, isChecked: Bool = false
  ) throws(EngineError) {
    guard source != target else { throw EngineError(FXAOT_BAD_ARGUMENT) }
    // Neither of them books a night twice, or not at all.
    source.pointee.passTime(to: target.pointee.accountState.now)
    let departure = try Departure(refs, from: source.pointee, isChecked: isChecked)
    let arrival = try target.pointee.arrival(of: departure.parcel)
    var parcel = source.pointee.leave(departure)
    for (ref, text) in source.pointee.journal.names.list { target.pointee.journal.name(ref, text) }
    target.pointee.arrive(arrival, &parcel)
    // No record tells of it: the next commit of each journal is a snapshot.
    source.pointee.journal.breakOff()
    target.pointee.journal.breakOff()
  }

  /// Takes instruments out for good, with everything that belongs to them. Fails as `exportInstruments` does.
  public mutating func drop(_ refs: UnsafeBufferPointer<UInt64>) throws(EngineError) {
    _ = try exportInstruments(refs)
    journal.breakOff()
  }

  /// Throws the errors that `move` would throw, and changes nothing.
  public static func checkMove(
    _ refs: UnsafeBufferPointer<UInt64>, from source: UnsafeMutablePointer<Engine>,
    to target: UnsafeMutablePointer<Engine>
  ) throws(EngineError) {
    guard source != target else { throw EngineError(FXAOT_BAD_ARGUMENT) }
    let departure = try Departure(refs, from: source.pointee)
    _ = try target.pointee.arrival(of: departure.parcel)
  }

  private mutating func leave(_ departure: consuming Departure) -> InstrumentParcel {
    let moves = departure.moves
    let equity = accountState.equity()
    for slot in 0..<strategies.count where strategies.base[slot].ref != 0 {
      let strategy = strategies.base + slot
      if let place = moves.placeStaying(strategy.pointee.instrumentSlot) {
        strategy.pointee.instrumentSlot = place
      } else {
        // The parcel owns it now.
        if let place = strategy.pointee.scriptPlace { _ = scripts.take(place) }
        byStrategyRef.remove(strategy.pointee.ref)
        strategy.pointee.ref = 0
      }
    }
    accountState.venue.renumber { moves.placeStaying($0) }
    accountState.renumberPositions { moves.placeStaying($0) }
    instruments = departure.staying
    connectAccount()
    bySymbolKey = departure.bySymbolKey
    byInstrumentRef = departure.byInstrumentRef
    sumRealised()
    accountState.rebase(from: equity)
    var parcel = departure.parcel
    parcel.isOwner = true
    parcel.renumberListeners { moves.strategyPlace($0) }
    return parcel
  }

  /// The account's realised profit is the sum over its instruments.
  mutating func sumRealised() {
    let sum = instruments.elements.reduce(Int128(0)) { $0 + Int128($1.market.book.realised) }
    accountState.realised = Money.saturating(sum)
  }
}
