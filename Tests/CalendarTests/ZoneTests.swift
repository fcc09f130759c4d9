import Foundation
import Testing

@testable import Calendar

/// Milliseconds since 1970 UTC.
func utc(
  _ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0, _ second: Int = 0
) -> Int64 {
  CivilMoment.local(
    year: year, month: month, day: day, hour: hour, minute: minute, second: second) ?? 0
}

/// A zone of the system, nil where it has none of that name.
func systemZone(_ name: String) -> ZoneRules? {
  guard let data = FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(name)") else {
    return nil
  }
  return ZoneRules(tzif: Array(data))
}

@Suite struct ZoneTests {
  func rule(_ text: String) -> ZoneRules? {
    ZoneRule(Array(text.utf8)[...]).map { ZoneRules(firstOffset: 0, transitions: [], rule: $0) }
  }

  @Test func `New York's rule: on March 10 and November 3 of 2024, at 2:00 of the clock before`() throws {
    let zone = try #require(rule("EST5EDT,M3.2.0,M11.1.0"))
    #expect(zone.offset(at: utc(2024, 3, 10, 6, 59, 59)) == -5 * 3_600_000)
    #expect(zone.offset(at: utc(2024, 3, 10, 7)) == -4 * 3_600_000)
    let span = zone.span(at: utc(2024, 7, 1))
    #expect(span.from == utc(2024, 3, 10, 7) && span.until == utc(2024, 11, 3, 6))
    #expect(span.offset == -4 * 3_600_000)
    #expect(zone.span(at: utc(2024, 12, 31)).until == utc(2025, 3, 9, 7))
  }

  @Test func `Sydney's summer goes through New Year; London's weeks are the last of the month`() throws {
    let sydney = try #require(rule("AEST-10AEDT,M10.1.0,M4.1.0/3"))
    let summer = sydney.span(at: utc(2024, 1, 1))
    #expect(summer.from == utc(2023, 9, 30, 16) && summer.until == utc(2024, 4, 6, 16))
    let london = try #require(rule("GMT0BST,M3.5.0/1,M10.5.0"))
    #expect(london.span(at: utc(2024, 6, 1)).from == utc(2024, 3, 31, 1))
    #expect(london.span(at: utc(2024, 6, 1)).until == utc(2024, 10, 27, 1))
  }

  @Test func `rules with hours beyond a day, with day numbers, and without daylight saving time`() throws {
    let jerusalem = try #require(rule("IST-2IDT,M3.4.4/26,M10.5.0"))
    #expect(jerusalem.span(at: utc(2024, 6, 1)).from == utc(2024, 3, 29, 0))
    let days = try #require(rule("AAA3BBB,J60/0,300/1:30"))
    // J60 is March 1 of every year; day 300 from zero is October 27 of a leap year.
    #expect(days.span(at: utc(2024, 6, 1)).from == utc(2024, 3, 1, 3))
    #expect(days.span(at: utc(2024, 6, 1)).until == utc(2024, 10, 27, 3, 30))
    let fixed = try #require(rule("<+0530>-5:30"))
    #expect(fixed.span(at: 0) == ZoneRules.Span(from: .min, until: .max, offset: 19_800_000))
    let always = try #require(rule("XXX3EDT4,0/0,J365/23"))
    #expect(always.offset(at: utc(2024, 1, 1)) == -4 * 3_600_000)
    #expect(always.offset(at: utc(2024, 12, 31, 23)) == -4 * 3_600_000)
  }

  @Test(arguments: [
    "", "E5", "EST", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0", "EST25", "<EST5",
    "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,J0,J1", "EST5EDT,M3.2.0,M11.1.0x", "EST5EDT,M3.2.0/168,J1",
  ])
  func `texts that are no rules`(_ text: String) { #expect(rule(text) == nil) }

  @Test func `an hour that clocks show twice is the first one; one that they skip is an hour later`() throws {
    let zone = try #require(rule("EST5EDT,M3.2.0,M11.1.0"))
    #expect(zone.instant(local: utc(2024, 11, 3, 1, 30)) == utc(2024, 11, 3, 5, 30))
    #expect(zone.instant(local: utc(2024, 3, 10, 2, 30)) == utc(2024, 3, 10, 7, 30))
    #expect(zone.instant(local: utc(2024, 3, 10, 1, 59)) == utc(2024, 3, 10, 6, 59))
    #expect(zone.instant(local: utc(2024, 3, 10, 3)) == utc(2024, 3, 10, 7))
    #expect(zone.moment(at: utc(2024, 7, 1, 3)).hour == 23)
  }

  @Test func `fixed offsets by name`() {
    #expect(ZoneRules(fixed: "UTC") == .utc && ZoneRules(fixed: "Etc/UTC") == .utc)
    #expect(ZoneRules(fixed: "UTC+5")?.offset(at: 0) == 18_000_000)
    #expect(ZoneRules(fixed: "GMT-3:30")?.offset(at: 0) == -12_600_000)
    #expect(ZoneRules(fixed: "UTC+0530")?.offset(at: 0) == 19_800_000)
    #expect(ZoneRules(fixed: "UTC-10")?.offset(at: 0) == -36_000_000)
    for name in ["America/New_York", "UTC5", "UTC+", "UTC+25", "UTC+5:3", "GMT+1:2:3", ""] {
      #expect(ZoneRules(fixed: name) == nil, "\(name)")
    }
  }

  @Test func `the system's zones show what Foundation's show, from 1950 to 2100`() throws {
    let names = [
      "America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe",
      "America/Sao_Paulo", "Asia/Jerusalem", "Pacific/Apia", "Europe/Berlin", "Asia/Tokyo",
    ]
    for name in names {
      guard let zone = systemZone(name), let expected = TimeZone(identifier: name) else { continue }
      var instant = utc(1950, 1, 1)
      while instant < utc(2100, 1, 1) {
        let offset = expected.secondsFromGMT(
          for: Date(timeIntervalSince1970: Double(instant / 1000)))
        let span = zone.span(at: instant)
        #expect(span.offset == Int64(offset) * 1000 && span.contains(instant), "\(name) \(instant)")
        instant += 13 * 86_400_000 + 3_600_000
      }
    }
  }

  @Test func `no bytes make the parser stop: cut and changed files are a zone or nil`() {
    guard let data = FileManager.default.contents(atPath: "/usr/share/zoneinfo/Europe/Berlin")
    else { return }
    let bytes = Array(data)
    for length in 0..<bytes.count { #expect(ZoneRules(tzif: Array(bytes[..<length])) == nil) }
    for i in bytes.indices {
      for value: UInt8 in [0, 0x7F, 0xFF] {
        var changed = bytes
        changed[i] = value
        _ = ZoneRules(tzif: changed)?.span(at: utc(2024, 1, 1))
      }
    }
    _ = ZoneRules.utc.moment(at: .min)
    _ = ZoneRules.utc.instant(local: .max)
  }
}
