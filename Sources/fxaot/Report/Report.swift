import Calendar
import Research
import StrategyLanguage
import StrategyVM

/// A run as a report shows it.
struct Report {
  var title: String
  var symbol: String
  var timeframe: String
  var currency: String
  /// Places of prices.
  var decimals: Int
  /// False for an indicator: there are no trades and no equity.
  var isStrategy: Bool
  var record: RunRecord
  var drawn: [DrawnSeries] = []
  var drawings = ReportDrawings()
  /// Where everything comes from: a label and a text each.
  var facts: [(String, String)] = []
  /// The script's inputs: name, value, and the default where it is another one.
  var inputs: [(name: String, value: String, initial: String?)] = []

  /// The timeframe as people write it, as the page does: 15 min, 4 h, 30 s, 1D.
  var length: String {
    guard let period = Period(timeframe) else { return timeframe }
    switch period.unit {
    case .second: return "\(period.count) s"
    case .minute: return period.count % 60 == 0 ? "\(period.count / 60) h" : "\(period.count) min"
    default: return period.text
    }
  }

  static let format = "fxaot report"
  static let version = 1

  var tree: JSONTree {
    .object([
      ("format", .text(Self.format)), ("version", .whole(Self.version)),
      ("title", .text(title)), ("symbol", .text(symbol)), ("timeframe", .text(timeframe)),
      ("currency", .text(currency)), ("decimals", .whole(decimals)), ("strategy", .flag(isStrategy)),
      ("facts", .array(facts.map { .array([.text($0.0), .text($0.1)]) })),
      (
        "inputs",
        .array(inputs.map { .array([.text($0.name), .text($0.value), $0.initial.map { .text($0) } ?? .null]) })
      ),
      ("bars", bars), ("plots", .array(drawn.map { $0.tree(decimals: decimals) })), ("drawings", drawings.tree),
      ("trades", trades), ("figures", .array(isStrategy ? record.figures.map(tree) : [])), ("grids", grids),
    ])
  }

  private var bars: JSONTree {
    func column(_ part: KeyPath<ScriptBar, Double>) -> JSONTree {
      NumberColumn.tree(record.bars.map { $0[keyPath: part] }, decimals: decimals)
    }
    var columns: [(String, JSONTree)] = [
      ("count", .whole(record.bars.count)),
      // Seconds.
      ("time", NumberColumn.tree(record.bars.map { Double($0.time) / 1_000 })),
      ("open", column(\.open)), ("high", column(\.high)), ("low", column(\.low)), ("close", column(\.close)),
    ]
    if isStrategy {
      columns += [
        ("equity", NumberColumn.tree(record.equity, decimals: 2)),
        ("lowest", NumberColumn.tree(record.lowest, decimals: 2)),
        ("capital", .number(record.initialCapital)),
      ]
    }
    return .object(columns)
  }

  private var trades: JSONTree {
    let trades = record.trades
    func column(_ decimals: Int = 0, _ value: (ListedTrade) -> Double) -> JSONTree {
      NumberColumn.tree(trades.map(value), decimals: decimals)
    }
    func place(_ time: Int64?) -> Double { time.flatMap { record.place(of: $0) }.map(Double.init) ?? .nan }
    var numbers: [String: Int] = [:]
    var names: [JSONTree] = []
    func number(_ name: String) -> Double {
      if let known = numbers[name] { return Double(known) }
      numbers[name] = names.count
      names.append(.text(name))
      return Double(names.count - 1)
    }
    let entryNames = column { number($0.entryName) }
    let exitNames = column { number($0.exitName) }
    return .object([
      ("count", .whole(trades.count)), ("names", .array(names)),
      ("number", column { Double($0.number) }), ("long", column { $0.isLong ? 1 : 0 }),
      ("entryTime", column { Double($0.entryTime) / 1_000 }),
      ("exitTime", column { $0.exitTime.map { Double($0) / 1_000 } ?? .nan }),
      ("entryBar", column { place($0.entryTime) }), ("exitBar", column { place($0.exitTime) }),
      ("entryPrice", column(decimals) { $0.entryPrice }),
      ("exitPrice", column(decimals) { $0.exitTime == nil ? .nan : $0.exitPrice }),
      ("quantity", column(4) { $0.quantity }), ("profit", column(2) { $0.profit }),
      ("percent", column { $0.profitPercent }),
      ("commission", column(2) { record.knowsCosts ? $0.commission : .nan }),
      ("runup", column(2) { $0.maxRunup }), ("drawdown", column(2) { $0.maxDrawdown }),
      ("entryName", entryNames), ("exitName", exitNames),
    ])
  }

  private func tree(_ figure: Figure) -> JSONTree {
    .object([
      ("group", .text(figure.group.rawValue)), ("name", .text(figure.name)), ("unit", .text(figure.unit.rawValue)),
      ("definition", .text(figure.definition)),
      (
        "values",
        .array(
          figure.values.map {
            switch $0 {
            case .number(let number): .number(number)
            case .none(let reason): .object([("none", .text(reason))])
            }
          })
      ),
    ])
  }

  private var grids: JSONTree {
    let grids = ProfitGrids(record.trades)
    func cells(_ row: [ProfitGrids.Cell]) -> JSONTree {
      .array(row.map { .array([.whole($0.count), .number($0.profit)]) })
    }
    return .object([
      ("hours", .array(grids.hours.map(cells))),
      ("months", .array(grids.months.map { .object([("year", .whole($0.year)), ("cells", cells($0.cells))]) })),
    ])
  }
}
