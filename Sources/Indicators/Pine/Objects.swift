extension Pine {
  /// A reference as a double: 2⁵² and the number of the object's slot. No number that a script calculates with is so
  /// large, so a value says by itself whether it is a reference.
  public enum Reference {
    public static var first: Double { 4_503_599_627_370_496 }

    @inlinable @inline(__always)
    public static func of(_ slot: Int) -> Double { first + Double(slot) }

    /// The slot that a reference names, if there are so many; −1 for na and for what is no reference.
    @inlinable @inline(__always)
    public static func slot(_ x: Double, of count: Int) -> Int {
      let number = x - first
      return number >= 0 && number < Double(count) ? Int(number) : -1
    }
  }

  /// What an object is. All its values are in a chunk of cells in a row.
  public struct ObjectSlot {
    /// `ObjectSlot.free` …
    public var kind: UInt8
    /// `ValueType.rawValue` of the elements, of a map's values; and of a map's keys.
    public var element, key: UInt8
    /// For the collector: reached in this round.
    public var isMarked: Bool
    /// The chunk: where it begins, and how many cells it has.
    public var base, room: Int32
    /// The first cell in use, and how many are: an array's elements, a record's fields, a matrix's elements row by row.
    /// Of a map: the number of pairs; key and value stand side by side, in the order of insertion, behind the last one
    /// is the index. Of a slice: the first index in its array and the number of elements.
    public var start, count: Int32
    /// Of a matrix: its columns. Of a slice: its array's slot. Of a record: the number of its type; of a drawing:
    /// its kind.
    public var detail: Int32
    /// Of a matrix: its rows. Of a drawing: its number in the order in which they were made.
    public var extra: Int32
    public var reserved: Int32

    public static var free: UInt8 { 0 }
    public static var array: UInt8 { 1 }
    public static var slice: UInt8 { 2 }
    public static var map: UInt8 { 3 }
    public static var matrix: UInt8 { 4 }
    public static var record: UInt8 { 5 }
    public static var drawing: UInt8 { 6 }

    @inlinable
    public init(kind: UInt8) {
      self.kind = kind
      (element, key, isMarked) = (0, 0, false)
      (base, room, start, count, detail, extra, reserved) = (0, 0, 0, 0, 0, 0, 0)
    }
  }

  /// Where a script's objects are. Both tables move when they grow.
  public struct Objects {
    public var slots: UnsafeMutablePointer<ObjectSlot>
    public var cells: UnsafeMutablePointer<Double>
    public var slotCount: Int

    @inlinable
    public init(
      slots: UnsafeMutablePointer<ObjectSlot>, cells: UnsafeMutablePointer<Double>, slotCount: Int
    ) {
      (self.slots, self.cells, self.slotCount) = (slots, cells, slotCount)
    }

    // MARK: Short ways: −1 or nil where the long way must be taken, which also says what is wrong

    /// The cell of an array's element.
    @inlinable @inline(__always)
    public func arrayCell(_ array: Double, _ index: Double) -> Int {
      let slot = Reference.slot(array, of: slotCount)
      guard slot >= 0, slots[slot].kind == ObjectSlot.array, index >= 0, index < Double(slots[slot].count) else {
        return -1
      }
      return Int(slots[slot].start) &+ Int(index)
    }

    /// The cell of a record's field.
    @inlinable @inline(__always)
    public func fieldCell(_ record: Double, _ field: Int) -> Int {
      let slot = Reference.slot(record, of: slotCount)
      guard slot >= 0, slots[slot].kind == ObjectSlot.record, field < Int(slots[slot].count) else { return -1 }
      return Int(slots[slot].start) &+ field
    }

    /// Whether the element could be added at the end of an array at once.
    @inlinable @inline(__always)
    public func push(_ array: Double, _ value: Double) -> Bool {
      let slot = Reference.slot(array, of: slotCount)
      guard slot >= 0, slots[slot].kind == ObjectSlot.array else { return false }
      let end = slots[slot].start &+ slots[slot].count
      guard end < slots[slot].base &+ slots[slot].room, slots[slot].count < 100_000 else { return false }
      cells[Int(end)] = value
      slots[slot].count &+= 1
      return true
    }

    /// The cell of the first element of an array, which is then no part of it any more.
    @inlinable @inline(__always)
    public func shiftedCell(_ array: Double) -> Int {
      let slot = Reference.slot(array, of: slotCount)
      guard slot >= 0, slots[slot].kind == ObjectSlot.array, slots[slot].count > 0 else { return -1 }
      let first = slots[slot].start
      slots[slot].start &+= 1
      slots[slot].count &-= 1
      return Int(first)
    }

    /// The elements of an array; nil for a slice or no array.
    @inlinable @inline(__always)
    public func count(_ array: Double) -> Int {
      let slot = Reference.slot(array, of: slotCount)
      guard slot >= 0, slots[slot].kind == ObjectSlot.array else { return -1 }
      return Int(slots[slot].count)
    }
  }
}
