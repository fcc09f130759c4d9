import CFxaot
import Calendar
import Testing

@testable import Trading

/// Nights by value dates.
struct HolidayTests {
  private func day(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
    CivilDate.days(year: year, month: month, day: day)
  }

  private func calendar(_ days: [Int64]) -> Holidays? {
    let days = days.map { Int32($0) }
    return days.withUnsafeBufferPointer {
      var terms = fxaot_terms()
      terms.holidays = $0.baseAddress
      terms.holiday_count = UInt32($0.count)
      return try? Holidays.copy(of: terms).get()
    }
  }

  @Test func `without holidays one day counts three nights`() {
    // 2024-03-03 is a Sunday.
    let week = (0..<7).map { day(2024, 3, 3) + $0 }
    for (valueDays, wanted) in [
      (4, [0, 3, 1, 1, 1, 1, 0]), (3, [0, 1, 3, 1, 1, 1, 0]), (2, [0, 1, 1, 3, 1, 1, 0]),
      (1, [0, 1, 1, 1, 3, 1, 0]), (0, [0, 1, 1, 1, 1, 3, 0]),
    ] as [(Int, [Int64])] {
      #expect(week.map { Holidays.none.nights(endOf: $0, valueDays: valueDays) } == wanted)
    }
  }

  @Test func `every week with holidays has as many nights as days, once the value date is past them`() throws {
    let days = [day(2024, 12, 25), day(2024, 12, 26), day(2025, 1, 1)]
    let holidays = try #require(calendar(days))
    defer { holidays.release() }
    for valueDays in 0...4 {
      let nights = (0..<56).map { holidays.nights(endOf: day(2024, 12, 1) + $0, valueDays: valueDays) }
      #expect(nights.reduce(0, +) == 56)
      #expect(nights.allSatisfy { $0 >= 0 })
    }
  }

  @Test func `days that do not grow are refused, and a long run of them ends`() throws {
    #expect(calendar([3, 3]) == nil && calendar([4, 3]) == nil)
    var terms = fxaot_terms()
    terms.holiday_count = 1
    #expect(throws: Holidays.Fault.wrong) { try Holidays.copy(of: terms).get() }
    let all = try #require(calendar(Array(0..<10_000)))
    defer { all.release() }
    #expect(all.nights(endOf: 5_000, valueDays: 2) >= 0)
    #expect(calendar(Array(0..<10_001)) == nil)
  }

  @Test func `rates give each side its own`() throws {
    var terms = fxaot_terms()
    terms.swap_mode = UInt32(FXAOT_SWAP_RATES)
    (terms.rate_base, terms.rate_quote, terms.rate_markup) = (4_350_000, 5_300_000, 500_000)
    let rates = try #require(TradingTerms(terms))
    #expect(rates.swapRate(isLong: true) == -1_450_000 && rates.swapRate(isLong: false) == 450_000)
    terms.swap_long = 1
    #expect(TradingTerms(terms) == nil)
    terms.swap_long = 0
    terms.rate_markup = -1
    #expect(TradingTerms(terms) == nil)
    terms.rate_markup = .min
    #expect(TradingTerms(terms) == nil)
    terms.rate_markup = 0
    terms.swap_mode = UInt32(FXAOT_SWAP_PERCENT)
    #expect(TradingTerms(terms) == nil)
  }
}
