/// The refs of a journal in this node: a ref is a number of the node that wrote it, so records name each once.
public final class JournalRefs {
  /// Makes this node's ref of a name; 0 when it cannot.
  public typealias Maker = (_ name: [UInt8]) -> UInt64

  private var refs: [UInt64: UInt64] = [:]

  public init() {}

  /// A ref's name, from now on. False when there is no ref for it.
  func learn(_ old: UInt64, _ name: [UInt8], _ make: Maker) -> Bool {
    let new = make(name)
    refs[old] = new
    return new != 0
  }

  /// The same; `undefined` for one that has no name: a client may name a symbol that was never there.
  func findAny(_ old: UInt64, _ make: Maker) -> UInt64 { find(old) ?? make(Array("undefined".utf8)) }

  /// 0 stays 0; nil where no record has named it.
  func find(_ old: UInt64) -> UInt64? { old == 0 ? 0 : refs[old] }
}

/// Why a record could not be carried out.
public struct JournalFault: Error {
  /// One sentence.
  public let message: String
  init(_ message: String) { self.message = message }
}
