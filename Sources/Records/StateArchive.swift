/// Bytes of a state, written or read by one description: `archive(&x)` writes `x` when saving and sets it when
/// loading, so the two directions cannot differ.
///
/// Little-endian; every number has the size of its type, a Bool is a byte, an Int 8 bytes. Whatever the bytes are, loading
/// neither traps nor takes more memory than they can fill: `isValid` is false once something was wrong, and everything
/// that is read then is 0. Who loads checks what it uses as an index.
package protocol StateArchive {
  var isLoading: Bool { get }
  /// The format of the bytes: when saving `StateFormat.newest`.
  var format: UInt32 { get }
  var isValid: Bool { get }
  /// Bytes still to come; 0 when saving.
  var left: Int { get }

  mutating func fail()
  /// This node's ref for one in the bytes.
  func translated(_ ref: UInt64) -> UInt64
  /// Saving: the bytes of `source` stand here, taken when they are asked for.
  mutating func later(_ source: any SavedLater)
  /// Copies `count` bytes out of, or into, memory. Loading needs no alignment. O(count).
  mutating func block(_ start: UnsafeMutableRawPointer, _ count: Int)
}

package enum StateFormat {
  /// Grows by one with every change of what is saved; older ones are still loaded.
  package static let newest: UInt32 = 1
  package static let oldest: UInt32 = 1
}

extension StateArchive {
  /// A whole number or a double.
  @inlinable @inline(__always)
  package mutating func plain<T: BitwiseCopyable>(_ x: inout T) {
    withUnsafeMutableBytes(of: &x) { bytes in
      if let start = bytes.baseAddress { block(start, MemoryLayout<T>.size) }
    }
  }

  @inlinable package mutating func callAsFunction<T: FixedWidthInteger & BitwiseCopyable>(_ x: inout T) { plain(&x) }
  @inlinable package mutating func callAsFunction(_ x: inout Double) { plain(&x) }

  package mutating func callAsFunction(_ x: inout Bool) {
    var byte: UInt8 = x ? 1 : 0
    plain(&byte)
    if byte > 1 { fail() }
    x = byte == 1
  }

  /// An enumeration with a raw whole number. Loading fails for one that it does not know.
  package mutating func callAsFunction<T: RawRepresentable>(_ x: inout T)
  where T.RawValue: FixedWidthInteger & BitwiseCopyable {
    var raw = x.rawValue
    plain(&raw)
    if let value = T(rawValue: raw) { x = value } else { fail() }
  }

  package mutating func callAsFunction<T: FixedWidthInteger & BitwiseCopyable>(_ x: inout T?) {
    var value = x ?? 0
    isThere(x != nil) { $0(&value) }.map { x = $0 ? value : nil }
  }

  package mutating func callAsFunction(_ x: inout Double?) {
    var value = x ?? 0
    isThere(x != nil) { $0(&value) }.map { x = $0 ? value : nil }
  }

  /// An enumeration without raw numbers: its place among `all`.
  package mutating func choice<T: Equatable>(_ x: inout T, of all: [T]) {
    var place = UInt8(truncatingIfNeeded: all.firstIndex(of: x) ?? 0)
    plain(&place)
    if Int(place) < all.count { x = all[Int(place)] } else { fail() }
  }

  /// A ref: a number of this node only, which loading translates.
  package mutating func ref(_ x: inout UInt64) {
    plain(&x)
    if isLoading { x = translated(x) }
  }

  /// A flag, and what follows where it is set.
  private mutating func isThere(_ given: Bool, _ body: (inout Self) -> Void) -> Bool? {
    var there = given
    self(&there)
    if there { body(&self) }
    return isLoading ? there : nil
  }

  /// A whole number that has no own type, such as a value that is fixed when loading: checked to be the same.
  package mutating func same<T: FixedWidthInteger & BitwiseCopyable>(_ x: T) {
    var value = x
    plain(&value)
    if value != x { fail() }
  }

  /// How many things of at least `bytes` bytes each follow.
  package mutating func count(_ count: inout Int, bytes: Int = 1) {
    var wide = Int64(count)
    plain(&wide)
    if isLoading, wide < 0 || wide > Int64(left / max(bytes, 1)) {
      fail()
      wide = 0
    }
    count = Int(truncatingIfNeeded: wide)
  }

  /// A list of any elements; `fresh` makes one to load into.
  package mutating func list<T>(_ list: inout [T], fresh: @autoclosure () -> T, _ body: (inout Self, inout T) -> Void) {
    var count = list.count
    self.count(&count)
    if isLoading {
      list = []
      list.reserveCapacity(min(count, 4_096))
      for _ in 0..<count where isValid {
        var element = fresh()
        body(&self, &element)
        list.append(element)
      }
    } else {
      for index in list.indices { body(&self, &list[index]) }
    }
  }

  package mutating func callAsFunction(_ text: inout String) {
    var bytes = Array(text.utf8)
    self(&bytes)
    if isLoading { text = String(decoding: bytes, as: UTF8.self) }
  }

  package mutating func callAsFunction(_ bytes: inout [UInt8]) {
    var count = bytes.count
    self.count(&count)
    if isLoading { bytes = Array(repeating: 0, count: count) }
    bytes.withUnsafeMutableBytes { room in
      if let start = room.baseAddress, count > 0 { block(start, count) }
    }
  }
}
