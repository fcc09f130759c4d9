extension ZoneRules {
  /// A fixed offset by name: `UTC`, `GMT`, `Z`, `Etc/UTC`, `UTC+5`, `GMT-3:30`, `UTC+0530`. nil for
  /// any other name, which is then an IANA zone to be read from a TZif file.
  ///
  /// As in Pine, UTC+5 is ahead of UTC (unlike the IANA name Etc/GMT+5, which is read from its file).
  public init?(fixed name: some StringProtocol) {
    switch name {
    case "UTC", "GMT", "Z", "UCT", "Etc/UTC", "Etc/GMT", "Etc/UCT", "Zulu":
      self = .utc
      return
    default: break
    }
    guard name.hasPrefix("UTC") || name.hasPrefix("GMT") else { return nil }
    guard let offset = Self.offset(name.utf8.dropFirst(3)) else { return nil }
    self.init(fixedOffset: offset)
  }

  /// Seconds of `+5`, `-03`, `+0530`, `-3:30`; nil for anything else or more than 24 hours.
  static func offset(_ text: some Collection<UInt8>) -> Int? {
    guard let sign = text.first, sign == 0x2B || sign == 0x2D else { return nil }
    var digits = 0
    var value = 0
    var colonAfter: Int?
    for byte in text.dropFirst() {
      if byte == 0x3A, colonAfter == nil, digits > 0 {
        colonAfter = digits
        continue
      }
      guard byte >= 0x30, byte <= 0x39, digits < 4 else { return nil }
      value = value * 10 + Int(byte - 0x30)
      digits += 1
    }
    guard digits > 0, colonAfter == nil || colonAfter == digits - 2 else { return nil }
    let hasMinutes = digits > 2
    let (hours, minutes) = hasMinutes ? (value / 100, value % 100) : (value, 0)
    guard hours <= 24, minutes < 60 else { return nil }
    return (sign == 0x2D ? -1 : 1) * (hours * 3600 + minutes * 60)
  }
}
