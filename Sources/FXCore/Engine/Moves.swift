import CFxaot
import Messaging

/// Which instruments leave an engine, and the new places of all instruments and strategies.
struct Moves: ~Copyable {
  struct Move: BitwiseCopyable {
    var leaves = false
    /// Among those that leave, or among those that stay.
    var place = 0
  }

  private var moves = Slab<Move>()
  /// By slot, a strategy's place among those that leave; −1 when it stays, or the slot is free.
  private var strategyPlaces = Slab<Int>()
  private(set) var leaving = 0
  private(set) var strategiesLeaving = 0

  /// Fails with FXAOT_UNKNOWN_SYMBOL for a ref without an instrument, FXAOT_BAD_ARGUMENT for a ref that
  /// appears twice, FXAOT_OUT_OF_MEMORY.
  init(_ refs: UnsafeBufferPointer<UInt64>, in engine: borrowing Engine) throws(EngineError) {
    guard moves.reserve(engine.instruments.count),
      strategyPlaces.reserve(engine.strategies.count)
    else { throw EngineError(FXAOT_OUT_OF_MEMORY) }
    for _ in 0..<engine.instruments.count { _ = moves.append(Move()) }
    for ref in refs {
      let slot = engine.byInstrumentRef.slot(of: ref)
      guard slot >= 0 else { throw EngineError(FXAOT_UNKNOWN_SYMBOL) }
      guard !moves.base[slot].leaves else { throw EngineError(FXAOT_BAD_ARGUMENT) }
      moves.base[slot].leaves = true
    }
    for slot in 0..<moves.count {
      moves.base[slot].place = moves.base[slot].leaves ? leaving : slot - leaving
      if moves.base[slot].leaves { leaving += 1 }
    }
    for strategy in engine.strategies.elements {
      let leaves = strategy.ref != 0 && placeLeaving(strategy.instrumentSlot) != nil
      _ = strategyPlaces.append(leaves ? strategiesLeaving : -1)
      if leaves { strategiesLeaving += 1 }
    }
  }

  /// The new place of an instrument that leaves; nil when it stays.
  func placeLeaving(_ slot: Int) -> Int? {
    slot >= 0 && slot < moves.count && moves.base[slot].leaves ? moves.base[slot].place : nil
  }

  /// The new place of an instrument that stays; nil when it leaves.
  func placeStaying(_ slot: Int) -> Int? {
    slot >= 0 && slot < moves.count && !moves.base[slot].leaves ? moves.base[slot].place : nil
  }

  func strategyPlace(_ slot: Int) -> Int {
    slot >= 0 && slot < strategyPlaces.count ? strategyPlaces.base[slot] : -1
  }
}
