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
}

/// A report's charts as SVG, for the page without the chart library.
enum StillCharts {
  private static let width = 1_000
  private static let height = 220.0

  static func svg(_ report: Report) -> String {
    StillPane.all(report, columns: width).map { chart($0, report.record) }.joined()
  }

  private static func chart(_ pane: StillPane, _ record: RunRecord) -> String {
    guard let first = record.bars.first, let last = record.bars.last else { return "" }
    let name = ReportPage.escaped(pane.name)
    let title =
      "\(name): \(PlainNumber.fixed(pane.low, places: pane.places)) to \(PlainNumber.fixed(pane.high, places: pane.places))"
    let paths = pane.items.map { path($0.item, $0.ink, pane) } + pane.figures.map { path($0, pane) }
    return """
      <figure class="still"><figcaption>\(title), \(TimeOption.text(first.time)) to \(TimeOption.text(last.time))\
      </figcaption><div class="drawn"><svg viewBox="0 0 \(width) \(PlainNumber.fixed(height, places: 0))" \
      preserveAspectRatio="none" role="img" aria-label="\(title)">\(paths.joined())</svg>\
      \(pane.figures.map { text($0, pane) }.joined())</div></figure>
      """
  }

  private static func path(_ item: StillPane.Item, _ ink: StillInk, _ pane: StillPane) -> String {
    func x(_ column: Double) -> String {
      PlainNumber.fixed(column * Double(width) / Double(pane.count), places: 1)
    }
    func y(_ value: Double) -> String { PlainNumber.fixed((1 - pane.share(value)) * height, places: 1) }
    func box(_ from: Int, _ to: Int, _ top: String, _ bottom: String) -> String {
      "M\(x(Double(from))) \(top)H\(x(Double(to)))V\(bottom)H\(x(Double(from)))Z"
    }
    switch item {
    case .bars(let spans):
      let path = spans.map { box($0.column, $0.column + 1, y($0.high), y($0.low)) }.joined()
      return "<path class=\"solid\" fill=\"\(ink.css)\" d=\"\(path)\"/>"
    case .bands(let bands):
      let path = bands.map { box($0.from, $0.to, "0", PlainNumber.fixed(height, places: 0)) }.joined()
      return "<path class=\"solid\" fill=\"\(ink.css)\" d=\"\(path)\"/>"
    case .lines(let runs, let isDashed):
      let path = runs.map { run in
        run.enumerated().map { "\($0 == 0 ? "M" : "L")\(x(Double($1.column) + 0.5)) \(y($1.value))" }.joined()
      }.joined()
      return "<path class=\"\(isDashed ? "line dashed" : "line")\" stroke=\"\(ink.css)\" d=\"\(path)\"/>"
    case .marks(let points, let mark):
      let path = points.map { point in
        let at = "M\(x(Double(point.column) + 0.5)) \(y(point.value))"
        switch mark {
        case .up: return at + "m0 3l4 8h-8z"
        case .down: return at + "m0 -3l4 -8h-8z"
        case .dot: return at + "m-1.5 -1.5h3v3h-3z"
        }
      }.joined()
      return "<path class=\"solid\" fill=\"\(ink.css)\" d=\"\(path)\"/>"
    }
  }

  /// Empty for a text.
  private static func path(_ figure: StillFigure, _ pane: StillPane) -> String {
    func way(_ places: [StillFigure.Place]) -> String {
      places.enumerated().map { number, place in
        let x = PlainNumber.fixed(place.column * Double(width) / Double(pane.count), places: 1)
        let y = PlainNumber.fixed((1 - pane.share(place.value)) * height, places: 1)
        return "\(number == 0 ? "M" : "L")\(x) \(y)"
      }.joined()
    }
    switch figure.shape {
    case .lines(let lines, let width, let isDashed):
      return "<path class=\"\(isDashed ? "line dashed" : "line")\" style=\"stroke-width:\(width)\" "
        + "stroke=\"\(figure.ink.css)\" d=\"\(lines.map(way).joined())\"/>"
    case .area(let places): return "<path class=\"solid\" fill=\"\(figure.ink.css)\" d=\"\(way(places))Z\"/>"
    case .text: return ""
    }
  }

  /// Beside the picture, which is stretched to the page's width: letters are not.
  private static func text(_ figure: StillFigure, _ pane: StillPane) -> String {
    guard case .text(let lines, let at) = figure.shape else { return "" }
    let left = PlainNumber.fixed(at.place.column * 100 / Double(pane.count), places: 2)
    let top = PlainNumber.fixed((1 - pane.share(at.place.value)) * 100, places: 2)
    let plate = at.plate.map { ";background:\($0.css)" } ?? ""
    return "<span class=\"\(at.side)\" style=\"left:\(left)%;top:\(top)%;color:\(figure.ink.css)\(plate)\">"
      + lines.map(ReportPage.escaped).joined(separator: "\n") + "</span>"
  }
}

extension StillInk {
  /// Black and white cannot be told from one page or the other: they are the text's.
  fileprivate var css: String {
    switch self {
    case .script(0x0000_00FF), .script(0xFFFF_FFFF), .text: return "var(--text)"
    case .script(let bits), .exact(let bits):
      let digits = String(bits, radix: 16)
      return "#" + String(repeating: "0", count: 8 - digits.count) + digits
    case .quiet: return "var(--quiet)"
    case .link: return "var(--link)"
    case .page: return "var(--page)"
    case .range: return "var(--up)"
    case .equity: return "var(--equity)"
    case .fall: return "var(--fall)"
    case .long: return "var(--good)"
    case .short: return "var(--bad)"
    }
  }
}
