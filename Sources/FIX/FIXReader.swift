import CFxaot

/// Reads a message of FIX 4.4, `8=FIX.4.4␁9=LENGTH␁35=TYPE␁ … 10=SUM␁`, by rules that come from the data dictionary.
///
/// It reads plain messages without a fault: each known tag once, all that are required, groups whose entries have none, and
/// no data fields. Tags that the message does not have are skipped. It reads nothing else, and says no reason: then the codec in
/// Erlang is to read the bytes, which knows all of FIX and names the faults. So what this accepts must be what that accepts, to
/// the value.
public struct FIXReader {
  private let rules: fxaot_fix_rules
  private let bytes: UnsafePointer<UInt8>
  private let count: Int

  public init(_ rules: fxaot_fix_rules, _ bytes: UnsafePointer<UInt8>, count: Int) {
    self.rules = rules
    self.bytes = bytes
    self.count = count
  }

  /// The message at the beginning of the bytes, whose body has at most so many; nil for a message that this does not read.
  /// O(length).
  public func read(
    mostBody: Int, into fields: UnsafeMutableBufferPointer<fxaot_fix_field>
  ) -> fxaot_fix_message? {
    guard let room = fields.baseAddress, let (body, end) = frame(mostBody: mostBody) else { return nil }
    var place = body
    var type = 0..<0
    guard next(&place, end, value: &type) == 35, let message = message(of: type) else { return nil }
    let used = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * FieldList.words) { seen in
      seen.baseAddress.map { readFields(of: message, &place, end, room, fields.count, $0) } ?? -1
    }
    guard used >= 0 else { return nil }
    return fxaot_fix_message(
      bytes: UInt64(end + Self.trailer), message: UInt32(message), field_count: UInt32(used))
  }

  /// How many elements they take; −1 if not all are plain, or a required one is missing.
  @inline(__always)
  private func readFields(
    of message: Int, _ place: inout Int, _ end: Int, _ fields: UnsafeMutablePointer<fxaot_fix_field>, _ capacity: Int,
    _ seen: UnsafeMutablePointer<UInt64>
  ) -> Int {
    guard let known = rules.known, let members = rules.members, let required = rules.required,
      let header = rules.header, let kinds = rules.kinds
    else { return -1 }
    let offset = message * FieldList.words
    var list = FieldList(
      fields, capacity: capacity, members: members + offset, required: required + offset, header: header, seen: seen)
    var value = 0..<0
    // The type is the first one.
    var count = 1
    while place < end {
      let tag = next(&place, end, value: &value)
      count &+= 1
      guard tag > 0, tag < Int(FXAOT_FIX_USER), count <= Int(FXAOT_FIX_MAX_FIELDS) else { return -1 }
      if tag >= Int(FXAOT_FIX_TAGS) { continue }
      let kind = Int(kinds[tag])
      // Its bytes may look like fields.
      if kind == Int(FXAOT_FIX_OTHER) { return -1 }
      guard FieldList.has(known + offset, tag) else { continue }
      let isInGroup = list.isInGroup
      guard let field = list.add(tag, value) else { return -1 }
      if kind == Int(FXAOT_FIX_COUNT) {
        guard !isInGroup || !list.isInGroup, let group = group(tag, of: message),
          readWhole(value, into: &field.pointee), field.pointee.whole >= 0,
          field.pointee.whole <= Int64(FXAOT_FIX_MAX_ENTRIES)
        else { return -1 }
        list.open(group, entries: Int(field.pointee.whole))
      } else if !read(value, tag, kind: kind, into: field) {
        return -1
      }
    }
    return list.close() ? list.used : -1
  }

  private func group(_ tag: Int, of message: Int) -> FieldList.Group? {
    guard let groups = rules.groups, let members = rules.group_members, let required = rules.group_required
    else { return nil }
    for index in 0..<Int(rules.group_count)
    where groups[index].tag == UInt32(tag) && groups[index].message == UInt32(message) {
      return FieldList.Group(
        first: Int(groups[index].first), members: members + index * FieldList.words,
        required: required + index * FieldList.words)
    }
    return nil
  }

  // MARK: the frame

  private static let prefix: StaticString = "8=FIX.4.4\u{1}9="
  /// `10=123␁`
  private static let trailer = 7
  private static let separator: UInt8 = 1

  /// Where the body begins and ends, when the length and the sum are right.
  private func frame(mostBody: Int) -> (Int, Int)? {
    let prefix = Self.prefix
    let start = prefix.utf8CodeUnitCount
    guard count > start else { return nil }
    for index in 0..<start where bytes[index] != prefix.utf8Start[index] { return nil }
    var place = start
    var length = 0
    while place < count, place < start + 7, let digit = digit(at: place) {
      length = 10 * length + digit
      place += 1
    }
    guard place > start, place < count, bytes[place] == Self.separator, length > 0, length <= mostBody,
      length <= count - place - 1 - Self.trailer
    else { return nil }
    let body = place + 1
    let end = body + length
    guard bytes[end] == UInt8(ascii: "1"), bytes[end + 1] == UInt8(ascii: "0"), bytes[end + 2] == UInt8(ascii: "="),
      let hundreds = digit(at: end + 3), let tens = digit(at: end + 4), let ones = digit(at: end + 5),
      bytes[end + 6] == Self.separator
    else { return nil }
    return 100 * hundreds + 10 * tens + ones == Int(sum(from: 0, to: end)) ? (body, end) : nil
  }

  /// Modulo 256.
  @inline(__always)
  func sum(from start: Int, to end: Int) -> UInt8 {
    var lanes = SIMD32<UInt8>()
    var place = start
    while place + 32 <= end {
      lanes &+= UnsafeRawPointer(bytes + place).loadUnaligned(as: SIMD32<UInt8>.self)
      place += 32
    }
    var sum = lanes.wrappedSum()
    while place < end {
      sum &+= bytes[place]
      place += 1
    }
    return sum
  }

  @inline(__always)
  private func digit(at place: Int) -> Int? {
    let digit = bytes[place] &- UInt8(ascii: "0")
    return digit < 10 ? Int(digit) : nil
  }

  /// The tag of the field at `place`, which moves behind it, and its bytes; 0 where there is none.
  @inline(__always)
  private func next(_ place: inout Int, _ end: Int, value: inout Range<Int>) -> Int {
    var tag = 0
    var index = place
    while index < end, let digit = digit(at: index) {
      tag = 10 &* tag &+ digit
      index &+= 1
      // No tag has so many digits.
      if index &- place > 5 { return 0 }
    }
    guard index > place, bytes[place] != UInt8(ascii: "0"), index < end, bytes[index] == UInt8(ascii: "=")
    else { return 0 }
    let start = index &+ 1
    let stop = separator(from: start)
    guard stop > start, stop < end else { return 0 }
    value = start..<stop
    place = stop &+ 1
    return tag
  }

  /// The place of the next separator; `count` if there is none.
  @inline(__always)
  private func separator(from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    var index = start
    while index &+ 8 <= count {
      // A byte of `word` is 0 where there is a separator.
      let word = UInt64(littleEndian: UnsafeRawPointer(bytes + index).loadUnaligned(as: UInt64.self)) ^ ones
      let zeros = (word &- ones) & ~word & (ones &<< 7)
      if zeros != 0 { return index &+ zeros.trailingZeroBitCount / 8 }
      index &+= 8
    }
    while index < count, bytes[index] != Self.separator { index &+= 1 }
    return index
  }

  private func message(of type: Range<Int>) -> Int? {
    guard type.count <= 2 else { return nil }
    var key = UInt16(bytes[type.lowerBound])
    if type.count == 2 { key |= UInt16(bytes[type.lowerBound + 1]) << 8 }
    return (0..<Int(rules.message_count)).first { rules.types[$0] == key }
  }

  // MARK: values

  @inline(__always)
  private func read(
    _ value: Range<Int>, _ tag: Int, kind: Int, into field: UnsafeMutablePointer<fxaot_fix_field>
  ) -> Bool {
    switch kind {
    case Int(FXAOT_FIX_STRING): true
    case Int(FXAOT_FIX_INT): readWhole(value, into: &field.pointee)
    case Int(FXAOT_FIX_NUMBER): readNumber(value, into: &field.pointee)
    case Int(FXAOT_FIX_BOOLEAN): readTruth(value, into: &field.pointee)
    default: isText(value, tag, kind: kind)
    }
  }

  /// Whether the bytes are a text of a field's kind.
  @inline(__always)
  func isText(_ value: Range<Int>, _ tag: Int, kind: Int) -> Bool {
    switch kind {
    case Int(FXAOT_FIX_STRING): true
    case Int(FXAOT_FIX_CHAR): value.count == 1
    case Int(FXAOT_FIX_CODE): value.count == 1 && isCode(bytes[value.lowerBound], of: tag)
    case Int(FXAOT_FIX_DATE): value.count == 8 && isDate(at: value.lowerBound)
    case Int(FXAOT_FIX_TIME): isTime(value)
    case Int(FXAOT_FIX_TIMESTAMP):
      value.count > 9 && isDate(at: value.lowerBound) && bytes[value.lowerBound + 8] == UInt8(ascii: "-")
        && isTime(value.lowerBound + 9..<value.upperBound)
    default: false
    }
  }

  private func isCode(_ byte: UInt8, of tag: Int) -> Bool {
    byte < 128 && rules.codes[2 * tag + Int(byte / 64)] & (1 << UInt64(byte % 64)) != 0
  }

  /// At most 18 digits: these fit.
  private func readWhole(_ value: Range<Int>, into field: inout fxaot_fix_field) -> Bool {
    let isNegative = bytes[value.lowerBound] == UInt8(ascii: "-")
    let start = value.lowerBound + (isNegative ? 1 : 0)
    guard value.upperBound > start, value.upperBound - start <= 18 else { return false }
    var sum: Int64 = 0
    for place in start..<value.upperBound {
      guard let digit = digit(at: place) else { return false }
      sum = 10 &* sum &+ Int64(digit)
    }
    field.form = UInt32(FXAOT_FIX_WHOLE)
    field.whole = isNegative ? -sum : sum
    return true
  }

  /// At most 15 digits: these and the power of ten are exact, so their quotient is the nearest double.
  private func readNumber(_ value: Range<Int>, into field: inout fxaot_fix_field) -> Bool {
    let isNegative = bytes[value.lowerBound] == UInt8(ascii: "-")
    let start = value.lowerBound + (isNegative ? 1 : 0)
    guard value.upperBound > start, value.upperBound - start <= 16 else { return false }
    var sum: Int64 = 0
    var point: Int?
    var digits = 0
    for place in start..<value.upperBound {
      if let digit = digit(at: place) {
        sum = 10 &* sum &+ Int64(digit)
        digits += 1
      } else if bytes[place] == UInt8(ascii: "."), point == nil {
        point = place
      } else {
        return false
      }
    }
    guard digits > 0, digits <= 15 else { return false }
    let decimals = point.map { value.upperBound - 1 - $0 } ?? 0
    if decimals == 0 {
      field.form = UInt32(FXAOT_FIX_WHOLE)
      field.whole = isNegative ? -sum : sum
      return true
    }
    var power = 1.0
    for _ in 0..<decimals { power *= 10 }
    let number = Double(sum) / power
    field.form = UInt32(FXAOT_FIX_REAL)
    field.real = isNegative ? -number : number
    return true
  }

  private func readTruth(_ value: Range<Int>, into field: inout fxaot_fix_field) -> Bool {
    guard value.count == 1 else { return false }
    switch bytes[value.lowerBound] {
    case UInt8(ascii: "Y"): field.form = UInt32(FXAOT_FIX_TRUE)
    case UInt8(ascii: "N"): field.form = UInt32(FXAOT_FIX_FALSE)
    default: return false
    }
    return true
  }

  /// So many digits as a number; −1 where one of them is no digit.
  @inline(__always)
  private func digits(at place: Int, _ count: Int) -> Int {
    var sum = 0
    for index in place..<place + count {
      guard let digit = digit(at: index) else { return -1 }
      sum = 10 * sum + digit
    }
    return sum
  }

  /// Eight bytes.
  private func isDate(at place: Int) -> Bool {
    let (year, month, day) = (digits(at: place, 4), digits(at: place + 4, 2), digits(at: place + 6, 2))
    guard year > 0, month >= 1, month <= 12, day >= 1 else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let last = month == 2 ? (isLeap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
    return day <= last
  }

  /// `HH:MM:SS`, with a fraction of 3 to 9 digits or without.
  private func isTime(_ value: Range<Int>) -> Bool {
    let place = value.lowerBound
    guard value.count == 8 || (value.count >= 12 && value.count <= 18),
      bytes[place + 2] == UInt8(ascii: ":"), bytes[place + 5] == UInt8(ascii: ":")
    else { return false }
    let (hour, minute, second) = (digits(at: place, 2), digits(at: place + 3, 2), digits(at: place + 6, 2))
    guard hour >= 0, hour < 24, minute >= 0, minute < 60, second >= 0, second <= 60 else { return false }
    return value.count == 8
      || (bytes[place + 8] == UInt8(ascii: ".") && digits(at: place + 9, value.count - 9) >= 0)
  }
}
