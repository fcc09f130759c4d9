/// A NUL-terminated text that outlives this value; null compares unequal to everything.
struct CText: @unchecked Sendable {
  let pointer: UnsafePointer<CChar>

  init(_ pointer: UnsafePointer<CChar>) { self.pointer = pointer }

  func equals(_ other: UnsafePointer<CChar>?) -> Bool { Self.equal(pointer, other) }

  /// O(length).
  static func equal(_ a: UnsafePointer<CChar>?, _ b: UnsafePointer<CChar>?) -> Bool {
    guard var a, var b else { return false }
    while a.pointee == b.pointee {
      if a.pointee == 0 { return true }
      a += 1
      b += 1
    }
    return false
  }

  /// The bytes of a text, none of null. O(length).
  static func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8] {
    guard var at = text else { return [] }
    var bytes: [UInt8] = []
    while at.pointee != 0 {
      bytes.append(UInt8(bitPattern: at.pointee))
      at += 1
    }
    return bytes
  }

  /// Whether this text ends with a dot and then `suffix`. O(length · length of suffix).
  func hasDottedSuffix(_ suffix: UnsafePointer<CChar>) -> Bool {
    var at = pointer
    while at.pointee != 0 {
      if at.pointee == 0x2E, Self.equal(at + 1, suffix) { return true }
      at += 1
    }
    return false
  }
}
