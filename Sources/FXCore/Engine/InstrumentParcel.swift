import Libc
import Messaging
import Trading

/// Instruments on their way from one engine to another, and everything that belongs to them: open bars, books,
/// strategies with parameters and memory, orders that wait at the venue.
///
/// Slots in it are places in its own lists, not the engine's slots. A parcel that no engine adopts frees its
/// contents. Any thread may use it, one at a time.
public struct InstrumentParcel: ~Copyable, @unchecked Sendable {
  struct Item: BitwiseCopyable {
    var state: InstrumentState
    var need: Need
  }

  /// The replacement that a conversion over an instrument that stayed needs: any way, or one with quotes if
  /// the old one had them.
  enum Need: BitwiseCopyable { case nothing, route, liveRoute }

  let settings: Engine.Settings
  /// In the order in which they were added to their engine.
  var items = Slab<Item>()
  var strategies = Slab<StrategyState>()
  /// A strategy's script is at its place here.
  var scripts = Slab<ScriptTable.Entry>()
  /// The oldest first.
  var orders = Slab<AccountOrder>()
  var positions = Slab<Position>()
  /// The time up to which their swap has been booked.
  let now: Int64
  /// Above all order numbers in the instruments' events.
  var nextOrderID: Int64
  /// False while an engine owns the memory of the states.
  var isOwner = false

  init(_ settings: Engine.Settings, nextOrderID: Int64, now: Int64) {
    self.settings = settings
    self.now = now
    self.nextOrderID = nextOrderID
  }

  deinit {
    if !isOwner { return }
    for strategy in strategies.elements {
      if case .table(let version) = strategy.content { version.release() }
    }
    for script in scripts.elements { script.release() }
    for item in items.elements { item.state.release() }
  }

  /// How many instruments are in it: none after an engine has adopted them.
  public var count: Int { items.count }

  /// Takes room for as many as will be put in.
  mutating func reserve(instruments: Int, strategies count: Int, orders waiting: Int) -> Bool {
    items.reserve(instruments) && strategies.reserve(count) && scripts.reserve(count)
      && orders.reserve(waiting)
  }

  mutating func renumberListeners(_ newSlot: (Int) -> Int) {
    for item in items.elements { item.state.renumberListeners(newSlot) }
  }

  /// After an engine has taken over all that is in it.
  mutating func removeAll() {
    isOwner = false
    items.removeAll()
    strategies.removeAll()
    scripts.removeAll()
    orders.removeAll()
    positions.removeAll()
  }
}

extension InstrumentState {
  fileprivate func renumberListeners(_ newSlot: (Int) -> Int) {
    guard let builders, let listeners else { return }
    for builder in UnsafeBufferPointer(start: builders, count: builderCount) {
      let range = builder.firstListener..<(builder.firstListener &+ builder.listenerCount)
      for index in range {
        listeners[index].strategySlot = newSlot(listeners[index].strategySlot)
      }
    }
  }
}

extension Engine.Settings {
  /// Whether the same signals make the same orders and events: all but the opening balance.
  func trades(like other: Engine.Settings) -> Bool {
    currency == other.currency && minimumStrength == other.minimumStrength
      && sizer == other.sizer && emitsBars == other.emitsBars && maxTimeJump == other.maxTimeJump
  }
}
