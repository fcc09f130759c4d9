import Libc
import Synchronization

/// Memory for what several threads write, cut into lines of 128 bytes.
///
/// A cache line is 64 bytes, but the hardware fetches lines in pairs: two fields that are 64 bytes
/// apart still pull each other's line out of the other core.
@usableFromInline package enum SharedLines {
  @usableFromInline package static let bytes = 128

  /// Zeroed memory on a line boundary, freed with `free`; nil when out of memory.
  package static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer? {
    guard bytes > 0, bytes <= Int.max - (Self.bytes - 1) else { return nil }
    let whole = (bytes + Self.bytes - 1) & ~(Self.bytes - 1)
    guard let memory = aligned_alloc(Self.bytes, whole) else { return nil }
    memset(memory, 0, whole)
    return memory
  }

  package static func release(_ memory: UnsafeMutableRawPointer) { free(memory) }
}

@usableFromInline package typealias AtomicWord = UnsafeMutablePointer<Atomic<UInt64>>

extension UnsafeMutableRawPointer {
  /// The atomic word at an offset, initialised to a value.
  package func makeWord(at offset: Int, _ value: UInt64 = 0) -> AtomicWord {
    let word = (self + offset).bindMemory(to: Atomic<UInt64>.self, capacity: 1)
    word.initialize(to: Atomic(value))
    return word
  }
}
