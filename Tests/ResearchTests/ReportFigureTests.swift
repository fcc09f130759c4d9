import Calendar
import StrategyVM
import Testing

@testable import Research

/// Figures of a run of five daily bars and four trades, worked out by hand.
struct ReportFigureTests {
  private static let day: Int64 = 86_400_000
  /// 2024-01-01, a Monday.
  private static let start: Int64 = 1_704_067_200_000

  private static func bar(_ number: Int, _ open: Double, _ high: Double, _ low: Double, _ close: Double) -> ScriptBar {
    let time = start + Int64(number) * day
    return ScriptBar(time: time, timeClose: time + day, open: open, high: high, low: low, close: close, volume: 0)
  }

  private static func trade(
    _ number: Int, long: Bool, _ entry: Int, _ price: Double, exit: Int?, _ exitPrice: Double, profit: Double
  ) -> ListedTrade {
    ListedTrade(
      number: number, isLong: long, entryTime: start + Int64(entry) * day,
      exitTime: exit.map { start + Int64($0) * day },
      entryPrice: price, exitPrice: exitPrice, quantity: 1, profit: profit, entryName: "in", exitName: "out")
  }

  /// Long from 100 to 110, short from 110 to 120, long from 120 to 120, and long from 120, open at 130.
  private let record: RunRecord = {
    let bars = [
      bar(0, 100, 105, 95, 100), bar(1, 100, 112, 90, 110), bar(2, 110, 125, 105, 120), bar(3, 120, 121, 118, 120),
      bar(4, 120, 131, 119, 130),
    ]
    let trades = [
      trade(1, long: true, 0, 100, exit: 1, 110, profit: 10), trade(2, long: false, 1, 110, exit: 2, 120, profit: -10),
      trade(3, long: true, 2, 120, exit: 3, 120, profit: 0), trade(4, long: true, 4, 120, exit: nil, .nan, profit: 10),
    ]
    return RunRecord(
      trades: trades, bars: bars, initialCapital: 1_000, pointValue: 1, calendar: TradingCalendar(zone: .utc))
  }()

  private func figure(_ group: Figure.Group, _ name: String) -> [Figure.Value] {
    record.figures.first { $0.group == group && $0.name == name }?.values ?? []
  }

  private func number(_ group: Figure.Group, _ name: String, _ column: Int = 0) -> Double {
    let values = figure(group, name)
    return values.indices.contains(column) ? values[column].number ?? .nan : .nan
  }

  @Test func `a list of trades makes the equity`() {
    #expect(record.equity == [1_000, 1_010, 1_000, 1_000, 1_010])
    // The long one at 95; after the exit at 110 the short one at 112; at 125 flat; the open one at 119.
    #expect(record.lowest == [995, 1_008, 985, 1_000, 999])
    #expect(record.realised == [1_000, 1_010, 1_000, 1_000, 1_000])
  }

