/// The texts of a running script, each once: those of the program and those it makes. Equal texts
/// have equal numbers. Nothing is ever given back; the whole is bounded.
///
///     list    the texts by their numbers
///     slots   open addressing, a power of two, at most half full: text number + 1, 0 is free
///
/// Belongs to one runner, which is its single writer.
public final class TextArena {
  public static let longest = 16 << 20
  public static let most = 1 << 20
  /// A single text, as in Pine.
  public static let longestText = 4_096

  /// A copy is what the arena has now; the next text that is new copies the bytes of one that lives. O(1).
  @exclusivity(unchecked) public private(set) var list = TextList()
  @exclusivity(unchecked) private var slots: [UInt32] = Array(repeating: 0, count: 64)

  /// The texts keep their places; they must differ from each other and begin with the empty one.
  public init(_ texts: [String] = [""]) {
    for text in texts { _ = intern(text) }
  }

  public var count: Int { list.count }

  /// nil when the arena is full. O(length).
  public func intern(_ text: UnsafeBufferPointer<UInt8>) -> TextRef? {
    var slot = Self.hash(text) & (slots.count &- 1)
    while slots[slot] != 0 {
      let found = slots[slot] &- 1
      if equals(found, text) { return found }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
    guard list.byteCount + text.count <= Self.longest, count < Self.most else { return nil }
    list.append(text)
    slots[slot] = UInt32(count)
    if count * 2 > slots.count { grow() }
    return TextRef(count - 1)
  }

  public func intern(_ text: String) -> TextRef? {
    var text = text
    return text.withUTF8 { intern($0) }
  }

  /// The empty text for a number that there is not.
  public func string(_ ref: TextRef) -> String { list.string(ref) }

  @inlinable
  public func withBytes<R>(of ref: TextRef, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    withSlice(ref, body)
  }

  @usableFromInline
  func withSlice<R>(_ ref: TextRef, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    list.withBytes(of: ref, body)
  }

  private func equals(_ ref: TextRef, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    list.withBytes(of: ref) { $0.elementsEqual(text) }
  }

  private func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for ref in 0..<UInt32(count) {
      var slot = withSlice(ref) { Self.hash($0) } & (slots.count &- 1)
      while slots[slot] != 0 { slot = (slot &+ 1) & (slots.count &- 1) }
      slots[slot] = ref &+ 1
    }
  }

  /// FNV-1a, 64 bits.
  private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    var h: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text { h = (h ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: h ^ (h >> 29))
  }
}

/// Texts by their numbers.
///
///     bytes   UTF-8 of all texts, one behind the other
///     ends    ends[i]: where text i ends
public struct TextList: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  public var count: Int { ends.count }
  var byteCount: Int { bytes.count }

  mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
  }

  /// The empty text for a number that there is not.
  public func string(_ ref: TextRef) -> String {
    withBytes(of: ref) { String(decoding: $0, as: UTF8.self) }
  }

  func withBytes<R>(of ref: TextRef, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range(ref)])) }
  }

  private func range(_ ref: TextRef) -> Range<Int> {
    guard ref < ends.count else { return 0..<0 }
    let i = Int(ref)
    return (i == 0 ? 0 : ends[i - 1])..<ends[i]
  }
}
