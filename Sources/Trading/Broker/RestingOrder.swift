import Market
import Records
import StrategyIR

/// A priced order of a script, as it rests at another venue.
///
/// An entry or order of the script is one of them; an exit is up to three for each entry that it exits: a stop, a
/// trailing stop and a limit, of which the first to fill takes the others with it.
public struct RestingOrder: BitwiseCopyable, Equatable, Sendable {
  public enum Kind: UInt8, BitwiseCopyable, Sendable { case limit, stop, stopLimit, touched }

  /// What of an entry or an exit it is, in the lowest two bits of the key. At one price a stop goes first.
  enum Part: Int64 { case entry, stop, trail, limit }

  /// Never 0. Two orders of a script never share one. A changed order keeps it while its kind and side stay.
  public internal(set) var key: Int64
  public internal(set) var kind: Kind
  public internal(set) var isBuy: Bool
  /// Can only close the script's own position.
  public internal(set) var isExit: Bool
  /// Units that are left to fill, above zero.
  public internal(set) var quantity: Double
  /// In price steps; 0: none.
  public internal(set) var limit: Int64 = 0
  public internal(set) var stop: Int64 = 0
  /// Steps of a trailing stop behind the best price, from the first price beyond `activation` on.
  public internal(set) var trail: Int64 = 0
  public internal(set) var activation: Int64 = 0

  init(_ serial: Int64, _ part: Part, _ kind: Kind, isBuy: Bool, _ quantity: Double) {
    key = serial << 2 | part.rawValue
    self.kind = kind
    self.isBuy = isBuy
    isExit = part != .entry
    self.quantity = quantity
  }

  /// As the account has it.
  init(_ order: AccountOrder) {
    key = order.scriptKey
    kind =
      switch order.kind {
      case .stop, .market: .stop
      case .limit: .limit
      case .stopLimit, .limitIfTouched: .stopLimit
      case .marketIfTouched: .touched
      }
    isBuy = order.isBuy
    isExit = order.isExit
    quantity = Double(order.order.quantity)
    limit = order.order.limit
    (trail, activation) = (order.trail.distance, order.trail.activation)
    // A trailing stop follows by itself.
    stop = trail > 0 ? 0 : order.order.stop
  }

  var serial: Int64 { key >> 2 }
  var part: Part { Part(rawValue: key & 3) ?? .entry }

}

/// What is to happen to a resting order at its venue. The broker's owner carries it out, and answers with `rests`,
/// or with `lost`.
public enum RestingChange: Equatable, Sendable {
  case place(RestingOrder)
  /// New prices, or another quantity that is left.
  case change(RestingOrder, at: VenuePlace)
  case withdraw(VenuePlace)
}

/// Where an order is at its venue: its number there, and whatever else finds it fast.
public struct VenuePlace: BitwiseCopyable, Equatable, Sendable {
  public internal(set) var number: Int64
  public internal(set) var turn: Int64

  public init(number: Int64, turn: Int64) {
    self.number = number
    self.turn = turn
  }
}

/// A fill that a venue reports to a live broker.
public struct LiveFill: BitwiseCopyable, Sendable {
  /// Of a resting order; 0: of the market order.
  public var key: Int64
  /// The order's number at the venue.
  public var number: Int64
  public var isBuy: Bool
  /// Units, above zero; a part of the order, or all of it.
  public var quantity: Double
  public var price: Double
  /// The quote that filled it, as the script's bars are made of it.
  public var quote: Double
  /// Milliseconds since 1970.
  public var time: Int64

  public init(
    key: Int64, number: Int64 = 0, isBuy: Bool, quantity: Double, price: Double, quote: Double, time: Int64
  ) {
    self.key = key
    self.number = number
    self.isBuy = isBuy
    self.quantity = quantity
    self.price = price
    self.quote = quote
    self.time = time
  }
}

/// The resting orders of a live broker: those that are at the venue, and those that its script wants there.
struct RestingOrders {
  struct Entry: BitwiseCopyable {
    /// What is left, at the prices that the venue has.
    var order: RestingOrder
    var at: VenuePlace
    /// Units that it had when it came, for commissions per order.
    var whole: Double
  }

  /// At the venue, by their keys.
  private(set) var entries: [Entry] = []
  /// The script may want others.
  var isStale = false
  private var wanted: [RestingOrder] = []
  private var changes: [RestingChange] = []
  private var next = 0

