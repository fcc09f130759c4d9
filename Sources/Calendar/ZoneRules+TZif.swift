/// TZif, RFC 8536. All numbers are big-endian.
///
///     header   "TZif", version, 15 bytes unused, six 4-byte counts:
///              UT flags, standard flags, leap seconds, transitions, types, name bytes
///     block    transition times, their types (1 byte each), types (offset: 4, daylight: 1, name: 1),
///              names, leap seconds, standard flags, UT flags
///
/// A version 1 file is one header and block with 4-byte times. Later versions add a second header
/// and block with 8-byte times and, between newlines, the rule for the years after the last one.
extension ZoneRules {
  /// nil for bytes that are not a whole TZif file. Leap seconds are not looked at: like POSIX
  /// time, Pine's has none. O(n).
  public init?(tzif bytes: [UInt8]) {
    guard let first = Header(bytes, at: 0) else { return nil }
    guard first.version >= 0x32 else {
      self.init(bytes, block: Header.size, first, timeBytes: 4, rule: nil)
      return
    }
    let second = Header.size + first.blockSize(timeBytes: 4)
    guard let header = Header(bytes, at: second) else { return nil }
    let block = second + Header.size
    let footer = block + header.blockSize(timeBytes: 8)
    guard footer < bytes.count, bytes[footer] == 0x0A,
      let end = bytes[(footer + 1)...].firstIndex(of: 0x0A)
    else { return nil }
    let text = bytes[(footer + 1)..<end]
    let rule = ZoneRule(text)
    guard text.isEmpty || rule != nil else { return nil }
    self.init(bytes, block: block, header, timeBytes: 8, rule: rule)
  }

  private struct Header {
    static let size = 44
    var version: UInt8
    var utFlags, standardFlags, leaps, times, types, names: Int

    init?(_ bytes: [UInt8], at start: Int) {
      guard start <= bytes.count - Self.size,
        bytes[start..<start + 4].elementsEqual("TZif".utf8)
      else { return nil }
      version = bytes[start + 4]
      func count(_ i: Int) -> Int {
        bytes[(start + 20 + 4 * i)..<(start + 24 + 4 * i)].reduce(0) { $0 << 8 | Int($1) }
      }
      (utFlags, standardFlags, leaps) = (count(0), count(1), count(2))
      (times, types, names) = (count(3), count(4), count(5))
      // A file has at most 256 types; the other counts only have to keep sums from overflowing.
      guard (1...256).contains(types) else { return nil }
    }

    func blockSize(timeBytes: Int) -> Int {
      times * (timeBytes + 1) + types * 6 + names + leaps * (timeBytes + 4) + standardFlags
        + utFlags
    }
  }

  private init?(
    _ bytes: [UInt8], block: Int, _ header: Header, timeBytes: Int, rule: ZoneRule?
  ) {
    guard block + header.blockSize(timeBytes: timeBytes) <= bytes.count else { return nil }
    let typeIndices = block + header.times * timeBytes
    let types = typeIndices + header.times
    func offset(type: Int) -> Int32? {
      guard type < header.types else { return nil }
      let at = types + type * 6
      let value = bytes[at..<at + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      let offset = Int32(bitPattern: value)
      return (-93_600...93_600).contains(offset) ? offset : nil
    }
    guard let firstOffset = offset(type: 0) else { return nil }
    var transitions: [Transition] = []
    transitions.reserveCapacity(header.times)
    for i in 0..<header.times {
      let at = block + i * timeBytes
      let value = bytes[at..<at + timeBytes].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let instant =
        timeBytes == 4
        ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
      guard let offset = offset(type: Int(bytes[typeIndices + i])),
        instant > transitions.last?.instant ?? .min
      else { return nil }
      transitions.append(Transition(instant: instant, offset: offset))
    }
    self.init(firstOffset: firstOffset, transitions: transitions, rule: rule)
  }
}
