import CFxaot
import Messaging
import Trading

/// All changes of an engine when instruments leave, prepared in advance: memory taken, copies made,
/// conversions looked up. Putting them into effect cannot fail.
struct Departure: ~Copyable {
  var parcel: InstrumentParcel
  var staying: Slab<InstrumentState>
  let bySymbolKey: InstrumentIndex
  let byInstrumentRef: InstrumentIndex
  let moves: Moves

  /// Fails as `Engine.exportInstruments` does. Changes nothing. `isChecked`: the same check has just passed,
  /// and only quotes have arrived since. They may have been the first quotes of a conversion, so a way
  /// without quotes is then accepted.
  init(_ refs: UnsafeBufferPointer<UInt64>, from engine: borrowing Engine, isChecked: Bool = false)
    throws(EngineError)
  {
    let moves = try Moves(refs, in: engine)
    for slot in 0..<engine.instruments.count where moves.placeLeaving(slot) != nil {
      guard engine.accountState.canLeave(slot) else { throw EngineError(FXAOT_BUSY) }
    }
    try Self.keepTogether(moves, engine)
    let staying = try Self.staying(moves, engine, isChecked)
    let parcel = try Self.parcel(moves, engine, isChecked)
    let byKey = try Engine.index(byKey: staying.elements)
    let byRef = try Engine.index(byRef: staying.elements)
    self.moves = moves
    self.staying = staying
    self.parcel = parcel
    bySymbolKey = byKey
    byInstrumentRef = byRef
  }

  /// Checks that a script and the instruments whose bars it reads stay in one engine.
  private static func keepTogether(
    _ moves: borrowing Moves, _ engine: borrowing Engine
  ) throws(EngineError) {
    for strategy in engine.strategies.elements where strategy.ref != 0 {
      let leaves = moves.placeLeaving(strategy.instrumentSlot) != nil
      for slot in engine.otherSlots(strategy) where (moves.placeLeaving(slot) != nil) != leaves {
        throw EngineError(FXAOT_BAD_INSTRUMENT)
      }
    }
  }

  private static func staying(
    _ moves: borrowing Moves, _ engine: borrowing Engine, _ isChecked: Bool
  ) throws(EngineError) -> Slab<InstrumentState> {
    var staying = Slab<InstrumentState>()
    guard staying.reserve(engine.instruments.count - moves.leaving) else {
      throw EngineError(FXAOT_OUT_OF_MEMORY)
    }
    for slot in 0..<engine.instruments.count where moves.placeStaying(slot) != nil {
      _ = staying.append(engine.instruments.base[slot])
    }
    let conversions = Conversions(instruments: staying.elements, account: engine.settings.currency)
    for index in 0..<staying.count {
      let old = staying.base[index].conversion
      staying.base[index].conversion = old.renumbered { moves.placeStaying($0) } ?? Conversion()
    }
    let routes = try conversions.routes()
    for slot in 0..<engine.instruments.count {
      guard let place = moves.placeStaying(slot), staying.base[place].conversion.kind == .none
      else { continue }
      let need = engine.conversions.need(
        inPlaceOf: engine.instruments.base[slot].conversion, isChecked)
      guard conversions.satisfies(routes.base[place], need) else {
        throw EngineError(FXAOT_BAD_INSTRUMENT)
      }
      staying.base[place].conversion = routes.base[place]
    }
    return staying
  }

  private static func parcel(
    _ moves: borrowing Moves, _ engine: borrowing Engine, _ isChecked: Bool
  ) throws(EngineError) -> InstrumentParcel {
    var parcel = InstrumentParcel(
      engine.settings, nextOrderID: engine.accountState.gate.nextOrderID, now: engine.accountState.now)
    let orders = engine.accountState.venue.waiting.elements
    let positions = engine.accountState.positions.elements
    guard parcel.positions.reserve(positions.count),
      parcel.reserve(
        instruments: moves.leaving, strategies: moves.strategiesLeaving,
        orders: orders.count { moves.placeLeaving($0.instrumentSlot) != nil })
    else { throw EngineError(FXAOT_OUT_OF_MEMORY) }
    for slot in 0..<engine.instruments.count where moves.placeLeaving(slot) != nil {
      parcel.append(engine.instruments.base[slot], moves, engine.conversions, isChecked)
    }
    for (slot, strategy) in engine.strategies.elements.enumerated()
    where moves.strategyPlace(slot) >= 0 {
      var strategy = strategy
      strategy.instrumentSlot = moves.placeLeaving(strategy.instrumentSlot) ?? 0
      if let place = strategy.scriptPlace, let script = engine.scripts[place] {
        strategy.content = .script(parcel.scripts.count)
        _ = parcel.scripts.append(script)
      }
      _ = parcel.strategies.append(strategy)
    }
    for var order in orders {
      guard let place = moves.placeLeaving(order.instrumentSlot) else { continue }
      order.instrumentSlot = place
      order.strategySlot = moves.strategyPlace(order.strategySlot)
      _ = parcel.orders.append(order)
    }
    for var position in positions {
      guard let place = moves.placeLeaving(position.instrumentSlot) else { continue }
      position.instrumentSlot = place
      _ = parcel.positions.append(position)
    }
    return parcel
  }
}

extension InstrumentParcel {
  fileprivate mutating func append(
    _ state: InstrumentState, _ moves: borrowing Moves, _ conversions: Conversions, _ isChecked: Bool
  ) {
    var item = Item(state: state, need: .nothing)
    if let conversion = state.conversion.renumbered({ moves.placeLeaving($0) }) {
      item.state.conversion = conversion
    } else {
      item.need = conversions.need(inPlaceOf: state.conversion, isChecked)
      item.state.conversion = Conversion()
    }
    _ = items.append(item)
  }
}

extension Conversions {
  func need(inPlaceOf cut: Conversion, _ isChecked: Bool) -> InstrumentParcel.Need {
    cut.kind == .none ? .nothing : isLive(cut) && !isChecked ? .liveRoute : .route
  }

  /// Whether a way can replace one that the move cuts.
  func satisfies(_ route: Conversion, _ need: InstrumentParcel.Need) -> Bool {
    switch need {
    case .nothing: true
    case .route: route.kind != .none
    case .liveRoute: isLive(route)
    }
  }
}