  /// The next change that brings the venue to what is wanted; `collect` adds what is wanted, in any order. It is asked
  /// only when something may have changed.
  mutating func nextChange(_ collect: (inout [RestingOrder]) -> Void) -> RestingChange? {
    while true {
      if next < changes.count {
        next += 1
        return changes[next - 1]
      }
      guard isStale else { return nil }
      isStale = false
      wanted.removeAll(keepingCapacity: true)
      collect(&wanted)
      compare()
    }
  }

  /// O(n log n) for n orders.
  private mutating func compare() {
    changes.removeAll(keepingCapacity: true)
    next = 0
    wanted.sort { $0.key < $1.key }
    // What is withdrawn goes first.
    var index = 0
    entries.removeAll { entry in
      while index < wanted.count, wanted[index].key < entry.order.key { index += 1 }
      let isWanted = index < wanted.count && wanted[index].key == entry.order.key
      if !isWanted { changes.append(.withdraw(entry.at)) }
      return !isWanted
    }
    var place = 0
    for index in wanted.indices {
      let order = wanted[index]
      while place < entries.count, entries[place].order.key < order.key { place += 1 }
      guard place < entries.count, entries[place].order.key == order.key else {
        changes.append(.place(order))
        continue
      }
      if entries[place].order != order { changes.append(.change(order, at: entries[place].at)) }
    }
  }

  /// The venue has the order, at these prices.
  mutating func rests(_ order: RestingOrder, at: VenuePlace) {
    if let place = index(of: order.key) {
      entries[place].order = order
      entries[place].at = at
    } else {
      entries.insert(Entry(order: order, at: at, whole: order.quantity), at: place(of: order.key))
    }
  }

  /// An order is at the venue after all, or not as it was asked for. Another one with its key has taken its place.
  mutating func stands(_ order: RestingOrder, at: VenuePlace) {
    guard let place = index(of: order.key), entries[place].at.number != at.number else {
      return rests(order, at: at)
    }
  }

  /// Takes a filled part off. Returns the order before it, with its whole quantity; nil for an unknown one.
  mutating func take(_ quantity: Double, of key: Int64, number: Int64, on grid: QuantityGrid) -> Entry? {
    guard let place = index(of: key), entries[place].at.number == number else { return nil }
    let entry = entries[place]
    entries[place].order.quantity = grid.snap(entry.order.quantity - quantity)
    if entries[place].order.quantity <= 0 { entries.remove(at: place) }
    return entry
  }

  /// Forgets an order by its key and its number; false if it is not here.
  mutating func drop(_ key: Int64, number: Int64) -> Bool {
    guard let place = index(of: key), entries[place].at.number == number else { return false }
    entries.remove(at: place)
    return true
  }

  mutating func removeAll() {
    entries.removeAll()
    changes.removeAll()
    next = 0
    isStale = false
  }

  private func index(of key: Int64) -> Int? {
    let place = place(of: key)
    return place < entries.count && entries[place].order.key == key ? place : nil
  }

  /// The first place whose key is not smaller.
  private func place(of key: Int64) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].order.key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension RestingOrders {
  /// Between two quotes all changes have been handed out.
  mutating func persist(_ archive: inout some StateArchive) {
    var isStale = isStale || next < changes.count
    archive.list(
      &entries,
      fresh: Entry(order: RestingOrder(0, .entry, .limit, isBuy: true, 0), at: VenuePlace(number: 0, turn: 0), whole: 0)
    ) {
      $1.persist(&$0)
    }
    archive(&isStale)
    if archive.isLoading {
      self.isStale = isStale
      changes.removeAll()
      next = 0
      if !zip(entries, entries.dropFirst()).allSatisfy({ $0.order.key < $1.order.key }) { archive.fail() }
    }
  }
}

extension RestingOrders.Entry {
  fileprivate mutating func persist(_ archive: inout some StateArchive) {
    order.persist(&archive)
    archive(&at.number)
    archive(&at.turn)
    archive(&whole)
  }
}

extension RestingOrder {
  fileprivate mutating func persist(_ archive: inout some StateArchive) {
    archive(&key)
    archive(&kind)
    archive(&isBuy)
    archive(&isExit)
    archive(&quantity)
    archive(&limit)
    archive(&stop)
    archive(&trail)
    archive(&activation)
  }
}
