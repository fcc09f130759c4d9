import Libc

/// Puts the bytes of a state together.
///
/// It is filled while an engine waits, so what is long and does not change any more is taken by reference: `later`
/// copies it when the bytes are asked for.
package struct StateSaver: StateArchive {
  private enum Piece {
    case bytes([UInt8])
    case later(any SavedLater)
  }

  private var pieces: [Piece] = []
  private var open: [UInt8] = []

  package init(room: Int = 4_096) { open.reserveCapacity(room) }

  package var isLoading: Bool { false }
  package var format: UInt32 { StateFormat.newest }
  package var isValid: Bool { true }
  package var left: Int { 0 }
  package mutating func fail() {}
  package func translated(_ ref: UInt64) -> UInt64 { ref }

  package mutating func block(_ start: UnsafeMutableRawPointer, _ count: Int) {
    open.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
  }

  /// The bytes of `source`, without a count before them. O(1).
  package mutating func later(_ source: any SavedLater) {
    if !open.isEmpty {
      pieces.append(.bytes(open))
      open = []
      open.reserveCapacity(4_096)
    }
    pieces.append(.later(source))
  }

  /// All bytes; none where something that was taken by reference has not stayed as it was. O(bytes).
  package consuming func bytes() -> [UInt8] {
    if pieces.isEmpty { return open }
    var all: [UInt8] = []
    all.reserveCapacity(count)
    for piece in pieces {
      switch piece {
      case .bytes(let bytes): all += bytes
      case .later(let source): if !source.append(to: &all) { return [] }
      }
    }
    return all + open
  }

  private var count: Int {
    pieces.reduce(open.count) { sum, piece in
      switch piece {
      case .bytes(let bytes): sum + bytes.count
      case .later(let source): sum + source.byteCount
      }
    }
  }
}

/// Data that stays as it is, shared with the engine that goes on.
package protocol SavedLater: AnyObject, Sendable {
  var byteCount: Int { get }
  /// False where they are no longer what they were, which only a lack of memory can cause.
  func append(to bytes: inout [UInt8]) -> Bool
}
