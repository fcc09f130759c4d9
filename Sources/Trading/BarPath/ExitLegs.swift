import Records
import StrategyIR

/// The legs of all lots. A lot's legs are a linked list in the order in which they were made, so an exit
/// finds its own leg by the lot, however many others there are.
///
///     lot.firstLeg ─▶ leg.next ─▶ leg.next ─▶ −1
///
/// Places of removed legs are used again; until then they count as consumed.
@usableFromInline
struct ExitLegs: ~Copyable {
  private var places = PlainList<ExitLeg>()
  @usableFromInline private(set) var count = 0
  private var firstFree: Int32 = -1

  @inlinable
  var isEmpty: Bool { count == 0 }
  /// Also of places that are free: `isConsumed` there.
  var indices: Range<Int> { places.indices }

  /// `index` must be one of `indices`.
  subscript(index: Int) -> ExitLeg {
    get { places[index] }
    nonmutating _modify { yield &places[index] }
  }

  func pointer(_ index: Int) -> UnsafeMutablePointer<ExitLeg> { places.base + index }

  /// The leg that an exit has for a lot. O(legs of the lot).
  func find(_ exit: TextRef, of lot: EntryLot) -> Int? {
    var index = Int(lot.firstLeg)
    while index >= 0, places[index].command.id != exit { index = Int(places[index].next) }
    return index >= 0 ? index : nil
  }

  /// The quantity that the other legs of a lot keep. O(legs of the lot).
  func free(of lot: EntryLot, without own: Int?) -> Double {
    var free = lot.initial
    var index = Int(lot.firstLeg)
    while index >= 0 {
      if index != own { free -= places[index].reserved }
      index = Int(places[index].next)
    }
    return free
  }

  /// Appends a leg to its lot's list. O(legs of the lot).
  mutating func append(_ leg: ExitLeg, to lot: UnsafeMutablePointer<EntryLot>) {
    let place = take(leg)
    count += 1
    guard lot.pointee.firstLeg >= 0 else {
      lot.pointee.firstLeg = place
      return
    }
    var last = Int(lot.pointee.firstLeg)
    while places[last].next >= 0 { last = Int(places[last].next) }
    places[last].next = place
  }

  private mutating func take(_ leg: ExitLeg) -> Int32 {
    guard firstFree >= 0 else {
      places.append(leg)
      places[places.count - 1].next = -1
      return Int32(truncatingIfNeeded: places.count - 1)
    }
    let place = firstFree
    firstFree = places[Int(place)].next
    places[Int(place)] = leg
    places[Int(place)].next = -1
    return place
  }

  private mutating func release(_ index: Int) {
    places[index] = .nothing
    places[index].next = firstFree
    firstFree = Int32(truncatingIfNeeded: index)
    count -= 1
  }

  /// Removes legs from a lot. O(legs of the lot).
  mutating func remove(
    from lot: UnsafeMutablePointer<EntryLot>, where isOut: (ExitLeg) -> Bool
  ) {
    var before = -1
    var index = Int(lot.pointee.firstLeg)
    while index >= 0 {
      let next = places[index].next
      if isOut(places[index]) {
        if before >= 0 { places[before].next = next } else { lot.pointee.firstLeg = next }
        release(index)
      } else {
        before = index
      }
      index = Int(next)
    }
  }

  /// Removes all legs, together with all lots.
  mutating func removeAll() {
    places.removeAll()
    count = 0
    firstFree = -1
  }
}

extension ExitLeg {
  /// The content of a free place.
  fileprivate static var nothing: ExitLeg {
    var leg = ExitLeg(command: OrderCommand(kind: .exit), lot: 0, direction: 0, reserved: 0)
    leg.isConsumed = true
    return leg
  }
}

extension ExitLegs {
  mutating func persist(_ archive: inout some StateArchive) {
    places.persist(&archive, fresh: .nothing, bytes: 150) { $1.persist(&$0) }
    archive(&count)
    archive(&firstFree)
  }

  /// Whether the lists that begin at these places, and that of the free ones, hold each place once.
  func isSound(_ firsts: [Int32]) -> Bool {
    var seen = Array(repeating: false, count: places.count)
    func follow(_ first: Int32) -> Int? {
      var (place, length) = (first, 0)
      while place != -1 {
        guard seen.indices.contains(Int(place)), !seen[Int(place)] else { return nil }
        seen[Int(place)] = true
        place = places[Int(place)].next
        length += 1
      }
      return length
    }
    var used = 0
    for first in firsts {
      guard let length = follow(first) else { return false }
      used += length
    }
    guard let free = follow(firstFree) else { return false }
    return used == count && used + free == places.count
  }
}
