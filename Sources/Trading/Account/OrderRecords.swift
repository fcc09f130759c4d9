import CFxaot
import Messaging
import Records

/// The orders that have names, live or ended, by their names. So the same client id is answered with the first
/// order's state, also after it has ended.
///
/// A hash table of places with open addressing. When `limit` records are there, the older half of the
/// ended ones is forgotten.
package struct OrderRecords: ~Copyable {
  package struct Record: BitwiseCopyable {
    package var order: fxaot_order
    /// Steps × units filled so far.
    var cost: Int128 = 0
    /// A position is known by it.
    var isHeld = false
    /// May not be forgotten.
    var isKept: Bool {
      isHeld || order.state < FXAOT_ORDER_FILLED.rawValue || order.state == FXAOT_ORDER_PENDING_NEW.rawValue
    }
  }

  private var records = SharedList<Record>()
  /// Places of records that may have changed since `persistTouched`.
  private var touched = PlaceSet()
  /// A record's place plus one; 0: free.
  private var table = Slab<Int>()
  private let limit: Int

  package init(limit: Int = 262_144) { self.limit = max(limit, 16) }

  package var count: Int { records.count }

  /// Valid until the next change of any record.
  @inline(__always)
  subscript(place: Int) -> UnsafePointer<Record>? {
    place >= 0 && place < records.count ? records.at(place) : nil
  }

  /// The record at a place, to be changed. Valid until the next change of any record.
  @inline(__always)
  mutating func change(_ place: Int) -> UnsafeMutablePointer<Record>? {
    guard place >= 0 && place < records.count else { return nil }
    touched.insert(place)
    return records.change(place)
  }

  /// The place of a name's record, or −1. O(1).
  package func place(of name: fxaot_id, end: UInt8 = 0) -> Int {
    guard table.count > 0 else { return -1 }
    var index = start(of: name, end)
    while true {
      let place = table.base[index] - 1
      if place < 0 || records.at(place).pointee.has(name, end) { return place }
      index = (index + 1) & (table.count - 1)
    }
  }

  /// Adds a record under a name that is not there yet; −1 when there is no memory. O(1) on average.
  mutating func add(_ name: fxaot_id, end: UInt8, _ order: fxaot_order) -> Int {
    if (records.count + 1) * 2 > table.count, !rebuild(max(64, table.count * 2)) { return -1 }
    var record = Record(order: order)
    record.order.name = fxaot_order_name(text: name.text)
    record.order.name_length = UInt8(truncatingIfNeeded: name.length)
    record.order.name_end = end
    guard append(record) else { return -1 }
    insert(records.count - 1)
    return records.count - 1
  }

  private mutating func append(_ record: Record) -> Bool {
    guard touched.cover(records.count + 1), records.append(record) else { return false }
    touched.insert(records.count - 1)
    return true
  }

  /// Whether it is time to forget; the owner then calls `hold` and `forget` between two orders.
  var isFull: Bool { records.count >= limit }

  /// Keeps a record over the next `forget`, as if its order lived.
  mutating func hold(_ place: Int) { change(place)?.pointee.isHeld = true }

  /// Forgets the older half of the ended records. Returns each record's new place, −1 for those that are forgotten;
  /// without memory for that it forgets nothing, and all stay where they are. O(records).
  mutating func forget() -> Slab<Int> {
    var places = Slab<Int>()
    var spare = (0..<records.count).count { !records.at($0).pointee.isKept } / 2
    guard places.reserve(records.count), records.own(first: records.count - spare) else {
      for place in 0..<records.count { _ = places.append(place) }
      return places
    }
    var kept = 0
    for place in 0..<records.count {
      if !records.at(place).pointee.isKept, spare > 0 {
        spare -= 1
        _ = places.append(-1)
        continue
      }
      var record = records.at(place).pointee
      record.isHeld = false
      change(kept)?.pointee = record
      _ = places.append(kept)
      kept += 1
    }
    records.keepFirst(kept)
    for place in 0..<table.count { table.base[place] = 0 }
    for place in 0..<records.count { insert(place) }
    return places
  }

  private mutating func rebuild(_ size: Int) -> Bool {
    var fresh = Slab<Int>()
    guard fresh.reserve(size) else { return false }
    for _ in 0..<size { _ = fresh.append(0) }
    table = fresh
    for place in 0..<records.count { insert(place) }
    return true
  }

  private mutating func insert(_ place: Int) {
    let order = records.at(place).pointee.order
    let name = fxaot_id(text: order.name.text, length: UInt32(order.name_length), end: 0)
    var index = start(of: name, order.name_end)
    while table.base[index] != 0 { index = (index + 1) & (table.count - 1) }
    table.base[index] = place + 1
  }

  /// FNV-1a. Names come from the account's own clients.
  private func start(of name: fxaot_id, _ end: UInt8) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    withUnsafeBytes(of: name.text) { bytes in
      for byte in bytes.prefix(Int(name.length)) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    hash = (hash ^ UInt64(end)) &* 0x100_0000_01b3
    return Int(truncatingIfNeeded: (hash ^ (hash >> 32)) & UInt64(table.count - 1))
  }
}

