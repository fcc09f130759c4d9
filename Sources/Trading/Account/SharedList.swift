import Messaging
import Records

/// An element of a `SharedList`.
protocol SavedElement {
  static var blank: Self { get }
  /// How many bytes `persist` writes.
  static var savedBytes: Int { get }
  mutating func persist(_ archive: inout some StateArchive)
}

/// A long list that a snapshot takes by reference. It lies in blocks, which a snapshot holds too; what changes afterwards
/// changes in a copy of its block.
///
///     blocks   │ 0 … 127 │ 128 … 255 │ 256 … │      blocks of at most 32 KiB; the last one need not be full
struct SharedList<Element: BitwiseCopyable & SavedElement>: ~Copyable {
  private struct Block: BitwiseCopyable {
    var block: SharedBlock<Element>
    /// Somebody else may hold it.
    var isShared = false
  }

  private var blocks = Slab<Block>()
  private(set) var count = 0

  deinit { for place in 0..<blocks.count { blocks.base[place].block.release() } }

  private static var shift: Int {
    Int.bitWidth - 1 - max(32_768 / MemoryLayout<Element>.stride, 1).leadingZeroBitCount
  }
  /// Elements of a block, a power of two.
  static var blockCapacity: Int { 1 << shift }

  /// Valid until the list's next change. `place` must be below `count`.
  @inline(__always)
  func at(_ place: Int) -> UnsafePointer<Element> { UnsafePointer(pointer(to: place)) }

  /// An element, to be changed. Valid until the list's next change. `place` must be below `count`. O(1), but O(block)
  /// for the first change in a block after a snapshot; without memory for that the snapshot fails.
  @inline(__always)
  mutating func change(_ place: Int) -> UnsafeMutablePointer<Element> {
    let index = place >> Self.shift
    if blocks.base[index].isShared, !own(index) { blocks.base[index].block.tear() }
    return pointer(to: place)
  }

  /// False, and nothing changed, when there is no memory. O(1).
  mutating func append(_ element: Element) -> Bool {
    let index = count >> Self.shift
    if index == blocks.count {
      guard blocks.makeRoom(), let block = SharedBlock<Element>(capacity: Self.blockCapacity) else { return false }
      _ = blocks.append(Block(block: block))
    } else if blocks.base[index].isShared, !own(index) {
      return false
    }
    pointer(to: count).initialize(to: element)
    count += 1
    return true
  }

  /// Removes all elements but the first ones.
  mutating func keepFirst(_ kept: Int) {
    count = min(count, max(kept, 0))
    let used = (count + Self.blockCapacity - 1) >> Self.shift
    for index in used..<max(blocks.count, used) { blocks.base[index].block.release() }
    blocks.keepFirst(used)
  }

  /// Removes the oldest elements, whole blocks of them and at most so many. Returns how many.
  mutating func removeOldest(_ most: Int) -> Int {
    let gone = min(max(most, 0), count) >> Self.shift
    for index in 0..<gone { blocks.base[index].block.release() }
    var place = 0
    blocks.removeAll { _ in
      place += 1
      return place <= gone
    }
    count -= gone << Self.shift
    return gone << Self.shift
  }

  /// Prepares changes of the first elements, so that none of them needs memory. False when there is none.
  mutating func own(first many: Int) -> Bool {
    for index in 0..<(min(many, count) + Self.blockCapacity - 1) >> Self.shift where !own(index) { return false }
    return true
  }

  @inline(__always)
  private func pointer(to place: Int) -> UnsafeMutablePointer<Element> {
    blocks.base[place >> Self.shift].block.base + (place & (Self.blockCapacity - 1))
  }

  /// Makes a block the list's alone. False when there is no memory.
  @inline(never)
  private mutating func own(_ index: Int) -> Bool {
    guard blocks.base[index].isShared else { return true }
    let old = blocks.base[index].block
    if !old.hasOneHolder {
      guard let fresh = SharedBlock<Element>(capacity: Self.blockCapacity) else { return false }
      fresh.base.initialize(from: old.base, count: min(Self.blockCapacity, count - index << Self.shift))
      old.release()
      blocks.base[index].block = fresh
    }
    blocks.base[index].isShared = false
    return true
  }

  /// Loading replaces the elements. Saving takes O(blocks).
  mutating func persist(_ archive: inout some StateArchive) {
    var count = count
    archive.count(&count, bytes: Element.savedBytes)
    if !archive.isLoading {
      if count > 0 { archive.later(shared()) }
      return
    }
    keepFirst(0)
    for _ in 0..<count where archive.isValid {
      var element = Element.blank
      element.persist(&archive)
      if !append(element) { archive.fail() }
    }
  }

  private mutating func shared() -> SharedElements<Element> {
    for place in 0..<blocks.count { blocks.base[place].isShared = true }
    return SharedElements(blocks.elements.map { $0.block }, of: Self.blockCapacity, count: count)
  }
}

/// The elements that a list had at one moment. Any thread may read them, whatever becomes of the list.
private final class SharedElements<Element: BitwiseCopyable & SavedElement>: SavedLater, @unchecked Sendable {
  private let blocks: [SharedBlock<Element>]
  private let capacity, count: Int

  init(_ blocks: [SharedBlock<Element>], of capacity: Int, count: Int) {
    (self.blocks, self.capacity, self.count) = (blocks, capacity, count)
    for block in blocks { block.retain() }
  }

  deinit { for block in blocks { block.release() } }

  var byteCount: Int { count * Element.savedBytes }

  func append(to bytes: inout [UInt8]) -> Bool {
    for (index, block) in blocks.enumerated() {
      let here = min(capacity, count - index * capacity)
      var saver = StateSaver(room: here * Element.savedBytes)
      for place in 0..<here {
        var element = block.base[place]
        element.persist(&saver)
      }
      if block.isTorn { return false }
      bytes += saver.bytes()
    }
    return true
  }
}
