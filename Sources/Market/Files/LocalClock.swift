import CFxaot
import Calendar

/// Converts local time of one zone to UTC. Loads the zone's rules at the first call, and reads them again only
/// within a day of a change of clocks.
struct LocalClock {
  private let name: String
  /// The span of local nanoseconds in which `offset` surely applies.
  private var from, until, offset: Int64
  private var rules: ZoneRules?

  init(_ parser: fxaot_parser) {
    let name = withUnsafeBytes(of: parser.layout.zone) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    self.name = name
    if name.isEmpty {
      (from, until, offset) = (.min, .max, 0)
    } else {
      (from, until, offset) = (parser.span_from, parser.span_until, parser.span_offset)
    }
  }

  func save(_ parser: inout fxaot_parser) {
    (parser.span_from, parser.span_until, parser.span_offset) = (from, until, offset)
  }

  /// UTC of local nanoseconds; of a local time that occurs twice, the first.
  @inline(__always)
  mutating func instant(_ local: Int64) -> Int64 {
    if local >= from, local < until {
      let (time, overflow) = local.subtractingReportingOverflow(offset)
      return overflow ? -1 : time
    }
    return slowInstant(local)
  }

  @inline(never)
  private mutating func slowInstant(_ local: Int64) -> Int64 {
    if rules == nil { rules = SystemZones.rules(name) }
    guard let rules, local >= 0, local <= FXAOT_MAX_TIME_NS else { return -1 }
    let million: Int64 = 1_000_000
    let (milliseconds, rest) = local.quotientAndRemainder(dividingBy: million)
    let instant = rules.instant(local: milliseconds)
    let span = rules.span(at: instant)
    let day = CivilMoment.nanosecondsPerDay
    let limit: Int64 = FXAOT_MAX_TIME_NS / million
    offset = span.offset * million
    from = (max(span.from, -limit) + span.offset) * million + day
    until = (min(span.until, limit) + span.offset) * million - day
    return instant * million + rest
  }
}
