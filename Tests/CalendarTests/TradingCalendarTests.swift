import Testing

@testable import Calendar

@Suite struct TradingCalendarTests {
  let newYork = ZoneRules(
    firstOffset: 0, transitions: [], rule: ZoneRule(Array("EST5EDT,M3.2.0,M11.1.0".utf8)[...]))

  func bounds(_ text: String, at instant: Int64, _ calendar: TradingCalendar = .init())
    -> TradingCalendar.Bounds?
  {
    Period(text).map { calendar.bounds(of: $0, at: instant) }
  }

  func span(_ start: Int64, _ end: Int64) -> TradingCalendar.Bounds {
    .init(start: start, end: end)
  }

  @Test func `timeframe texts`() {
    #expect(Period("15") == Period(15, .minute) && Period("30S") == Period(30, .second))
    #expect(
      Period("D") == Period(1, .day) && Period("1D") == .day && Period("3M") == Period(3, .month))
    #expect(Period("W")?.text == "1W" && Period("240")?.text == "240" && Period("S")?.text == "1S")
    for text in ["", "0", "1441", "1h", "D1", "13M", "-5", "1 ", "99999999999999999999", "T"] {
      #expect(Period(text) == nil, "\(text)")
    }
    #expect(Period("60")?.seconds == 3600 && Period("W")?.seconds == 604_800)
    #expect(Period(seconds: 3600).text == "60" && Period(seconds: 86_400).text == "1D")
    #expect(Period(seconds: 45).text == "45S" && Period(seconds: 61).text == "2")
    #expect(Period(seconds: .max).text == "12M" && Period(seconds: .min).text == "1S")
  }

  @Test func `minutes count from midnight, and the day's last bar ends with the day`() {
    let noon = utc(2024, 5, 15, 12, 37)
    #expect(bounds("15", at: noon) == span(utc(2024, 5, 15, 12, 30), utc(2024, 5, 15, 12, 45)))
    #expect(bounds("240", at: noon) == span(utc(2024, 5, 15, 12), utc(2024, 5, 15, 16)))
    let late = utc(2024, 5, 15, 23)
    #expect(bounds("420", at: late) == span(utc(2024, 5, 15, 21), utc(2024, 5, 16)))
  }

  @Test func `days, weeks from Monday, months, quarters`() {
    let instant = utc(2024, 5, 15, 12)
    #expect(bounds("D", at: instant) == span(utc(2024, 5, 15), utc(2024, 5, 16)))
    #expect(bounds("W", at: instant) == span(utc(2024, 5, 13), utc(2024, 5, 20)))
    #expect(bounds("M", at: instant) == span(utc(2024, 5, 1), utc(2024, 6, 1)))
    #expect(bounds("3M", at: instant) == span(utc(2024, 4, 1), utc(2024, 7, 1)))
    #expect(bounds("12M", at: instant) == span(utc(2024, 1, 1), utc(2025, 1, 1)))
  }

  @Test func `a forex day begins at 17:00 in New York, Monday's on Sunday; the week-end is Friday's`() throws {
    let session = try #require(Session("1700-1700:23456"))
    let calendar = TradingCalendar(zone: newYork, session: session)
    #expect(calendar.dayStart == -420)
    let sunday = utc(2024, 5, 12, 22)  // 18:00 in New York
    #expect(CivilDate(days: calendar.tradingDay(at: sunday)).day == 13)
    #expect(bounds("D", at: sunday, calendar) == span(utc(2024, 5, 12, 21), utc(2024, 5, 13, 21)))
    #expect(bounds("W", at: sunday, calendar) == span(utc(2024, 5, 12, 21), utc(2024, 5, 17, 21)))
    #expect(
      bounds("240", at: utc(2024, 5, 13, 2), calendar)
        == span(utc(2024, 5, 13, 1), utc(2024, 5, 13, 5)))
    let weekend = utc(2024, 3, 10, 12)
    #expect(!calendar.isTraded(at: weekend) && calendar.isTraded(at: sunday))
    #expect(CivilDate(days: calendar.tradingDay(at: weekend)).day == 8)
    #expect(bounds("D", at: weekend, calendar) == span(utc(2024, 3, 7, 22), utc(2024, 3, 10, 21)))
    #expect(
      bounds("D", at: utc(2024, 3, 8, 12), calendar) == span(utc(2024, 3, 7, 22), utc(2024, 3, 8, 22)))
  }

  @Test func `an instant lies within its bounds, and bars follow each other without a gap`() {
    let calendar = TradingCalendar(zone: newYork, dayStart: -420)
    for text in ["45S", "7", "60", "1440", "D", "3D", "W", "2W", "M", "5M"] {
      guard let period = Period(text) else { continue }
      var instant = utc(2023, 10, 20, 3, 17, 11)
      for _ in 0..<300 {
        let bounds = calendar.bounds(of: period, at: instant)
        #expect(
          bounds.contains(instant) && calendar.bounds(of: period, at: bounds.end - 1) == bounds)
        #expect(calendar.bounds(of: period, at: bounds.end).start == bounds.end, "\(text)")
        instant = bounds.end
      }
    }
    _ = calendar.bounds(of: .day, at: .max)
    _ = calendar.bounds(of: .day, at: .min)
  }

  @Test func `a month of forex begins with its first traded day and ends with its last one`() throws {
    let calendar = TradingCalendar(zone: newYork, dayStart: -420, days: 0x3E)
    // 1 June 2024 was a Saturday, 30 June a Sunday.
    let june = span(utc(2024, 6, 2, 21), utc(2024, 6, 28, 21))
    #expect(bounds("M", at: utc(2024, 6, 15), calendar) == june)
    #expect(bounds("M", at: utc(2024, 6, 2, 21), calendar) == june)
    #expect(bounds("M", at: utc(2024, 6, 1, 12), calendar)?.start == utc(2024, 4, 30, 21))
  }

  @Test func `several days count from 1 January`() {
    #expect(bounds("2D", at: utc(2023, 1, 2, 12)) == span(utc(2023, 1, 1), utc(2023, 1, 3)))
    #expect(bounds("2D", at: utc(2023, 12, 31, 12)) == span(utc(2023, 12, 31), utc(2024, 1, 1)))
    #expect(bounds("3D", at: utc(2024, 1, 1)) == span(utc(2024, 1, 1), utc(2024, 1, 4)))
  }

  @Test func `several weeks count from the year's first Monday`() {
    #expect(bounds("3W", at: utc(2024, 5, 15)) == span(utc(2024, 5, 6), utc(2024, 5, 27)))
    #expect(bounds("3W", at: utc(2025, 1, 3)) == span(utc(2024, 12, 23), utc(2025, 1, 6)))
    #expect(bounds("3W", at: utc(2025, 1, 6)) == span(utc(2025, 1, 6), utc(2025, 1, 27)))
  }

  @Test func `with a session its hours are the bounds, over changes of clocks`() throws {
    let london = try #require(Session("0300-1200"))
    let calendar = TradingCalendar(zone: newYork, session: london)
    func at(_ text: String, _ instant: Int64) -> TradingCalendar.Bounds? {
      Period(text).flatMap { calendar.bounds(of: $0, at: instant, in: london) }
    }
    #expect(at("D", utc(2024, 1, 15, 10)) == span(utc(2024, 1, 15, 8), utc(2024, 1, 15, 17)))
    #expect(at("D", utc(2024, 7, 15, 10)) == span(utc(2024, 7, 15, 7), utc(2024, 7, 15, 16)))
    #expect(at("D", utc(2024, 1, 15, 7)) == nil && at("D", utc(2024, 1, 15, 17)) == nil)
    #expect(at("W", utc(2024, 3, 8, 10)) == span(utc(2024, 3, 4, 8), utc(2024, 3, 10, 16)))
    #expect(at("M", utc(2024, 3, 8, 10)) == span(utc(2024, 3, 1, 8), utc(2024, 3, 31, 16)))
    #expect(at("240", utc(2024, 1, 15, 16)) == span(utc(2024, 1, 15, 16), utc(2024, 1, 15, 17)))
  }

  @Test func `hours of a session with a break and of one through midnight`() throws {
    let tokyo = try #require(Session("0900-1130,1230-1530"))
    let day = TradingCalendar(zone: .utc, session: tokyo)
    let afternoon = utc(2024, 1, 15, 13)
    #expect(
      day.bounds(of: .day, at: afternoon, in: tokyo)
        == span(utc(2024, 1, 15, 9), utc(2024, 1, 15, 15, 30)))
    let hour = try #require(Period("60"))
    #expect(
      day.bounds(of: hour, at: afternoon, in: tokyo)
        == span(utc(2024, 1, 15, 12, 30), utc(2024, 1, 15, 13, 30)))
    let night = try #require(Session("1700-0300:2"))
    let sunday = TradingCalendar(zone: newYork, session: night)
    #expect(
      sunday.bounds(of: .day, at: utc(2024, 1, 15, 1), in: night)
        == span(utc(2024, 1, 14, 22), utc(2024, 1, 15, 8)))
  }

  @Test func `session texts`() {
    #expect(Session("24x7") == .always && Session("0000-0000") == .always)
    #expect(Session("0000-2400") == .always)
    #expect(Session("0930-1600")?.hours == [.init(start: 570, end: 960, days: 0x7F)])
    #expect(Session("0930-1130,1230-1600:23456")?.hours.map(\.days) == [0x3E, 0x3E])
    #expect(Session("0900-1630:3456|0900-1400:2")?.hours.map(\.end) == [990, 840])
    for text in [
      "", "0930", "0930-1600:", "0930-1600:8", "2500-0900", "0960-1000", "0930-1600,",
      "930-1600", "0930-1600:2:3",
    ] {
      #expect(Session(text) == nil, "\(text)")
    }
  }

  @Test func `the start of a session is in it, the end is not; days are the symbol's`() throws {
    let session = try #require(Session("0930-1600:23456"))
    #expect(session.opening(minute: 570, weekday: 2) == 570)
    #expect(session.opening(minute: 959, weekday: 6) == 570)
    #expect(session.opening(minute: 960, weekday: 2) == nil)
    #expect(session.opening(minute: 600, weekday: 1) == nil)
    #expect(session.contains(utc(2024, 5, 15, 13, 30), in: newYork))
    #expect(!session.contains(utc(2024, 5, 15, 20), in: newYork))
  }

  @Test func `Monday's overnight session begins on Sunday evening; Friday's ends on Friday`() throws {
    let session = try #require(Session("1700-1600:23456"))
    #expect(session.opening(minute: 17 * 60, weekday: 1) == 17 * 60)
    #expect(session.opening(minute: 0, weekday: 2) == 17 * 60 - 1440)
    #expect(session.opening(minute: 16 * 60, weekday: 2) == nil)
    #expect(session.opening(minute: 15 * 60, weekday: 6) == 17 * 60 - 1440)
    #expect(session.opening(minute: 17 * 60, weekday: 6) == nil)
    #expect(session.opening(minute: 15 * 60, weekday: 1) == nil)
  }
}
