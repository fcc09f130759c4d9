/// Takes the bytes of a state apart. Valid as long as the bytes are.
package struct StateLoader: StateArchive {
  private let bytes: UnsafeRawBufferPointer
  private var place = 0
  package let format: UInt32
  private let refs: (UInt64) -> UInt64
  package private(set) var isValid = true

  /// `refs` gives this node's refs; the same ones if it is left out.
  package init(_ bytes: UnsafeRawBufferPointer, format: UInt32, refs: @escaping (UInt64) -> UInt64 = { $0 }) {
    self.bytes = bytes
    self.format = format
    self.refs = refs
  }

  package func translated(_ ref: UInt64) -> UInt64 { refs(ref) }

  package var isLoading: Bool { true }
  package var left: Int { bytes.count - place }
  package var isAtEnd: Bool { place == bytes.count }

  package mutating func later(_ source: any SavedLater) { fail() }

  package mutating func fail() {
    isValid = false
    place = bytes.count
  }

  package mutating func block(_ start: UnsafeMutableRawPointer, _ count: Int) {
    guard count >= 0 else { return fail() }
    guard isValid, count <= left else {
      fail()
      start.initializeMemory(as: UInt8.self, repeating: 0, count: count)
      return
    }
    if count > 0, let source = bytes.baseAddress { start.copyMemory(from: source + place, byteCount: count) }
    place += count
  }

  /// The next bytes where they are, without copying; empty where there are not as many.
  package mutating func slice(_ count: Int) -> UnsafeRawBufferPointer {
    guard isValid, count >= 0, count <= left else {
      fail()
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    defer { place += count }
    return UnsafeRawBufferPointer(rebasing: bytes[place..<place + count])
  }
}
