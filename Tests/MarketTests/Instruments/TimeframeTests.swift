import CFxaot
import TestTerms
import Testing

@testable import Market

struct TimeframeTests {
  private let second: Int64 = 1_000_000_000

  private func timeframe(_ kind: Int, _ count: UInt32, times multiple: UInt32 = 1) -> Timeframe? {
    Timeframe(fxaot_timeframe(kind: UInt32(kind), count: count), multiple: multiple)
  }

  @Test func `quotes are counted`() {
    #expect(timeframe(FXAOT_TF_TICK, 1)?.ticks == 1)
    #expect(timeframe(FXAOT_TF_TICK, 1)?.length == 0)
    #expect(timeframe(FXAOT_TF_TICKS, 250)?.ticks == 250)
    #expect(timeframe(FXAOT_TF_TICKS, 250)?.isTime == false)
  }

  @Test func `spans are nanoseconds`() {
    #expect(timeframe(FXAOT_TF_SECONDS, 10)?.length == 10 * second)
    #expect(timeframe(FXAOT_TF_MINUTES, 5)?.length == 300 * second)
    #expect(timeframe(FXAOT_TF_HOURS, 4)?.length == 14_400 * second)
    #expect(timeframe(FXAOT_TF_DAY, 1)?.length == 86_400 * second)
    #expect(timeframe(FXAOT_TF_DAY, 1)?.ticks == 0)
  }

  @Test func `equal spans are equal however written`() {
    #expect(timeframe(FXAOT_TF_SECONDS, 60) == timeframe(FXAOT_TF_MINUTES, 1))
    #expect(timeframe(FXAOT_TF_MINUTES, 240) == timeframe(FXAOT_TF_HOURS, 4))
    #expect(timeframe(FXAOT_TF_HOURS, 24) == timeframe(FXAOT_TF_DAY, 1))
    #expect(timeframe(FXAOT_TF_TICK, 1) == timeframe(FXAOT_TF_TICKS, 1))
    #expect(timeframe(FXAOT_TF_SECONDS, 1) != timeframe(FXAOT_TF_TICKS, 1))
  }

  @Test func `a multiple keeps the kind`() {
    let quarter = timeframe(FXAOT_TF_MINUTES, 5, times: 3)
    #expect(quarter?.length == 900 * second)
    #expect(quarter?.raw.count == 15)
    #expect(timeframe(FXAOT_TF_TICK, 1, times: 5)?.raw.kind == UInt32(FXAOT_TF_TICKS))
    #expect(timeframe(FXAOT_TF_DAY, 1, times: 7)?.length == 7 * 86_400 * second)
  }

  @Test(
    arguments: [
      (FXAOT_TF_TICK, 0), (FXAOT_TF_TICK, 2), (FXAOT_TF_TICKS, 0), (FXAOT_TF_SECONDS, 0),
      (FXAOT_TF_MINUTES, 0), (FXAOT_TF_HOURS, 0), (FXAOT_TF_DAY, 0), (FXAOT_TF_DAY, 2), (6, 1),
      (Int(UInt32.max), 1),
    ] as [(Int, UInt32)])
  func `nonsense is refused`(kind: Int, count: UInt32) {
    #expect(timeframe(kind, count) == nil)
  }

  @Test(
    arguments: [
      (FXAOT_TF_TICKS, 1_000_000_000), (FXAOT_TF_SECONDS, 31_622_400), (FXAOT_TF_MINUTES, 527_040),
      (FXAOT_TF_HOURS, 8_784),
    ] as [(Int, UInt32)])
  func `the longest bar is 366 days or a billion quotes`(kind: Int, most: UInt32) {
    #expect(timeframe(kind, most) != nil)
    #expect(timeframe(kind, most + 1) == nil)
    #expect(timeframe(kind, most, times: 2) == nil)
  }

  @Test(arguments: [FXAOT_TF_TICKS, FXAOT_TF_SECONDS, FXAOT_TF_MINUTES, FXAOT_TF_HOURS])
  func `the largest count is refused and does not overflow`(kind: Int) {
    #expect(timeframe(kind, .max) == nil)
    #expect(timeframe(kind, .max, times: .max) == nil)
    #expect(timeframe(kind, 1 << 16, times: 1 << 16) == nil)
    #expect(timeframe(kind, 1, times: .max) == nil)
    #expect(timeframe(kind, 1, times: 0) == nil)
  }

  @Test func `days go up to 366`() {
    #expect(timeframe(FXAOT_TF_DAY, 1, times: 366) != nil)
    #expect(timeframe(FXAOT_TF_DAY, 1, times: 367) == nil)
    #expect(timeframe(FXAOT_TF_DAY, 1, times: .max) == nil)
  }

  @Test func `long bars close before short ones and time before ticks`() throws {
    let sorted = try [
      timeframe(FXAOT_TF_TICK, 1), timeframe(FXAOT_TF_MINUTES, 1), timeframe(FXAOT_TF_TICKS, 50),
      timeframe(FXAOT_TF_DAY, 1), timeframe(FXAOT_TF_MINUTES, 15),
    ].map { try #require($0) }.sorted(by: Timeframe.closesBefore)
    #expect(
      sorted.map(\.raw.kind)
        == [FXAOT_TF_DAY, FXAOT_TF_MINUTES, FXAOT_TF_MINUTES, FXAOT_TF_TICKS, FXAOT_TF_TICK]
        .map { UInt32($0) })
    #expect(sorted.map(\.raw.count) == [1, 15, 1, 50, 1])
  }
}
