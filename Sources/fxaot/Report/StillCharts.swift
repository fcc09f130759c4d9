import Research
import StrategyVM

/// A series as a picture has it: for each of some columns the lowest, the highest and the last value in it.
struct StillSeries {
  struct Column {
    var low, high, last: Double
  }

  private(set) var columns: [Column] = []
  private(set) var low = Double.infinity
  private(set) var high = -Double.infinity

  /// Values that are none are left out. O(count).
  init(count: Int, columns most: Int, _ value: (Int) -> (low: Double, high: Double, last: Double)) {
    let number = min(count, most)
    guard number > 0 else { return }
    for column in 0..<number {
      let (from, to) = (column * count / number, (column + 1) * count / number)
      var made: Column?
      for place in from..<to {
        let (low, high, last) = value(place)
        guard low.isFinite, high.isFinite, last.isFinite else { continue }
        made =
          made.map { Column(low: min($0.low, low), high: max($0.high, high), last: last) }
          ?? Column(low: low, high: high, last: last)
      }
      // A column without a value goes on with the last one.
      guard let column = made ?? columns.last.map({ Column(low: $0.last, high: $0.last, last: $0.last) }) else {
        continue
      }
      columns.append(column)
      low = min(low, column.low)
      high = max(high, column.high)
    }
  }

  static func price(_ record: RunRecord, columns: Int) -> StillSeries {
    StillSeries(count: record.bars.count, columns: columns) {
      (record.bars[$0].low, record.bars[$0].high, record.bars[$0].close)
    }
  }

  static func equity(_ record: RunRecord, columns: Int) -> StillSeries {
    StillSeries(count: record.equity.count, columns: columns) {
      (record.equity[$0], record.equity[$0], record.equity[$0])
    }
  }

  /// Percent below the highest equity so far; 0 or less.
  static func drawdown(_ record: RunRecord, columns: Int) -> StillSeries {
    var peak = record.initialCapital
    let falls = zip(record.equity, record.lowest).map { equity, lowest in
      let fall = peak > 0 ? min(lowest - peak, 0) / peak * 100 : 0
      peak = max(peak, equity)
      return fall
    }
    return StillSeries(count: falls.count, columns: columns) { (falls[$0], falls[$0], falls[$0]) }
  }

  /// From 0 at the bottom to 1 at the top.
  func share(_ value: Double) -> Double {
    let share = (value - low) / (high - low)
    // All values are the same, or too far from each other for a difference.
    return share.isFinite ? min(max(share, 0), 1) : 0.5
  }
}

/// Price, equity and drawdown as SVG, for a report without the chart library.
enum StillCharts {
  private static let width = 1_000
  private static let height = 220.0

  static func svg(_ report: Report) -> String {
    var text = chart("Price", .price(report.record, columns: width), places: report.decimals, "price", report.record)
    if report.isStrategy {
      text += chart("Equity", .equity(report.record, columns: width), places: 2, "equity", report.record)
      text += chart("Drawdown %", .drawdown(report.record, columns: width), places: 2, "drawdown", report.record)
    }
    return text
  }

  private static func chart(
    _ name: String, _ series: StillSeries, places: Int, _ kind: String, _ record: RunRecord
  ) -> String {
    guard let first = record.bars.first, let last = record.bars.last, series.columns.count > 0 else { return "" }
    func x(_ column: Int) -> String {
      PlainNumber.fixed((Double(column) + 0.5) * Double(width) / Double(series.columns.count), places: 1)
    }
    func y(_ value: Double) -> String { PlainNumber.fixed((1 - series.share(value)) * height, places: 1) }
    var range = ""
    var line = ""
    for (place, column) in series.columns.enumerated() {
      if column.high > column.low { range += "M\(x(place)) \(y(column.low))V\(y(column.high))" }
      line += "\(place == 0 ? "M" : "L")\(x(place)) \(y(column.last))"
    }
    let title =
      "\(name): \(PlainNumber.fixed(series.low, places: places)) to \(PlainNumber.fixed(series.high, places: places))"
    return """
      <figure class="still \(kind)"><figcaption>\(title), \(TimeOption.text(first.time)) to \(TimeOption.text(last.time))\
      </figcaption><svg viewBox="0 0 \(width) \(PlainNumber.fixed(height, places: 0))" preserveAspectRatio="none" \
      role="img" aria-label="\(title)"><path class="range" d="\(range)"/><path class="line" d="\(line)"/></svg></figure>
      """
  }
}
