import CFxaot
import FXCore
import Market

/// Timeframes as they are written on the command line: tick, 10t, 30s, 1m, 5m, 1h, 4h, 1d.
enum TimeframeName {
  static func parse(_ text: String) throws(ToolError) -> fxaot_timeframe {
    if text == "tick" { return fxaot_timeframe(kind: UInt32(FXAOT_TF_TICK), count: 1) }
    let kinds: [Character: Int] = [
      "t": FXAOT_TF_TICKS, "s": FXAOT_TF_SECONDS, "m": FXAOT_TF_MINUTES, "h": FXAOT_TF_HOURS,
      "d": FXAOT_TF_DAY,
    ]
    if let unit = text.last, let kind = kinds[unit], let count = UInt32(text.dropLast()),
      text.first?.isNumber == true
    {
      let timeframe = fxaot_timeframe(kind: UInt32(kind), count: count)
      if Timeframe(timeframe) != nil { return timeframe }
      let limit = kind == FXAOT_TF_DAY ? "the only timeframe of days is 1d" : "1 to 366 days or 10^9 quotes"
      throw .failed("the timeframe \(text) is out of range: \(limit)")
    }
    throw .failed("'\(text)' is not a timeframe; use tick, 10t, 30s, 1m, 5m, 1h, 4h or 1d")
  }

  /// Nanoseconds of a bar, 0 where quotes are counted.
  static func length(_ timeframe: fxaot_timeframe) -> Int64 {
    let second: Int64 = 1_000_000_000
    let count = Int64(timeframe.count)
    return switch Int(timeframe.kind) {
    case FXAOT_TF_SECONDS: count * second
    case FXAOT_TF_MINUTES: count * 60 * second
    case FXAOT_TF_HOURS: count * 3_600 * second
    case FXAOT_TF_DAY: count * 86_400 * second
    default: 0
    }
  }
}
