import Research

/// A colour of a still picture: the script's, 0xRRGGBBAA, or one of the page's own.
enum StillInk: Hashable {
  case script(UInt32)
  /// The script's on a ground of its own.
  case exact(UInt32)
  case text, quiet, link, page, range, equity, fall, long, short
}

/// One chart of a still picture, for the page without the chart library and for PNG: the bars joined to columns, and what is
/// drawn over them, in its order.
struct StillPane {
  struct Span {
    var column: Int
    var low, high: Double
  }

  struct Point {
    var column: Int
    var value: Double
  }

  enum Mark { case up, down, dot }

  enum Item {
    /// Upright, as wide as a column.
    case bars([Span])
    /// Lines from point to point.
    case lines([[Point]], isDashed: Bool)
    /// Columns `from` to before `to`, over the whole height.
    case bands([(from: Int, to: Int)])
    case marks([Point], Mark)
  }

  let name: String
  /// Decimals of its scale.
  private(set) var places: Int
  /// How many columns it has.
  let count: Int
  let barCount: Int
  private(set) var items: [(ink: StillInk, item: Item)] = []
  /// The script's drawings, over all else.
  private(set) var figures: [StillFigure] = []
  private(set) var low = Double.infinity
  private(set) var high = -Double.infinity
  /// The decimals that its values have, at most `placesLimit`.
  private var mostPlaces = 0

  init(_ name: String, places: Int, bars: Int, columns: Int) {
    self.name = name
    self.places = places
    barCount = bars
    count = min(bars, columns)
  }

  /// The bars of a column.
  func bars(of column: Int) -> Range<Int> { column * barCount / count..<(column + 1) * barCount / count }

  /// The column of a bar.
  func column(of bar: Int) -> Int { min(((bar + 1) * count - 1) / max(barCount, 1), count - 1) }

  mutating func take(_ value: Double) {
    guard value.isFinite else { return }
    low = min(low, value)
    high = max(high, value)
    while mostPlaces < Self.placesLimit {
      let scaled = value * PlainNumber.powers[mostPlaces]
      if abs(scaled - scaled.rounded()) < 1e-6 { break }
      mostPlaces += 1
    }
  }

  /// What `PlainNumber.fixed` writes.
  private static let placesLimit = 6

  /// Gives the scale three digits of its range, two places for less than 1,000, and no more decimals than the values
  /// have.
  mutating func choosePlaces() {
    let difference = high - low
    let range = difference > 0 ? difference : max(abs(high), 1e-6)
    var digits = range < 1_000 ? 2 : 0
    for place in 0..<4 where range * PlainNumber.powers[place] < 1 { digits += 1 }
    places = min(mostPlaces, digits)
  }

  mutating func add(_ ink: StillInk, _ item: Item) { items.append((ink, item)) }

  mutating func add(_ figure: StillFigure) { figures.append(figure) }

  /// A line through the last values of columns, and upright where a column has several.
  mutating func add(_ series: StillSeries, line: StillInk, range: StillInk) {
    take(series.low)
    take(series.high)
    let columns = series.columns.enumerated()
    add(range, .bars(columns.filter { $1.high > $1.low }.map { Span(column: $0, low: $1.low, high: $1.high) }))
    add(line, .lines([columns.map { Point(column: $0, value: $1.last) }], isDashed: false))
  }

  /// From 0 at the bottom to 1 at the top.
  func share(_ value: Double) -> Double {
    let share = (value - low) / (high - low)
    // All values are the same, or too far from each other for a difference.
    return share.isFinite ? min(max(share, 0), 1) : 0.5
  }
}

extension StillPane {
  /// Price, the script's own panes, equity and drawdown.
  static func all(_ report: Report, columns: Int) -> [StillPane] {
    let record = report.record
    func pane(_ name: String, _ places: Int) -> StillPane {
      StillPane(name, places: places, bars: record.bars.count, columns: columns)
    }
    let own = report.drawn.map(\.pane).max() ?? 0
    var panes = (0...own).map { number in
      var made = pane(number == 0 ? "Price" : report.title(ofPane: number), report.decimals)
      let drawn = report.drawn.filter {
        $0.pane == number && !$0.isHidden || $0.call.name == "fill" && $0.pane == number
      }
      for one in drawn where ["bgcolor", "fill"].contains(one.call.name) { made.draw(one, report) }
      if number == 0 {
        made.add(.price(record, columns: columns), line: .text, range: .range)
        for one in report.drawn where one.call.name == "barcolor" { made.tint(one, record) }
      }
      for one in drawn where !["bgcolor", "fill", "barcolor"].contains(one.call.name) { made.draw(one, report) }
      if number == 0 {
        made.mark(record)
        made.draw(report.drawings, record)
      } else {
        made.choosePlaces()
      }
      return made
    }
    if report.isStrategy {
      var equity = pane("Equity", 2)
      equity.add(.equity(record, columns: columns), line: .equity, range: .equity)
      var drawdown = pane("Drawdown %", 2)
      drawdown.add(.drawdown(record, columns: columns), line: .fall, range: .fall)
      panes += [equity, drawdown]
    }
    return panes.filter { $0.count > 0 && $0.low <= $0.high }
  }

  /// Entries, where they are few enough to be told apart.
  private mutating func mark(_ record: RunRecord) {
    guard record.trades.count <= 400 else { return }
    for isLong in [true, false] {
      let points = record.trades.filter { $0.isLong == isLong }.compactMap { trade in
        record.place(of: trade.entryTime).map { Point(column: column(of: $0), value: trade.entryPrice) }
      }
      if !points.isEmpty { add(isLong ? .long : .short, .marks(points, isLong ? .up : .down)) }
    }
  }
}

extension Report {
  /// The titles of what a pane shows.
  fileprivate func title(ofPane pane: Int) -> String {
    let titles = drawn.filter {
      $0.pane == pane && ["plot", "plotcandle", "plotbar"].contains($0.call.name) && !$0.isHidden
    }
    .map { $0.call.title.isEmpty ? $0.call.name : $0.call.title }
    return titles.prefix(3).joined(separator: ", ") + (titles.count > 3 ? ", …" : "")
  }
}
