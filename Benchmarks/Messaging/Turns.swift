import Synchronization

/// Two flags, far apart in memory: which of two arrays is full.
final class Turns: @unchecked Sendable {
  /// Of which two are used, so that each has its lines to itself.
  private static let words = 64
  private let flags = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: words)

  init() {
    for word in 0..<Self.words { (flags + word).initialize(to: Atomic(0)) }
  }

  deinit {
    flags.deinitialize(count: Self.words)
    flags.deallocate()
  }

  /// Returns when that array is as wanted. What the other side did before is there then.
  func await(_ array: Int, isFull: Bool) {
    let wanted = isFull ? 1 : 0
    var patience = Patience()
    while flags[16 + array * 32].load(ordering: .acquiring) != wanted { patience.wait() }
  }

  func give(_ array: Int, isFull: Bool) {
    flags[16 + array * 32].store(isFull ? 1 : 0, ordering: .releasing)
  }
}
