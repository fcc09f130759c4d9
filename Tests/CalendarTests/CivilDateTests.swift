import Calendar
import Testing

@Suite struct CivilDateTests {
  @Test func `days since 1970 of known dates, both ways`() throws {
    let known = [
      (1970, 1, 1, 0), (1969, 12, 31, -1), (2000, 2, 29, 11_016), (2000, 3, 1, 11_017),
      (2024, 2, 29, 19_782), (2100, 3, 1, 47_541), (1600, 2, 29, -135_081),
    ]
    for (year, month, day, days) in known {
      #expect(CivilDate.days(year: year, month: month, day: day) == Int64(days))
      let date = CivilDate(days: Int64(days))
      #expect(date.year == year && date.month == month && date.day == day)
    }
  }

  @Test func `every day of eight centuries follows the day before it`() throws {
    var (year, month, day) = (1600, 1, 1)
    for days in CivilDate.days(
      year: 1600, month: 1, day: 1)...CivilDate.days(
        year: 2400, month: 12, day: 31)
    {
      let date = CivilDate(days: days)
      guard date.year == year, date.month == month, date.day == day, date.days == days else {
        Issue.record("day \(days) is \(date), not \(year)-\(month)-\(day)")
        return
      }
      day += 1
      if day > CivilDate.days(inMonth: month, of: year) { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
    }
  }

  @Test func `there is no February 30, no month 13, no day 0`() {
    #expect(CivilDate(year: 2023, month: 2, day: 29) == nil)
    #expect(CivilDate(year: 2024, month: 2, day: 29) != nil)
    #expect(CivilDate(year: 2024, month: 13, day: 1) == nil)
    #expect(CivilDate(year: 2024, month: 1, day: 0) == nil)
    #expect(CivilDate(year: .min, month: 1, day: 1) == nil)
  }

  @Test func `months and days outside their ranges carry: month 14 is February, day 0 the last of before`() {
    #expect(CivilDate(days: CivilDate.days(year: 2023, month: 14, day: 1)).month == 2)
    #expect(CivilDate(days: CivilDate.days(year: 2024, month: 3, day: 0)).day == 29)
    let before = CivilDate(days: CivilDate.days(year: 2024, month: 0, day: 31))
    #expect(before.year == 2023 && before.month == 12 && before.day == 31)
    _ = CivilDate.days(year: .max, month: .min, day: .max)
    _ = CivilDate(days: .min)
  }

  @Test func `weekdays: 1970-01-01 was a Thursday, 2024-03-10 a Sunday, 1969-12-28 a Sunday`() {
    #expect(CivilDate(days: 0).weekday == 5)
    #expect(CivilDate(year: 2024, month: 3, day: 10)?.weekday == 1)
    #expect(CivilDate(year: 1969, month: 12, day: 28)?.weekday == 1)
  }

  @Test func `ISO weeks: 2021-01-03 is in week 53 of 2020, 2018-12-31 in week 1 of 2019`() {
    #expect(CivilDate(year: 2021, month: 1, day: 3)?.weekOfYear == 53)
    #expect(CivilDate(year: 2021, month: 1, day: 4)?.weekOfYear == 1)
    #expect(CivilDate(year: 2018, month: 12, day: 31)?.weekOfYear == 1)
    #expect(CivilDate(year: 2024, month: 12, day: 31)?.dayOfYear == 366)
  }

  @Test func `time of day`() {
    let moment = CivilMoment(local: -1)
    #expect(moment.date.year == 1969 && moment.hour == 23 && moment.minute == 59)
    #expect(moment.second == 59 && moment.millisecond == 999 && moment.minuteOfDay == 1439)
    #expect(
      CivilMoment.local(year: 2024, month: 1, day: 31, hour: 25)
        == CivilMoment.local(year: 2024, month: 2, day: 1, hour: 1))
    #expect(CivilMoment.local(year: 2024, month: 1, day: 1, hour: .max) == nil)
    _ = CivilMoment(local: .min)
  }

  @Test(arguments: [
    "2024-03-10T09:30:00Z", "2024-03-10 09:30", "10 Mar 2024 09:30 GMT", "Mar 10, 2024 09:30",
    "Sun, 10 Mar 2024 11:30:00 +0200", "2024-03-10T04:30:00.000-05:00",
    "10 March 2024 12:30 UTC+3", "2024-03-10T09:30:00.000",
  ])
  func `texts of one instant`(_ text: String) { #expect(DateText.milliseconds(of: text) == 1_710_063_000_000) }

  @Test func `a date alone is its midnight; other texts are no dates`() {
    #expect(DateText.milliseconds(of: "2020-02-20") == 1_582_156_800_000)
    #expect(DateText.milliseconds(of: "20 Feb 2020") == 1_582_156_800_000)
    #expect(DateText.milliseconds(of: "2020-02-20 00:00:00.5") == 1_582_156_800_500)
    for text in ["", "soon", "2020-13-01", "2020-02-30", "12:30", "2020-02-20 25:00", "1 2 3"] {
      #expect(DateText.milliseconds(of: text) == nil, "\(text)")
    }
  }
}
