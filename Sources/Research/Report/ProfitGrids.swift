import Calendar

/// Closed trades' profits by the hour and weekday of their entry, and by the month of their exit. Times are UTC.
public struct ProfitGrids: Sendable, Equatable {
  public struct Cell: Sendable, Equatable {
    public var count = 0
    public var profit = 0.0

    mutating func add(_ amount: Double) {
      count += 1
      profit += amount
    }
  }

  /// Monday to Sunday, each of 24 hours.
  public private(set) var hours = [[Cell]](repeating: [Cell](repeating: Cell(), count: 24), count: 7)
  /// Years in order, each of 12 months.
  public private(set) var months: [(year: Int, cells: [Cell])] = []

  public init(_ trades: some Sequence<ListedTrade>) {
    for trade in trades {
      guard let exitTime = trade.exitTime else { continue }
      let entry = CivilMoment(local: trade.entryTime)
      // 1970 began on a Thursday.
      let weekday = Int(((entry.date.days + 3) % 7 + 7) % 7)
      hours[weekday][entry.hour].add(trade.profit)
      let date = CivilMoment(local: exitTime).date
      if months.isEmpty { months.append((date.year, Self.emptyYear)) }
      // Trades are in the order of their exits; a list from a file need not be.
      while let last = months.last, last.year < date.year, date.year - last.year < 300 {
        months.append((last.year + 1, Self.emptyYear))
      }
      while let first = months.first, first.year > date.year, first.year - date.year < 300 {
        months.insert((first.year - 1, Self.emptyYear), at: 0)
      }
      if let place = months.firstIndex(where: { $0.year == date.year }) {
        months[place].cells[date.month - 1].add(trade.profit)
      }
    }
  }

  private static let emptyYear = [Cell](repeating: Cell(), count: 12)

  public static func == (a: Self, b: Self) -> Bool {
    a.hours == b.hours && a.months.elementsEqual(b.months) { $0 == $1 }
  }
}
