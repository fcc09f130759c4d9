import Calendar
import Synchronization

/// A market's opening hours and the start of its days: an index into a table of the hours of all instruments.
/// Entries stay, so a copy is valid for ever.
public struct MarketHours: BitwiseCopyable, Equatable, Sendable {
  /// Always; days begin at midnight UTC.
  public static let always = MarketHours(number: 0)
  /// Monday's day is from Sunday 17:00 to Monday 17:00, in New York; there are five a week.
  public static let forex = MarketHours(number: 1)

  public static let forexSession = "1700-1700:23456"
  public static let forexZone = "America/New_York"
  /// The zone's rules from the system's tzdata; without it, the rules that hold since 2007.
  public static let forexRules = SystemZones.rules(forexZone) ?? .newYork

  private let number: UInt32

  private init(number: UInt32) { self.number = number }

  /// A session as scripts write it, in a zone of tzdata; nil if either cannot be read, or the table is
  /// full. May read a file, and takes a lock: not for the hot path.
  package init?(session: String, timezone: String) {
    if let known = Self.table.withLock({ Self.place(in: $0, session, timezone) }) {
      number = known
      return
    }
    guard let hours = Session(session), let zone = SystemZones.rules(timezone) else { return nil }
    let entry = Entry(
      session: session, timezone: timezone, zone: zone, hours: hours,
      calendar: TradingCalendar(zone: zone, session: hours))
    let added = Self.table.withLock { entries -> UInt32? in
      // Another thread may have been faster.
      if let known = Self.place(in: entries, session, timezone) { return known }
      guard entries.count < Self.most else { return nil }
      entries.append(entry)
      return UInt32(entries.count - 1)
    }
    guard let added else { return nil }
    number = added
  }

  private static func place(in entries: [Entry], _ session: String, _ timezone: String) -> UInt32? {
    entries.firstIndex { $0.session == session && $0.timezone == timezone }.map { UInt32($0) }
  }

  /// Once a day for each instrument: takes a lock.
  package var calendar: TradingCalendar { entry.calendar }
  package var session: String { entry.session }
  package var timezone: String { entry.timezone }
  package var zone: ZoneRules { entry.zone }

  /// Whether its market trades at an instant in nanoseconds. O(log n) in the zone's transitions.
  package func isOpen(at time: Int64) -> Bool {
    let entry = entry
    return entry.hours.contains(time.quotientAndRemainder(dividingBy: 1_000_000).quotient, in: entry.zone)
  }

  private struct Entry: Sendable {
    let session, timezone: String
    let zone: ZoneRules
    let hours: Session
    let calendar: TradingCalendar
  }

  private var entry: Entry { Self.table.withLock { $0[Int(number)] } }

  /// More than there are sessions in the world; limits the memory that a caller can use.
  private static let most = 4_096

  private static let table = Mutex([
    Entry(session: "24x7", timezone: "UTC", zone: .utc, hours: .always, calendar: TradingCalendar()),
    Entry(
      session: forexSession, timezone: forexZone, zone: forexRules,
      hours: Session(forexSession) ?? .always,
      calendar: Session(forexSession).map { TradingCalendar(zone: forexRules, session: $0) }
        ?? TradingCalendar()),
  ])
}
