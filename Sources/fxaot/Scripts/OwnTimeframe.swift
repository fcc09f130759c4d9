import Calendar

/// The timeframe that bars have of themselves: the most common step from one to the next.
struct OwnTimeframe {
  let period: Period
  /// Opening times of the bars that do not fit it.
  let strays: [Int64]

  private static let hour: Int64 = 3_600_000
  private static let day = 24 * hour

  /// Of opening times in their order, each once; nil for fewer than two.
  ///
  /// Where more than one bar in twenty does not fit the most common step, as in sparse bars, it is
  /// the next most common one that most bars fit.
  init?(_ times: [Int64]) {
    guard times.count > 1 else { return nil }
    var counts: [Int64: Int] = [:]
    for (time, next) in zip(times, times.dropFirst()) {
      counts[Self.step(from: time, to: next), default: 0] += 1
    }
    let steps = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    let allowed = max(1, times.count / 20)
    var found: (step: Int64, strays: [Int64])?
    for step in steps.prefix(16) {
      let strays = Self.strays(times, step)
      if found.map({ strays.count < $0.strays.count }) ?? true { found = (step, strays) }
      if strays.count <= allowed { break }
    }
    guard let found else { return nil }
    period = Self.period(found.step)
    strays = found.strays
  }

  /// All months are the same step.
  private static func step(from time: Int64, to next: Int64) -> Int64 {
    let step = next - time
    return isMonth(step) ? 30 * day : step
  }

  private static func isMonth(_ step: Int64) -> Bool {
    (28 * day + hour...31 * day + hour).contains(step) || step == 28 * day
  }

  private static func period(_ step: Int64) -> Period {
    if step == 30 * day, let month = Period(1, .month) { return month }
    return Period(seconds: Int(max(step / 1_000, 1)))
  }

  /// Within an hour bars lie on the grid on which most of them do; longer ones begin when the bar
  /// before is over, give or take the hour by which clocks change.
  private static func strays(_ times: [Int64], _ step: Int64) -> [Int64] {
    guard step > hour || hour % step != 0 else {
      var phases: [Int64: Int] = [:]
      for time in times { phases[time % step, default: 0] += 1 }
      let most = phases.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
      return times.filter { $0 % step != most }
    }
    let shortest = step == 30 * day ? 28 * day - hour : step > hour ? step - hour : step
    var strays: [Int64] = []
    var last = Int64.min
    for time in times {
      if last > .min, time - last < shortest { strays.append(time) } else { last = time }
    }
    return strays
  }
}

extension Period {
  /// Whether bars of this period are made of whole bars of a shorter one.
  func isMultiple(of shorter: Period) -> Bool {
    switch (unit, shorter.unit) {
    case (.month, .month), (.week, .week), (.day, .day): count % shorter.count == 0
    case (.month, .week): false
    case (.month, .day), (.week, .day): shorter.count == 1
    case (.second, .second), (.second, .minute), (.minute, .second), (.minute, .minute):
      seconds % shorter.seconds == 0
    case (.day, .second), (.day, .minute), (.week, .second), (.week, .minute), (.month, .second),
      (.month, .minute):
      86_400 % shorter.seconds == 0
    default: false
    }
  }
}
