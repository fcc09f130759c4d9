import StrategyIR

/// Chooses the lots that a closing quantity comes from.
enum LotShare {
  case oldest
  case lot(Int64)
  case entries(TextRef)
}

/// The lots: found by their serial, which grows along the list, and by the id of their entry.
extension BarPathVenue {
  /// Up to this many are searched one by one.
  private static let fewLots = 8

  /// O(log lots).
  func lotIndex(_ serial: Int64) -> Int? {
    var (low, high) = (0, lots.count)
    while low < high {
      let middle = (low + high) / 2
      if lots[middle].serial < serial { low = middle + 1 } else { high = middle }
    }
    return low < lots.count && lots[low].serial == serial ? low : nil
  }

  /// Goes over the lots of an entry's id, oldest first; 0 stands for all.
  struct LotCursor {
    fileprivate let id: TextRef
    /// The next place in `lotsByID`, or else in `lots`.
    fileprivate var place: Int
    fileprivate let isByID: Bool
  }

  /// Invalid after the lots change. O(log lots), after a change O(lots × log
  /// lots) once.
  @inline(__always)
  func lots(of id: TextRef) -> LotCursor {
    if id == 0 || lots.count <= Self.fewLots { return LotCursor(id: id, place: 0, isByID: false) }
    if isLotOrderStale { orderLots() }
    return LotCursor(id: id, place: firstLot(of: id), isByID: true)
  }

  /// The place of the next lot in `lots`; nil after the last one.
  @inline(__always)
  func next(_ cursor: inout LotCursor) -> Int? {
    if cursor.isByID {
      guard cursor.place < lotsByID.count,
        TextRef(truncatingIfNeeded: lotsByID[cursor.place] >> 32) == cursor.id
      else { return nil }
      cursor.place += 1
      return Int(lotsByID[cursor.place - 1] & 0xFFFF_FFFF)
    }
    while cursor.place < lots.count {
      cursor.place += 1
      if cursor.id == 0 || lots[cursor.place - 1].id == cursor.id { return cursor.place - 1 }
    }
    return nil
  }

  /// The remaining quantity of the entries with an id.
  func openQuantity(of id: TextRef) -> Double {
    var open = 0.0
    var cursor = lots(of: id)
    while let index = next(&cursor) {
      if lots[index].id == id { open += lots[index].remaining }
    }
    return open
  }

  /// The remaining quantity of a lot; nil after it is closed.
  func remaining(of serial: Int64) -> Double? { lotIndex(serial).map { lots[$0].remaining } }

  /// The entry of a lot; nil after the lot is closed.
  func entry(of serial: Int64) -> TextRef? { lotIndex(serial).map { lots[$0].id } }

  /// An entry has filled: makes the legs of exits that waited for it.
  func open(_ quantity: Double, at price: Double, for order: PendingOrder, isLast: Bool) {
    lastLot += 1
    lots.append(
      EntryLot(
        serial: lastLot, id: order.id, direction: order.direction, price: price, initial: quantity,
        remaining: quantity, order: order.serial))
    isLotOrderStale = true
    bindExits(to: lots.count - 1, isLast: isLast)
  }

  /// A further part of an entry has filled: its lot grows, and so do the exits that hold for it. False if the lot is
  /// gone.
  func extend(_ quantity: Double, at price: Double, for order: PendingOrder, isLast: Bool) -> Bool {
    guard let index = lots.indices.first(where: { lots[$0].order == order.serial }) else { return false }
    let before = lots[index].initial
    let initial = quantities.snap(before + quantity)
    lots[index].price = (lots[index].price * before + price * quantity) / initial
    lots[index].initial = initial
    lots[index].remaining = quantities.snap(lots[index].remaining + quantity)
    var leg = Int(lots[index].firstLeg)
    while leg >= 0 {
      let (next, isOpen) = (Int(legs[leg].next), !legs[leg].isConsumed)
      if isOpen { bind(legs[leg].command, to: index) }
      leg = next
    }
    if isLast { forgetAwaited(by: order.id) }
    return true
  }

  /// Takes a closed quantity from the lots, oldest first. Removes empty lots and their legs.
  func close(_ quantity: Double, from share: LotShare) {
    var left = quantity
    for index in lots.indices where left > 0 {
      switch share {
      case .oldest: break
      case .lot(let serial): if lots[index].serial != serial { continue }
      case .entries(let id): if lots[index].id != id { continue }
      }
      let part = min(left, lots[index].remaining)
      lots[index].remaining = quantities.snap(lots[index].remaining - part)
      left = quantities.snap(left - part)
    }
    guard lots.contains(where: { $0.remaining <= 0 }) else { return }
    for index in lots.indices where lots[index].remaining <= 0 {
      legs.remove(from: lots.base + index) { _ in true }
    }
    lots.removeAll { $0.remaining <= 0 }
    isLotOrderStale = true
  }

  /// Each lot as its id and, below that, its place.
  private func orderLots() {
    isLotOrderStale = false
    lotsByID.removeAll(keepingCapacity: true)
    for index in lots.indices {
      lotsByID.append(UInt64(lots[index].id) << 32 | UInt64(truncatingIfNeeded: index))
    }
    lotsByID.sort()
  }

  private func firstLot(of id: TextRef) -> Int {
    let key = UInt64(id) << 32
    var (low, high) = (0, lotsByID.count)
    while low < high {
      let middle = (low + high) / 2
      if lotsByID[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