  @Test func `profits are summed for all, long and short trades`() {
    #expect(figure(.performance, "Net profit") == [.number(0), .number(10), .number(-10)])
    #expect(figure(.performance, "Return on initial capital") == [.number(0), .number(1), .number(-1)])
    #expect(figure(.performance, "Open profit") == [.number(10), .number(10), .number(0)])
    #expect(figure(.performance, "Gross profit") == [.number(10), .number(10), .number(0)])
    #expect(figure(.performance, "Gross loss") == [.number(10), .number(0), .number(10)])
    #expect(figure(.performance, "Profit factor") == [.number(1), .none("no trade has lost"), .number(0)])
    #expect(
      figure(.performance, "Net profit of largest loss") == [.number(0), .none("no trade has lost"), .number(-100)])
  }

  @Test func `trades are counted and averaged`() {
    #expect(figure(.trades, "Total trades") == [.number(3), .number(2), .number(1)])
    #expect(figure(.trades, "Open trades") == [.number(1), .number(1), .number(0)])
    #expect(figure(.trades, "Winning trades") == [.number(1), .number(1), .number(0)])
    #expect(figure(.trades, "Losing trades") == [.number(1), .number(0), .number(1)])
    #expect(number(.trades, "Percent profitable") == 100.0 / 3)
    #expect(figure(.trades, "Average trade") == [.number(0), .number(5), .number(-10)])
    #expect(abs(number(.trades, "Average trade %") - (10 - 1_000.0 / 110) / 3) < 1e-12)
    #expect(figure(.trades, "Average win / average loss")[0] == .number(1))
    #expect(figure(.trades, "Average win / average loss")[2] == .none("no trade has won"))
    #expect(figure(.trades, "Largest losing trade") == [.number(10), .none("no trade has lost"), .number(10)])
    #expect(figure(.trades, "Largest loss of gross loss")[0] == .number(100))
    #expect(figure(.trades, "Average bars in trades") == [.number(1), .number(1), .number(1)])
  }

  @Test func `what a list of trades does not tell is undefined`() {
    for name in ["Commission paid", "Max contracts held"] {
      #expect(figure(.performance, name)[0] == .none("the list of trades does not tell it"))
    }
    #expect(figure(.trades, "Margin calls")[0] == .none("the list of trades does not tell it"))
  }

  @Test func `holding is compared from the first entry's price on`() {
    // 1,000 bought at 100 are worth 1,300 at 130; the strategy has 1,010.
    #expect(abs(number(.performance, "Buy and hold") - 300) < 1e-9)
    #expect(abs(number(.performance, "Buy and hold %") - 30) < 1e-9)
    #expect(abs(number(.performance, "Strategy outperformance") - -290) < 1e-9)
    #expect(figure(.performance, "Buy and hold")[1] == .none("known for the account as a whole only"))
  }

  @Test func `a year's growth is compound`() {
    // 1 % in five days: 1.01 ^ 73 − 1.
    #expect(abs(number(.performance, "Annualized return (CAGR)") - 106.757031) < 1e-5)
  }

  @Test func `falls and rises of the equity are measured between highs`() {
    let swings = EquitySwings([110, 100, 105, 120, 90, 130, 125], times: [0, 1, 2, 3, 4, 5, 6], from: 100)
    // From 110 to 100 and back at 120; from 120 to 90 and back at 130; from 130 to 125, unended.
    #expect(swings.falls.map(\.size) == [10, 30, 5])
    #expect(swings.falls.map(\.duration) == [3, 2, 1])
    // From the capital to 110, from 100 to 120, from 90 to 130.
    #expect(swings.rises.map(\.size) == [10, 20, 40])
    #expect(swings.rises.map(\.duration) == [0, 2, 1])
    #expect(swings.maxRunup == 40)
  }

  @Test func `an equity that only falls has no rise`() {
    let swings = EquitySwings([90, 80], times: [10, 20], from: 100)
    #expect(swings.falls == [EquitySwings.Swing(size: 20, duration: 10)])
    #expect(swings.rises.isEmpty)
    #expect(swings.maxRunup == 0)
  }

  @Test func `a sortino ratio counts what lies below zero`() {
    var curve = EquityCurve(initialCapital: 100)
    // Returns of 10 %, −10 % and 0 % in January, February and March 1970.
    curve.add(day: 10, equity: 110, lowest: 110, realised: 110, inMarket: false)
    curve.add(day: 40, equity: 99, lowest: 99, realised: 99, inMarket: false)
    curve.add(day: 70, equity: 99, lowest: 99, realised: 99, inMarket: false)
    let downside = (0.01 / 3 as Double).squareRoot()
    #expect(abs(curve.sortino - (0 - 0.02 / 12) / downside) < 1e-9)
    #expect(EquityCurve(initialCapital: 100).sortino.isNaN)
  }

  @Test func `backtesting's trade statistics follow its definitions`() {
    #expect(number(.backtesting, "# Trades") == 3)
    #expect(number(.backtesting, "Best trade %") == 10)
    #expect(abs(number(.backtesting, "Worst trade %") - -1_000.0 / 110) < 1e-12)
    // Profits 10, −10, 0: mean 0.
    #expect(number(.backtesting, "SQN") == 0)
    // 1/3 − 2/3 / 1.
    #expect(abs(number(.backtesting, "Kelly criterion") - -1.0 / 3) < 1e-12)
    // Bars 0 to 3 of five.
    #expect(number(.backtesting, "Exposure time %") == 80)
    #expect(number(.backtesting, "Equity final") == 1_010)
    #expect(abs(number(.backtesting, "Max. drawdown %") - -1_000.0 / 1_010) < 1e-12)
    // From the high of bar 1 to the one of bar 4.
    #expect(number(.backtesting, "Max. drawdown duration") == Double(3 * Self.day))
  }

  @Test func `no trades and no bars give reasons and no numbers`() {
    let empty = RunRecord(initialCapital: 0)
    for figure in empty.figures {
      for value in figure.values {
        if case .number(let number) = value { #expect(number == 0, "\(figure.name)") }
      }
    }
    #expect(
      empty.figures.contains { $0.name == "Percent profitable" && $0.values[0] == .none("there are no closed trades") })
  }

  @Test func `every figure has a definition and a name of its own`() {
    for group in Figure.Group.allCases {
      let figures = record.figures.filter { $0.group == group }
      #expect(Set(figures.map(\.name)).count == figures.count)
      #expect(figures.allSatisfy { !$0.definition.isEmpty && [1, 3].contains($0.values.count) })
    }
  }

  @Test func `profits fall into hours, weekdays and months`() {
    let grids = ProfitGrids(record.trades)
    // Entries at midnight on Monday, Tuesday and Wednesday.
    #expect(grids.hours[0][0] == ProfitGrids.Cell(count: 1, profit: 10))
    #expect(grids.hours[1][0] == ProfitGrids.Cell(count: 1, profit: -10))
    #expect(grids.hours[2][0] == ProfitGrids.Cell(count: 1, profit: 0))
    #expect(grids.hours.joined().reduce(0) { $0 + $1.count } == 3)
    #expect(grids.months.map(\.year) == [2024])
    #expect(grids.months[0].cells[0] == ProfitGrids.Cell(count: 3, profit: 0))
  }
}
