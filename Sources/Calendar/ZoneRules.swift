/// The offsets of one time zone from UTC, past and future.
///
/// Made from the bytes of a TZif file (RFC 8536), or from text for a fixed offset; the caller
/// reads the file. Every look-up returns a `Span`, the stretch of time in which the result is valid, so a
/// caller that walks through time looks up about twice a year.
public struct ZoneRules: Equatable, Sendable {
  /// A stretch of time with one offset, `from` inclusive, `until` exclusive.
  @frozen
  public struct Span: Equatable, Sendable {
    /// Milliseconds since 1970 UTC.
    public let from, until: Int64
    /// Milliseconds to be added to UTC.
    public let offset: Int64

    @inlinable
    public init(from: Int64, until: Int64, offset: Int64) {
      self.from = from
      self.until = until
      self.offset = offset
    }

    @inlinable
    public func contains(_ instant: Int64) -> Bool { from <= instant && instant < until }
  }

  struct Transition: Equatable, Sendable {
    /// Seconds since 1970 UTC.
    var instant: Int64
    /// Seconds to be added to UTC from then on.
    var offset: Int32
  }

  /// Before the first transition.
  let firstOffset: Int32
  /// In the order of time.
  let transitions: [Transition]
  /// The rule after the last transition; nil: its offset for ever.
  let rule: ZoneRule?

  /// New York's by the law of 2007: daylight saving time from March's second Sunday to November's
  /// first.
  public static let newYork = ZoneRules(
    firstOffset: -18_000, transitions: [], rule: ZoneRule(Array("EST5EDT,M3.2.0,M11.1.0".utf8)[...]))

  public static let utc = ZoneRules(fixedOffset: 0)

  /// A zone that is always `fixedOffset` seconds ahead of UTC (cut to ±26 hours).
  public init(fixedOffset: Int) {
    firstOffset = Int32(min(max(fixedOffset, -93_600), 93_600))
    transitions = []
    rule = nil
  }

  init(firstOffset: Int32, transitions: [Transition], rule: ZoneRule?) {
    self.firstOffset = firstOffset
    self.transitions = transitions
    self.rule = rule
  }

  /// The stretch of one offset that an instant (milliseconds since 1970 UTC) lies in. O(log n).
  public func span(at instant: Int64) -> Span {
    let seconds = floorDivide(instant, 1000)
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low &+ high) / 2
      if transitions[middle].instant <= seconds { low = middle &+ 1 } else { high = middle }
    }
    let from = low == 0 ? Int64.min : transitions[low &- 1].instant
    if low == transitions.count, let rule {
      let span = rule.span(at: seconds)
      return Self.span(max(from, span.from), span.until, span.offset)
    }
    return Self.span(
      from, low == transitions.count ? .max : transitions[low].instant,
      low == 0 ? firstOffset : transitions[low &- 1].offset)
  }

  /// Milliseconds to be added to UTC. O(log n).
  public func offset(at instant: Int64) -> Int64 { span(at: instant).offset }

  /// Date and time that the zone's clocks show. O(log n).
  public func moment(at instant: Int64) -> CivilMoment {
    let bounded = min(max(instant, -CivilMoment.furthest), CivilMoment.furthest)
    return CivilMoment(local: bounded &+ offset(at: bounded))
  }

  /// The instant at which the zone's clocks show `local` milliseconds since 1970-01-01 00:00.
  ///
  /// If they show it twice, the first instant; if they skip it, the instant by the clock before the change.
  public func instant(local: Int64) -> Int64 {
    let bounded = min(max(local, -CivilMoment.furthest), CivilMoment.furthest)
    let before = offset(at: bounded &- CivilMoment.millisecondsPerDay)
    if offset(at: bounded &- before) == before { return bounded &- before }
    let after = offset(at: bounded &+ CivilMoment.millisecondsPerDay)
    if offset(at: bounded &- after) == after { return bounded &- after }
    return bounded &- before
  }

  private static func span(_ from: Int64, _ until: Int64, _ offset: Int32) -> Span {
    let limit = CivilMoment.furthest / 1000
    return Span(
      from: from < -limit ? .min : from &* 1000, until: until > limit ? .max : until &* 1000,
      offset: Int64(offset) &* 1000)
  }
}
