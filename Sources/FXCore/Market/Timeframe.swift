import CFxaot

/// What closes a bar: a number of quotes, or a span of time on UTC boundaries.
public struct Timeframe: BitwiseCopyable, Equatable, Sendable {
  public let kind: UInt32
  public let count: UInt32
  /// Quotes in a bar; 0 for a span of time.
  let ticks: Int64
  /// Nanoseconds; 0 for a number of quotes.
  let length: Int64

  static let longest: Int64 = 366 * 86_400 * 1_000_000_000
  static let mostTicks: Int64 = 1_000_000_000

  var isTime: Bool { length > 0 }
  var raw: fxaot_timeframe { fxaot_timeframe(kind: kind, count: count) }

  /// nil for an unknown kind, a count of 0, or more than 366 days or 10⁹ quotes.
  public init?(_ raw: fxaot_timeframe, multiple: UInt32 = 1) {
    let (count, overflow) = raw.count.multipliedReportingOverflow(by: multiple)
    guard !overflow, count > 0 else { return nil }
    self.count = count
    let single = raw.count == 1
    switch Int(raw.kind) {
    case FXAOT_TF_TICK where single:
      kind = multiple == 1 ? raw.kind : UInt32(FXAOT_TF_TICKS)
      (ticks, length) = (Int64(count), 0)
    case FXAOT_TF_TICKS: (kind, ticks, length) = (raw.kind, Int64(count), 0)
    case FXAOT_TF_SECONDS: (kind, ticks, length) = (raw.kind, 0, Int64(count) * 1_000_000_000)
    case FXAOT_TF_MINUTES: (kind, ticks, length) = (raw.kind, 0, Int64(count) * 60_000_000_000)
    case FXAOT_TF_HOURS: (kind, ticks, length) = (raw.kind, 0, Int64(count) * 3_600_000_000_000)
    case FXAOT_TF_DAY where single && count <= 366:
      (kind, ticks, length) = (raw.kind, 0, Int64(count) * 86_400_000_000_000)
    default: return nil
    }
    guard length <= Self.longest, ticks <= Self.mostTicks else { return nil }
  }

  /// Same closing instants, however written: 60 seconds are one minute.
  public static func == (a: Timeframe, b: Timeframe) -> Bool {
    a.ticks == b.ticks && a.length == b.length
  }

  /// Longer ones first, time before ticks: the order in which bars that end together close.
  static func closesBefore(_ a: Timeframe, _ b: Timeframe) -> Bool {
    (a.length, a.ticks) > (b.length, b.ticks)
  }
}
