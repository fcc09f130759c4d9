import CFxaot
import Libc

/// What an engine has taken in and its journal has not yet: a batch of records, each
///
///     u32  length of the payload
///     u8   type, `JournalRecord`
///     ...  payload
///
/// It only ever grows at its end, until somebody takes the batch. Without memory, or when nobody takes it, it breaks
/// off: the journal then has a gap, which only a snapshot closes.
struct InputJournal: ~Copyable {
  /// Nothing is recorded; only what the account's items do not tell; every input, quotes included.
  enum Scope: UInt32, BitwiseCopyable { case nothing, account, inputs }

  private(set) var scope = Scope.nothing
  /// Records have been lost since the last snapshot.
  private(set) var isBroken = false
  /// The account may have changed since its items were recorded.
  var isDirty = false
  /// The names of strategies' refs.
  private(set) var names = RefNames()

  private var base: UnsafeMutableRawPointer?
  private(set) var count = 0
  private var room = 0
  /// Where the newest record begins, if it is one of quotes that may grow; else −1.
  private var open = -1

  /// 1.4 million quotes.
  static let mostBytes = 64 << 20
  private static let headerBytes = 5
  /// Of a record of quotes.
  private static let mostQuotes = 256

  deinit { free(base) }

  @inline(__always)
  var isOn: Bool { scope != .nothing }

  /// Begins to record, or ends.
  mutating func start(_ scope: Scope) {
    self.scope = scope
    (count, open, isBroken) = (0, -1, false)
  }

  mutating func breakOff() {
    if isOn { (isBroken, count, open) = (true, 0, -1) }
  }

  /// A snapshot closes every gap before it.
  mutating func mend() { (isBroken, isDirty) = (false, false) }

  /// Hands over the batch and its memory, which the caller frees. O(1).
  mutating func take() -> (base: UnsafeMutableRawPointer?, count: Int) {
    defer { (base, count, room, open) = (nil, 0, 0, -1) }
    return (base, count)
  }

  mutating func name(_ ref: UInt64, _ text: [UInt8]) {
    if names.add(ref, text) {
      record(.name) { batch in
        batch.add(ref)
        batch.add(text)
      }
    }
  }

  mutating func name(_ ref: UInt64, ofLoaded text: [UInt8]) { _ = names.add(ref, text) }

  /// Adds a record whose payload `body` writes.
  mutating func record(_ input: Input, _ body: (inout InputJournal) -> Void) {
    let begin = count
    if !begins(.input) { return }
    add(input.rawValue)
    body(&self)
    ends(begin)
  }

  mutating func advance(_ time: Int64) {
    let begin = count
    if !begins(.advance) { return }
    add(time)
    ends(begin)
  }

  mutating func items(_ bytes: UnsafeRawBufferPointer) {
    let begin = count
    if !begins(.items) { return }
    add(bytes)
    ends(begin)
  }

  /// Adds to the newest record where that is one of quotes of the same kind. Amortised O(1).
  @inline(never)
  mutating func quote(_ quote: fxaot_quote, isReplay: Bool) {
    let flag: UInt8 = isReplay ? 1 : 0
    if open >= 0, let base, count - open < Self.headerBytes + 1 + Self.mostQuotes * MemoryLayout<fxaot_quote>.size,
      base.load(fromByteOffset: open + Self.headerBytes, as: UInt8.self) == flag
    {
      addPlain(quote)
      ends(open)
      return
    }
    let begin = count
    if !begins(.quotes) { return }
    add(flag)
    addPlain(quote)
    ends(begin)
    if !isBroken { open = begin }
  }

  // MARK: Bytes

  private mutating func begins(_ type: JournalRecord) -> Bool {
    if isBroken || !isOn { return false }
    let begin = count
    open = -1
    add(UInt32(0))
    add(type.rawValue)
    if isBroken { count = begin }
    return !isBroken
  }

  /// Writes the length of the record that began there; of one that has no room nothing stays.
  private mutating func ends(_ begin: Int) {
    guard !isBroken, let base else {
      count = begin
      open = -1
      return
    }
    base.storeBytes(
      of: UInt32(truncatingIfNeeded: count - begin - Self.headerBytes).littleEndian, toByteOffset: begin,
      as: UInt32.self)
  }

  mutating func add<T: FixedWidthInteger>(_ x: T) {
    withUnsafeBytes(of: x.littleEndian) { add($0) }
  }

  /// A plain value as it is in memory: a structure of the C interface without pointers, or a double.
  mutating func addPlain<T: BitwiseCopyable>(_ x: T) { withUnsafeBytes(of: x) { add($0) } }

  /// A length and bytes.
  mutating func add(_ bytes: [UInt8]) {
    add(UInt32(truncatingIfNeeded: bytes.count))
    bytes.withUnsafeBytes { add($0) }
  }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, !isBroken, reserve(count + bytes.count), let base else {
      if !bytes.isEmpty { isBroken = true }
      return
    }
    (base + count).copyMemory(from: start, byteCount: bytes.count)
    count += bytes.count
  }

  private mutating func reserve(_ wanted: Int) -> Bool {
    if wanted <= room { return true }
    if wanted > Self.mostBytes { return false }
    let size = max(wanted, room * 2, 4_096)
    guard let memory = realloc(base, size) else { return false }
    (base, room) = (memory, size)
    return true
  }
}

/// The type of a record, in a batch and in a segment.
package enum JournalRecord: UInt8 {
  /// A journal has been opened: wall clock, version of the library.
  case begin = 1
  case snapshot = 2
  case quotes = 3
  case advance = 4
  case input = 5
  /// Items of the account that have changed.
  case items = 6
  /// An Erlang term of the application's.
  case term = 7
  case end = 8
  /// Records that the disk did not take: the snapshot that follows has what they told.
  case gap = 9
}

/// What else changes an engine: the first byte of an input's payload. Numbers are never used again.
enum Input: UInt8 {
  case name = 1
  case instrument, account, risk, venue, terms, gateway
  case submit, modify, cancel, cancelAll, closeSymbol, closeTicket, closeBy, cash
  case report, acknowledged
  case state, applyState, fillRest
  case strategy, script, remove, swap
}

/// For tools that read a journal.
package enum InputKind {
  /// The name of an input's kind, `closeTicket`; nil for an unknown one.
  package static func name(_ kind: UInt8) -> String? { Input(rawValue: kind).map { "\($0)" } }
}

/// The names of refs, which are other numbers in each node.
package struct RefNames {
  package private(set) var list: [(ref: UInt64, text: [UInt8])] = []
  private var known: Set<UInt64> = []

  package init() {}

  /// False where it is known.
  mutating func add(_ ref: UInt64, _ text: [UInt8]) -> Bool {
    if !known.insert(ref).inserted { return false }
    list.append((ref, text))
    return true
  }

  package func text(of ref: UInt64) -> [UInt8]? { list.first { $0.ref == ref }?.text }
}
