import CFxaot
import Messaging

/// Takes over instruments that have left another engine.
extension Engine {
  /// Takes everything out of a parcel. From the next quote on the instruments cause the same events as they
  /// would have in their old engine, except that a size in percent of equity uses this engine's equity.
  /// Events get this engine's numbers. An instrument's order numbers keep growing, and its waiting orders
  /// keep theirs. An error changes neither the parcel nor the engine:
  /// - FXAOT_ALREADY_EXISTS when this engine already has a symbol, or a ref of an instrument or strategy,
  /// - FXAOT_BAD_CONFIG when account currency, sizer, smallest strength, bar events or largest jump differ,
  /// - FXAOT_BAD_INSTRUMENT when a conversion led through an instrument that is neither in the parcel nor
  ///   here, or has no quotes here,
  /// - FXAOT_LIMIT when the engine would have too many, FXAOT_OUT_OF_MEMORY.
  /// O(instruments + strategies + waiting orders), O(instruments²) where conversions are new.
  public mutating func adopt(_ parcel: inout InstrumentParcel) throws(EngineError) {
    arrive(try arrival(of: parcel), &parcel)
  }

  /// All changes of an engine when a parcel's instruments arrive, prepared in advance.
  struct Arrival: ~Copyable {
    var instruments: Slab<InstrumentState>
    let bySymbolKey: InstrumentIndex
    let byInstrumentRef: InstrumentIndex
    let byStrategyRef: SlotTable
    /// The slots of the parcel's strategies: free ones first, then new ones.
    let strategySlots: Slab<Int>
  }

  /// Prepares an arrival: takes room, changes nothing else. Fails as `adopt` does.
  mutating func arrival(of parcel: borrowing InstrumentParcel) throws(EngineError) -> Arrival {
    guard settings.trades(like: parcel.settings) else { throw EngineError(FXAOT_BAD_CONFIG) }
    // Its broker does not know the positions.
    guard !accountState.gateway.isOn else { throw EngineError(FXAOT_BUSY) }
    try refuseKnown(parcel)
    let all = try together(with: parcel)
    let byKey = try Self.index(byKey: all.elements)
    let byRef = try Self.index(byRef: all.elements)
    let slots = try strategySlots(for: parcel)
    var entries = Slab<SlotTable.Entry>()
    let last = slots.count > 0 ? slots.base[slots.count - 1] : -1
    guard entries.reserve(slots.count), strategies.reserve(max(strategies.count, last + 1)),
      wants.reserve(max(strategies.count, last + 1)), scripts.reserve(parcel.scripts.count),
      accountState.reserve(orders: parcel.orders.count, positions: parcel.positions.count)
    else { throw EngineError(FXAOT_OUT_OF_MEMORY) }
    for (place, strategy) in parcel.strategies.elements.enumerated() {
      _ = entries.append(SlotTable.Entry(ref: strategy.ref, slot: slots.base[place]))
    }
    let byStrategy = try byStrategyRef.with(entries)
    return Arrival(
      instruments: all, bySymbolKey: byKey, byInstrumentRef: byRef, byStrategyRef: byStrategy,
      strategySlots: slots)
  }

  private func refuseKnown(_ parcel: borrowing InstrumentParcel) throws(EngineError) {
    for item in parcel.items.elements {
      guard bySymbolKey.slot(of: item.state.instrument.key) < 0,
        byInstrumentRef.slot(of: item.state.ref) < 0
      else { throw EngineError(FXAOT_ALREADY_EXISTS) }
    }
    for strategy in parcel.strategies.elements where byStrategyRef.slot(of: strategy.ref) >= 0 {
      throw EngineError(FXAOT_ALREADY_EXISTS)
    }
  }

  /// This engine's instruments and then the parcel's, with their conversions.
  private func together(with parcel: borrowing InstrumentParcel) throws(EngineError)
    -> Slab<InstrumentState>
  {
    let first = instruments.count
    guard first + parcel.items.count <= Self.instrumentLimit else {
      throw EngineError(FXAOT_LIMIT)
    }
    var all = Slab<InstrumentState>()
    guard all.reserve(first + parcel.items.count) else { throw EngineError(FXAOT_OUT_OF_MEMORY) }
    for state in instruments.elements { _ = all.append(state) }
    for item in parcel.items.elements {
      var state = item.state
      if let conversion = state.conversion.renumbered({ $0 + first }) {
        state.conversion = conversion
      }
      _ = all.append(state)
    }
    try findConversions(all, parcel)
    return all
  }

  /// An instrument from the parcel keeps its way of conversion if that came along. The others get the best
  /// way; so do this engine's instruments without a way, or with one without quotes while another has them.
  private func findConversions(
    _ all: borrowing Slab<InstrumentState>, _ parcel: borrowing InstrumentParcel
  ) throws(EngineError) {
    let conversions = Conversions(instruments: all.elements, account: settings.currency)
    let routes = try conversions.routes()
    let first = instruments.count
    for index in 0..<all.count {
      let (old, new) = (all.base[index].conversion, routes.base[index])
      let need = index < first ? .nothing : parcel.items.base[index - first].need
      guard conversions.satisfies(new, need) else { throw EngineError(FXAOT_BAD_INSTRUMENT) }
      let isBetter = index < first && !conversions.isLive(old) && conversions.isLive(new)
      if old.kind == .none || isBetter { all.base[index].conversion = new }
    }
  }

  private func strategySlots(for parcel: borrowing InstrumentParcel) throws(EngineError)
    -> Slab<Int>
  {
    var slots = Slab<Int>()
    guard slots.reserve(parcel.strategies.count) else { throw EngineError(FXAOT_OUT_OF_MEMORY) }
    var next = 0
    while slots.count < parcel.strategies.count {
      guard next < Self.strategyLimit else { throw EngineError(FXAOT_LIMIT) }
      if next >= strategies.count || strategies.base[next].ref == 0 { _ = slots.append(next) }
      next += 1
    }
    return slots
  }

  /// Puts an arrival into effect. There is room for everything.
  mutating func arrive(_ arrival: consuming Arrival, _ parcel: inout InstrumentParcel) {
    passTime(to: parcel.now)
    let equity = accountState.equity()
    let first = instruments.count
    let slots = arrival.strategySlots
    parcel.renumberListeners { slots.base[$0] }
    for (place, strategy) in parcel.strategies.elements.enumerated() {
      var strategy = strategy
      strategy.instrumentSlot += first
      // The other engine counted its quotes by itself.
      strategy.steppedAt = 0
      if let place = strategy.scriptPlace {
        strategy.content = .script(scripts.add(parcel.scripts.base[place]))
      }
      let slot = slots.base[place]
      if slot < strategies.count {
        strategies.base[slot] = strategy
      } else {
        _ = strategies.append(strategy)
      }
    }
    for var order in parcel.orders.elements {
      order.instrumentSlot += first
      order.strategySlot = slots.base[order.strategySlot]
      // An order that waits between two calls fills at the instrument's next quote.
      order.fillsFrom = nextQuote
      _ = accountState.venue.accept(order)
    }
    for var position in parcel.positions.elements {
      position.instrumentSlot += first
      accountState.adopt(position)
    }
    instruments = arrival.instruments
    connectAccount()
    bySymbolKey = arrival.bySymbolKey
    byInstrumentRef = arrival.byInstrumentRef
    byStrategyRef = arrival.byStrategyRef
    accountState.gate.skip(to: parcel.nextOrderID)
    sumRealised()
    meet()
    accountState.rebase(from: equity)
    parcel.removeAll()
  }
}
