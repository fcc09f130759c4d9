import Calendar

/// A chart's timeframe on the command line: as the other commands write it (30s, 15m, 4h, 1d) or
/// as Pine does (30S, 15, 240, D, W, 3M).
enum ChartPeriod {
  static func parse(_ text: String) throws(ToolError) -> Period {
    if let period = Period(text) { return period }
    if let unit = text.last, let count = Int(text.dropLast()), text.first?.isNumber == true,
      let period = period(count, unit)
    {
      return period
    }
    throw .failed("'\(text)' is not a timeframe for a script; use one like 30s, 15m, 4h, 1d or 1w")
  }

  private static func period(_ count: Int, _ unit: Character) -> Period? {
    switch unit {
    case "s": Period(count, .second)
    case "m": Period(count, .minute)
    case "h": count <= 24 ? Period(count * 60, .minute) : nil
    case "d": Period(count, .day)
    case "w": Period(count, .week)
    default: nil
    }
  }
}
