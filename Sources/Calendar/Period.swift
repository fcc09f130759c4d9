/// How long a bar lasts, as Pine writes it: `15` (minutes), `30S`, `D`, `1W`, `3M`.
@frozen
public struct Period: Hashable, Sendable {
  public enum Unit: UInt8, Sendable {
    case second, minute, day, week, month
  }

  public let unit: Unit
  public let count: Int

  /// nil for a count that Pine does not know: more than a day of seconds or minutes, more than a
  /// year of anything else.
  public init?(_ count: Int, _ unit: Unit) {
    let most =
      switch unit {
      case .second: 86_400
      case .minute: 1440
      case .day: 366
      case .week: 53
      case .month: 12
      }
    guard count >= 1, count <= most else { return nil }
    self.unit = unit
    self.count = count
  }

  /// `15`, `240`, `30S`, `D`, `1D`, `W`, `3M`; nil for anything else. The empty text, which means
  /// the chart's own timeframe, is the caller's.
  public init?(_ text: some StringProtocol) {
    var count = 0
    var digits = 0
    var unit = Unit.minute
    var isNamed = false
    for byte in text.utf8 {
      guard !isNamed else { return nil }
      switch byte {
      case 0x30...0x39:
        count = count * 10 + Int(byte - 0x30)
        digits += 1
        if digits > 6 { return nil }
      case UInt8(ascii: "S"): (unit, isNamed) = (.second, true)
      case UInt8(ascii: "D"): (unit, isNamed) = (.day, true)
      case UInt8(ascii: "W"): (unit, isNamed) = (.week, true)
      case UInt8(ascii: "M"): (unit, isNamed) = (.month, true)
      default: return nil
      }
    }
    guard digits > 0 || isNamed else { return nil }
    self.init(digits == 0 ? 1 : count, unit)
  }

  /// As `timeframe.period` gives it in version 6: `15`, `30S`, `1D`, `3M`.
  public var text: String {
    switch unit {
    case .second: "\(count)S"
    case .minute: "\(count)"
    case .day: "\(count)D"
    case .week: "\(count)W"
    case .month: "\(count)M"
    }
  }

  /// As `timeframe.in_seconds`, where a month has 2,628,003.
  public var seconds: Int {
    switch unit {
    case .second: count
    case .minute: count * 60
    case .day: count * 86_400
    case .week: count * 604_800
    case .month: count * 2_628_003
    }
  }

  /// The period of so many seconds, as `timeframe.from_seconds`: in the largest unit that
  /// divides it, else rounded up to the next valid period; at most 12 months.
  public init(seconds: Int) {
    let bounded = min(max(seconds, 1), 12 * 2_628_003)
    func up(_ unit: Int) -> Int { (bounded + unit - 1) / unit }
    let found: Period? =
      if bounded < 60 { Period(bounded, .second) } else if bounded <= 86_400 - 60 {
        Period(up(60), .minute)
      } else if bounded % 604_800 == 0, bounded <= 52 * 604_800 {
        Period(up(604_800), .week)
      } else if bounded % 2_628_003 == 0 {
        Period(up(2_628_003), .month)
      } else if bounded <= 365 * 86_400 { Period(up(86_400), .day) } else { Period(12, .month) }
    self = found ?? .day
  }

  public static let day = Period(count: 1, unit: .day)

  private init(count: Int, unit: Unit) {
    self.count = count
    self.unit = unit
  }

  /// Seconds or minutes.
  public var isIntraday: Bool { unit == .second || unit == .minute }
}
