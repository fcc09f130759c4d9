import StrategyIR

/// Finding lots: by their serial, which grows along the list, and by the id of their entry.
extension BarBroker {
  /// So few are looked through one by one.
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

  /// The lots of an entry's id, oldest first; 0 stands for all. O(log lots + found), after a change of
  /// the lots once O(lots × log lots).
  @inline(__always)
  func forEachLot(_ id: TextRef, _ body: (Int) -> Void) {
    if id == 0 || lots.count <= Self.fewLots {
      for index in lots.indices where id == 0 || lots[index].id == id { body(index) }
      return
    }
    if isLotOrderStale { orderLots() }
    var place = firstLot(of: id)
    while place < lotsByID.count, TextRef(truncatingIfNeeded: lotsByID[place] >> 32) == id {
      body(Int(lotsByID[place] & 0xFFFF_FFFF))
      place += 1
    }
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
