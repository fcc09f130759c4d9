import Libc
import Records

/// A list for data that is read on every bar, without reference counts and index checks. Its memory does not
/// move between changes, so a script can read it. Elements are plain data without references.
@usableFromInline
package struct PlainList<Element>: ~Copyable {
  @usableFromInline package private(set) var base = Self.room(nil, for: 16)
  @usableFromInline package private(set) var count = 0
  private var capacity = 16

  deinit { free(base) }

  @inlinable
  package var isEmpty: Bool { count == 0 }
  @inlinable
  package var indices: Range<Int> { 0..<count }

  /// `index` must be below `count`.
  @inlinable
  package subscript(index: Int) -> Element {
    get { base[index] }
    nonmutating _modify { yield &base[index] }
  }

  /// Inlined, so that an element that is made for the list is made in it: a copy of what has just been written part by
  /// part would wait for all these parts.
  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count += 1
  }

  /// `index` must be at most `count`.
  mutating func insert(_ element: Element, at index: Int) {
    if count == capacity { grow() }
    (base + index + 1).moveInitialize(from: base + index, count: count - index)
    (base + index).initialize(to: element)
    count += 1
  }

  /// `index` must be below `count`.
  @discardableResult
  mutating func remove(at index: Int) -> Element {
    let element = (base + index).move()
    count -= 1
    if index < count {
      (base + index).moveInitialize(from: base + index + 1, count: count - index)
    }
    return element
  }

  mutating func removeAll() {
    base.deinitialize(count: count)
    count = 0
  }

  /// Keeps the order of the others.
  mutating func removeAll(where isOut: (Element) -> Bool) {
    guard let first = firstIndex(where: isOut) else { return }
    var kept = first
    (base + first).deinitialize(count: 1)
    for index in first + 1..<count {
      if isOut(base[index]) {
        (base + index).deinitialize(count: 1)
      } else {
        (base + kept).moveInitialize(from: base + index, count: 1)
        kept += 1
      }
    }
    count = kept
  }

  /// Loading replaces the elements.
  mutating func persist<Archive: StateArchive>(
    _ archive: inout Archive, fresh: Element, bytes least: Int, _ body: (inout Archive, inout Element) -> Void
  ) {
    var count = count
    archive.count(&count, bytes: least)
    if !archive.isLoading {
      for place in 0..<count { body(&archive, &base[place]) }
      return
    }
    removeAll()
    for _ in 0..<count where archive.isValid {
      var element = fresh
      body(&archive, &element)
      append(element)
    }
  }

  func firstIndex(where isIt: (Element) -> Bool) -> Int? {
    for index in 0..<count where isIt(base[index]) { return index }
    return nil
  }

  func first(where isIt: (Element) -> Bool) -> Element? {
    firstIndex(where: isIt).map { base[$0] }
  }

  func contains(where isIt: (Element) -> Bool) -> Bool { firstIndex(where: isIt) != nil }

  @inline(never)
  private mutating func grow() {
    capacity *= 2
    base = Self.room(base, for: capacity)
  }

  /// The system's own growth: it copies nothing if it can move pages. Traps without memory,
  /// as Swift's own arrays do.
  private static func room(
    _ old: UnsafeMutablePointer<Element>?, for capacity: Int
  ) -> UnsafeMutablePointer<Element> {
    guard let memory = realloc(old, capacity * MemoryLayout<Element>.stride) else {
      fatalError("out of memory")
    }
    return memory.assumingMemoryBound(to: Element.self)
  }
}
