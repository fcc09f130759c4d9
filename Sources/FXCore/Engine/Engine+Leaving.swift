import CFxaot
import Trading

/// Instruments leave an engine, alone or on the way to another.
extension Engine {
  /// Takes instruments out, by their refs, with all that is theirs. Their events so far, and what
  /// the engine has counted, stay. On an error the engine is as it was:
  /// - FXAOT_UNKNOWN_SYMBOL for a ref that is no instrument's,
  /// - FXAOT_BAD_ARGUMENT for one that comes twice,
  /// - FXAOT_BAD_INSTRUMENT when one that stays is converted through one that leaves, and there is no
  ///   other way, or none with quotes where the old one had them; and when a script and an instrument
  ///   whose bars it reads would part,
  /// - FXAOT_OUT_OF_MEMORY.
  /// O(instruments + strategies + waiting orders).
  public mutating func exportInstruments(_ refs: UnsafeBufferPointer<UInt64>) throws(EngineError)
    -> InstrumentParcel
  {
    leave(try Departure(refs, from: self))
  }

  /// Moves instruments from one engine to another: `exportInstruments` and `adopt` in one, and on an
  /// error of either both engines are as they were. FXAOT_BAD_ARGUMENT too when they are one engine.
  /// The caller must be the only one who uses either. Where `checkMove` has passed and only quotes have
  /// come since, `isChecked` leaves FXAOT_OUT_OF_MEMORY as the only error.
  public static func move(
    _ refs: UnsafeBufferPointer<UInt64>, from source: UnsafeMutablePointer<Engine>,
    to target: UnsafeMutablePointer<Engine>, isChecked: Bool = false
  ) throws(EngineError) {
    guard source != target else { throw EngineError(FXAOT_BAD_ARGUMENT) }
    let departure = try Departure(refs, from: source.pointee, isChecked: isChecked)
    let arrival = try target.pointee.arrival(of: departure.parcel)
    var parcel = source.pointee.leave(departure)
    target.pointee.arrive(arrival, &parcel)
  }

  /// Throws what `move` would, and changes nothing.
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
    for slot in 0..<strategies.count where strategies.base[slot].ref != 0 {
      let strategy = strategies.base + slot
      if let place = moves.placeStaying(strategy.pointee.instrumentSlot) {
        strategy.pointee.instrumentSlot = place
      } else {
        // The parcel has it now.
        if let place = strategy.pointee.scriptPlace { _ = scripts.take(place) }
        byStrategyRef.remove(strategy.pointee.ref)
        strategy.pointee.ref = 0
      }
    }
    venue.renumber { moves.placeStaying($0) }
    instruments = departure.staying
    bySymbolKey = departure.bySymbolKey
    byInstrumentRef = departure.byInstrumentRef
    sumRealised()
    var parcel = departure.parcel
    parcel.isOwner = true
    parcel.renumberListeners { moves.strategyPlace($0) }
    return parcel
  }

  /// The account's realised profit is that of its instruments.
  mutating func sumRealised() {
    let sum = instruments.elements.reduce(Int128(0)) { $0 + Int128($1.book.realised) }
    realised = Money.saturating(sum)
  }
}
