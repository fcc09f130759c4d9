import Libc
import Synchronization

/// Room for plain values with several holders. One of them fills it, from the first slot on; the others read what was in
/// it when they began to hold it. It lives while it has a holder.
///
///     64 bytes  count of holders, whether it is torn
///     …         values
///
/// A snapshot touches the counts of all blocks of a list, and none of them is in a cache: the larger a block, the
/// fewer these are.
@usableFromInline
package struct SharedBlock<Element: BitwiseCopyable>: BitwiseCopyable {
  @usableFromInline let start: UnsafeMutableRawPointer

  /// With one holder; nil without memory. The values are not initialized: that would touch all pages at
  /// once, on the way of a quote.
  @inlinable
  package init?(capacity: Int) {
    guard capacity > 0, capacity < Int.max / 2 / max(MemoryLayout<Element>.stride, 1),
      let memory = allocateAligned(Self.headerBytes + capacity * MemoryLayout<Element>.stride)
    else { return nil }
    start = memory
    holders.initialize(to: Atomic(1))
    torn.initialize(to: Atomic(false))
    (memory + Self.headerBytes).bindMemory(to: Element.self, capacity: capacity)
  }

  @inlinable @inline(__always)
  static var headerBytes: Int { 64 }

  @usableFromInline
  var holders: UnsafeMutablePointer<Atomic<Int>> { start.assumingMemoryBound(to: Atomic<Int>.self) }

  @usableFromInline
  var torn: UnsafeMutablePointer<Atomic<Bool>> { (start + 8).assumingMemoryBound(to: Atomic<Bool>.self) }

  @inlinable @inline(__always)
  package var base: UnsafeMutablePointer<Element> {
    (start + Self.headerBytes).assumingMemoryBound(to: Element.self)
  }

  @inlinable
  package func retain() { holders.pointee.wrappingAdd(1, ordering: .relaxed) }

  /// `last` gives back what the values hold; it is called when this was the last holder.
  @inlinable
  package func release(_ last: (UnsafeMutablePointer<Element>) -> Void = { _ in }) {
    let left = holders.pointee.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
    if left != 0 { return }
    last(base)
    Messaging.release(start)
  }

  /// Nobody else holds it any more, if only its owner hands it out.
  @inlinable
  package var hasOneHolder: Bool { holders.pointee.load(ordering: .acquiring) == 1 }

  /// Its owner changes a value, and has no memory to do that in a copy.
  package func tear() {
    torn.pointee.store(true, ordering: .relaxed)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
  }

  /// A value may have changed while a holder read it. To be asked afterwards.
  package var isTorn: Bool {
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    return torn.pointee.load(ordering: .relaxed)
  }
}
