import CFxaot

/// What closes a bar: a number of quotes, or a span of time that counts from the start of the
/// instrument's day.
public struct Timeframe: BitwiseCopyable, Equatable, Sendable {
  public let kind: UInt32
  public let count: UInt32
  /// Quotes in a bar; 0 for a span of time.
  @usableFromInline package let ticks: Int64
  /// Nanoseconds; 0 for a number of quotes.
  @usableFromInline package let length: Int64

  package static let longest: Int64 = 366 * 86_400 * 1_000_000_000
  package static let mostTicks: Int64 = 1_000_000_000

  @inlinable
  package var isTime: Bool { length > 0 }
  package var raw: fxaot_timeframe { fxaot_timeframe(kind: kind, count: count) }

  /// nil for an unknown kind, a count of 0, or more than 366 days or 10⁹ quotes.
  public init?(_ raw: fxaot_timeframe, multiple: UInt32 = 1) {
    let (count, overflow) = raw.count.multipliedReportingOverflow(by: multiple)
    guard !overflow, count > 0 else { return nil }
    self.count = count
    let single = raw.count == 1
    var unit: Int64 = 0
    switch Int(raw.kind) {
    case FXAOT_TF_TICK where single: kind = multiple == 1 ? raw.kind : UInt32(FXAOT_TF_TICKS)
    case FXAOT_TF_TICKS: kind = raw.kind
    case FXAOT_TF_SECONDS: (kind, unit) = (raw.kind, 1_000_000_000)
    case FXAOT_TF_MINUTES: (kind, unit) = (raw.kind, 60_000_000_000)
    case FXAOT_TF_HOURS: (kind, unit) = (raw.kind, 3_600_000_000_000)
    case FXAOT_TF_DAY where single: (kind, unit) = (raw.kind, 86_400_000_000_000)
    default: return nil
    }
    // 2^32 minutes are more nanoseconds than an Int64 holds.
    let (span, isEndless) = Int64(count).multipliedReportingOverflow(by: unit)
    guard !isEndless, span <= Self.longest else { return nil }
    ticks = unit == 0 ? Int64(count) : 0
    length = span
    guard ticks <= Self.mostTicks else { return nil }
  }

  /// Same closing instants, however written: 60 seconds are one minute.
  public static func == (a: Timeframe, b: Timeframe) -> Bool {
    a.ticks == b.ticks && a.length == b.length
  }

  /// Longer ones first, time before ticks: the order in which bars that end together close.
  package static func closesBefore(_ a: Timeframe, _ b: Timeframe) -> Bool {
    (a.length, a.ticks) > (b.length, b.ticks)
  }
}
