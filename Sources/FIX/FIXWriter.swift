import CFxaot

/// Writes a message of FIX 4.4 from its fields, which stand in the data dictionary's order.
///
/// As `FIXReader`, it does what is plain: values of their fields' kinds, no data fields, within the room that it has. Of all
/// else it says no reason: the codec in Erlang writes it, or names the fault. So what this writes must be what that writes, to
/// the byte.
public struct FIXWriter {
  private let rules: fxaot_fix_rules
  private let bytes: UnsafeMutablePointer<UInt8>
  /// Behind the last byte of a body: its trailer fits.
  private let end: Int
  private var place: Int

  /// `8=FIX.4.4␁9=65536␁`
  private static let frontRoom = 18
  /// `10=123␁`
  private static let trailer = 7
  /// A tag, a number and what is around them have fewer bytes.
  private static let fieldRoom = 48
  /// The largest amount that is written, and that a double holds exactly.
  private static let mostNumber = 1_000_000_000_000_000
  private static let separator: UInt8 = 1

  public init(_ rules: fxaot_fix_rules, into bytes: UnsafeMutablePointer<UInt8>, capacity: Int) {
    self.rules = rules
    self.bytes = bytes
    end = max(capacity, Self.trailer) - Self.trailer
    place = Self.frontRoom
  }

  /// Where the message stands in the room; nil for a message that this does not write. O(length).
  public mutating func write(
    message: Int, _ values: UnsafeBufferPointer<fxaot_fix_value>
  ) -> Range<Int>? {
    guard let types = rules.types, message >= 0, message < Int(rules.message_count), place + Self.fieldRoom <= end
    else { return nil }
    put("35=")
    put(UInt8(truncatingIfNeeded: types[message]))
    let second = UInt8(truncatingIfNeeded: types[message] >> 8)
    if second != 0 { put(second) }
    put(Self.separator)
    for value in values {
      guard write(value) else { return nil }
    }
    return framed()
  }

  private mutating func write(_ value: fxaot_fix_value) -> Bool {
    guard let kinds = rules.kinds, value.tag > 0, value.tag < FXAOT_FIX_TAGS, place + Self.fieldRoom <= end
    else { return false }
    let tag = Int(value.tag)
    put(UInt64(tag))
    put(UInt8(ascii: "="))
    let isWritten =
      switch (Int(kinds[tag]), Int(value.form)) {
      case (Int(FXAOT_FIX_INT), Int(FXAOT_FIX_WHOLE)): value.whole > .min && put(value.whole)
      case (Int(FXAOT_FIX_NUMBER), Int(FXAOT_FIX_WHOLE)): value.whole.magnitude <= Self.mostNumber && put(value.whole)
      case (Int(FXAOT_FIX_NUMBER), Int(FXAOT_FIX_REAL)): put(value.real)
      case (Int(FXAOT_FIX_COUNT), Int(FXAOT_FIX_GROUP)): value.whole >= 0 && put(value.whole)
      case (Int(FXAOT_FIX_BOOLEAN), Int(FXAOT_FIX_TRUE)): putTruth(UInt8(ascii: "Y"))
      case (Int(FXAOT_FIX_BOOLEAN), Int(FXAOT_FIX_FALSE)): putTruth(UInt8(ascii: "N"))
      case (let kind, Int(FXAOT_FIX_TEXT)): putText(value, tag, kind)
      default: false
      }
    put(Self.separator)
    return isWritten
  }

  // MARK: values

  private mutating func putTruth(_ byte: UInt8) -> Bool {
    put(byte)
    return true
  }

  /// Texts are what a reader takes for such a text, and hold no separator.
  private mutating func putText(_ value: fxaot_fix_value, _ tag: Int, _ kind: Int) -> Bool {
    let isText =
      switch kind {
      case Int(FXAOT_FIX_STRING), Int(FXAOT_FIX_CHAR), Int(FXAOT_FIX_CODE), Int(FXAOT_FIX_DATE), Int(FXAOT_FIX_TIME),
        Int(FXAOT_FIX_TIMESTAMP):
        true
      default: false
      }
    guard isText, let text = value.text, value.length > 0, value.length <= FXAOT_FIX_MAX_BODY else { return false }
    let count = Int(value.length)
    guard place + count + Self.fieldRoom <= end else { return false }
    for index in 0..<count where text[index] == Self.separator { return false }
    guard FIXReader(rules, text, count: count).isText(0..<count, tag, kind: kind) else { return false }
    (bytes + place).update(from: text, count: count)
    place += count
    return true
  }

  private mutating func put(_ whole: Int64) -> Bool {
    if whole < 0 { put(UInt8(ascii: "-")) }
    put(whole.magnitude)
    return true
  }

  /// Up to ten decimals, at least one: the integer part is taken off first, which is exact.
  private mutating func put(_ real: Double) -> Bool {
    let magnitude = real.magnitude
    guard magnitude <= Double(Self.mostNumber) else { return false }
    let scale: UInt64 = 10_000_000_000
    var whole = UInt64(magnitude)
    var part = UInt64(((magnitude - Double(whole)) * Double(scale)).rounded())
    if part >= scale {
      part -= scale
      whole += 1
    }
    if real < 0 { put(UInt8(ascii: "-")) }
    put(whole)
    put(UInt8(ascii: "."))
    var power = scale / 10
    repeat {
      put(UInt8(ascii: "0") + UInt8(part / power))
      part %= power
      power /= 10
    } while part > 0
    return true
  }

  // MARK: bytes

  /// All of these have room for a field.
  private mutating func put(_ byte: UInt8) {
    bytes[place] = byte
    place += 1
  }

  private mutating func put(_ text: StaticString) {
    (bytes + place).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
    place += text.utf8CodeUnitCount
  }

  private mutating func put(_ number: UInt64) {
    let count = Self.digits(of: number)
    var left = number
    var index = place + count
    repeat {
      index -= 1
      bytes[index] = UInt8(ascii: "0") + UInt8(left % 10)
      left /= 10
    } while left > 0
    place += count
  }

  private static func digits(of number: UInt64) -> Int {
    var count = 1
    var left = number / 10
    while left > 0 {
      count += 1
      left /= 10
    }
    return count
  }

  /// The length before the body, and the sum behind it.
  private mutating func framed() -> Range<Int>? {
    let body = place - Self.frontRoom
    guard body <= Int(FXAOT_FIX_MAX_BODY) else { return nil }
    let prefix: StaticString = "8=FIX.4.4\u{1}9="
    let start = Self.frontRoom - prefix.utf8CodeUnitCount - Self.digits(of: UInt64(body)) - 1
    let last = place
    place = start
    put(prefix)
    put(UInt64(body))
    put(Self.separator)
    place = last
    let sum = FIXReader(rules, bytes, count: place).sum(from: start, to: place)
    put("10=")
    put(UInt8(ascii: "0") + sum / 100)
    put(UInt8(ascii: "0") + sum / 10 % 10)
    put(UInt8(ascii: "0") + sum % 10)
    put(Self.separator)
    return start..<place
  }
}