extension OrderRecords.Record {
  fileprivate func has(_ name: fxaot_id, _ end: UInt8) -> Bool {
    guard order.name_length == name.length, order.name_end == end else { return false }
    return withUnsafeBytes(of: order.name.text) { mine in
      withUnsafeBytes(of: name.text) { theirs in
        mine.prefix(Int(name.length)).elementsEqual(theirs.prefix(Int(name.length)))
      }
    }
  }
}

extension fxaot_id {
  /// A name that the account gives: close.3, or close.INCARNATION.3 where that is not 0.
  init(_ prefix: StaticString, incarnation: UInt64 = 0, _ number: Int64) {
    self.init()
    prefix.withUTF8Buffer { append($0) }
    if incarnation > 0 {
      append(incarnation)
      withUnsafeBytes(of: UInt8(ascii: ".")) { append($0.bindMemory(to: UInt8.self)) }
    }
    append(UInt64(max(number, 0)))
  }

  /// 20 digits hold every number.
  private mutating func append(_ number: UInt64) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var first = 20
      var rest = number
      repeat {
        first -= 1
        digits[first] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      } while rest > 0
      append(UnsafeBufferPointer(rebasing: digits[first...]))
    }
  }

  /// Cuts what has no room.
  private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    let place = Int(length)
    let count = min(bytes.count, Int(FXAOT_ID_BYTES) - place)
    withUnsafeMutableBytes(of: &text) { out in
      for index in 0..<count { out[place + index] = bytes[index] }
    }
    length += UInt32(count)
  }

  /// Whether only the account may give it: what begins with close., stop_out. or order., and whatever ends like an attached order.
  package var isReserved: Bool {
    if end != 0 { return true }
    if length == 0 { return false }
    return begins(with: "close.") || begins(with: "order.") || begins(with: "stop_out.") || ends(with: ".sl")
      || ends(with: ".tp")
  }

  /// A name whose text has the end of an attached order, taken apart.
  package var parted: (name: fxaot_id, end: UInt8) {
    guard length > 3, length <= UInt32(FXAOT_ID_BYTES) else { return (self, 0) }
    let isStop = ends(with: ".sl")
    guard isStop || ends(with: ".tp") else { return (self, 0) }
    var name = self
    name.length -= 3
    return (name, UInt8(isStop ? FXAOT_NAME_STOP_LOSS : FXAOT_NAME_TAKE_PROFIT))
  }

  private func begins(with part: StaticString) -> Bool { has(part, at: 0) }
  private func ends(with part: StaticString) -> Bool {
    has(part, at: Int(min(length, UInt32(FXAOT_ID_BYTES))) - part.utf8CodeUnitCount)
  }

  private func has(_ part: StaticString, at place: Int) -> Bool {
    let count = part.utf8CodeUnitCount
    guard place >= 0, place + count <= Int(min(length, UInt32(FXAOT_ID_BYTES))) else { return false }
    return withUnsafeBytes(of: text) { bytes in
      for index in 0..<count where bytes[place + index] != part.utf8Start[index] { return false }
      return true
    }
  }
}

extension OrderRecords {
  /// Loading makes the table anew.
  mutating func persist(_ archive: inout some StateArchive) {
    records.persist(&archive)
    guard archive.isLoading, archive.isValid else { return }
    if !touched.cover(records.count) || !rebuild() { archive.fail() }
  }

  /// The records that may have changed since the last call, and how many there are. O(records / 64).
  mutating func persistTouched(_ archive: inout some StateArchive) {
    var count = records.count
    archive(&count)
    if !archive.isLoading {
      var many = touched.count(below: count)
      archive.count(&many, bytes: 200)
      touched.removeAll(below: count) { place in
        var (place, record) = (place, records.at(place).pointee)
        archive(&place)
        record.persist(&archive)
      }
      return
    }
    var many = 0
    archive.count(&many, bytes: 200)
    guard archive.isValid, (0...max(limit, records.count + many)).contains(count) else { return archive.fail() }
    records.keepFirst(count)
    while records.count < count {
      if !append(.blank) { return archive.fail() }
    }
    for _ in 0..<many where archive.isValid {
      var place = 0
      archive(&place)
      guard let record = change(place) else { return archive.fail() }
      record.pointee.persist(&archive)
    }
    if archive.isValid, !rebuild() { archive.fail() }
  }

  mutating func forgetTouched() { touched.removeAll() }

  private mutating func rebuild() -> Bool {
    var size = 64
    while size < 2 * (records.count + 1) { size *= 2 }
    return rebuild(size)
  }
}

extension OrderRecords.Record: SavedElement {
  static var blank: OrderRecords.Record { OrderRecords.Record(order: fxaot_order()) }
  static var savedBytes: Int { MemoryLayout<fxaot_order>.size + MemoryLayout<Int128>.size + 1 }

  mutating func persist(_ archive: inout some StateArchive) {
    archive.plain(&order)
    if archive.isLoading {
      order.symbol_ref = archive.translated(order.symbol_ref)
      order.strategy_ref = archive.translated(order.strategy_ref)
    }
    archive(&cost)
    archive(&isHeld)
    if cost.magnitude > 1 << 120 { archive.fail() }
    if UInt32(order.name_length) > UInt32(FXAOT_ID_BYTES) { archive.fail() }
  }
}
