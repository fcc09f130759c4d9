import Libc

/// A growable array of plain values in malloc'ed, 64-byte aligned memory.
///
/// Not a Swift array, because running out of memory must be an answer here and not a trap, and
/// because the hot path wants neither uniqueness checks nor reference counting. Elements are
/// trivial; `base` is valid until the next `append` or the slab's end.
@usableFromInline
package struct Slab<Element: BitwiseCopyable>: ~Copyable {
  @usableFromInline var memory: UnsafeMutablePointer<Element>
  @usableFromInline var used = 0
  @usableFromInline var capacity = 0

  @inlinable package init() { memory = Slab.nowhere }

  @inlinable deinit { if capacity > 0 { release(memory) } }

  @inlinable @inline(__always)
  package var base: UnsafeMutablePointer<Element> { memory }

  @inlinable @inline(__always)
  package var count: Int { used }

  /// How many elements fit without more memory.
  @inlinable
  package var roomCount: Int { capacity }

  /// A placeholder while there is no memory; never read, since `count` is 0.
  @usableFromInline static var nowhere: UnsafeMutablePointer<Element> {
    UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped.assumingMemoryBound(to: Element.self)
  }

  /// Adds an element; false, and nothing changed, when there is no memory. Amortised O(1).
  @inlinable
  package mutating func append(_ element: Element) -> Bool {
    guard makeRoom() else { return false }
    memory.advanced(by: used).initialize(to: element)
    used &+= 1
    return true
  }

  /// Makes room for one more element; false when there is no memory. Amortised O(1).
  @inlinable
  package mutating func makeRoom() -> Bool {
    count < capacity || reserve(max(16, capacity &* 2))
  }

  /// Makes room for `wanted` elements in all; false when there is no memory.
  @inlinable
  package mutating func reserve(_ wanted: Int) -> Bool {
    if wanted <= capacity { return true }
    let (bytes, overflow) = wanted.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard !overflow, let room = allocateAligned(bytes) else { return false }
    let moved = room.assumingMemoryBound(to: Element.self)
    moved.initialize(from: base, count: count)
    if capacity > 0 { release(base) }
    self.memory = moved
    capacity = wanted
    return true
  }

  @inlinable
  package mutating func removeAll() { used = 0 }

  /// Removes all elements but the first ones.
  @inlinable
  package mutating func keepFirst(_ count: Int) { used = min(used, max(count, 0)) }

  /// Removes the elements that `isUnwanted`, keeping the order of the rest. O(count).
  @inlinable
  package mutating func removeAll(where isUnwanted: (Element) -> Bool) {
    var kept = 0
    for index in 0..<count where !isUnwanted(base[index]) {
      base[kept] = base[index]
      kept += 1
    }
    used = kept
  }

  /// Removes one element, keeping the order of the rest. O(count).
  @inlinable
  package mutating func remove(at index: Int) {
    guard index >= 0, index < count else { return }
    (base + index).update(from: base + index + 1, count: count - index - 1)
    used -= 1
  }

  @inlinable @inline(__always)
  package var elements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: base, count: count)
  }
}

/// Memory on a cache-line boundary, freed with `free`; nil when out of memory.
@usableFromInline package func allocateAligned(_ bytes: Int) -> UnsafeMutableRawPointer? {
  guard bytes >= 0, bytes <= Int.max - 63 else { return nil }
  return aligned_alloc(64, max(64, (bytes + 63) & ~63))
}

/// Gives memory back.
@usableFromInline
package func release(_ memory: UnsafeMutableRawPointer?) { free(memory) }
