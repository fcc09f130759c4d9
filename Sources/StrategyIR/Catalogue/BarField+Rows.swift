/// The table of the bar's variables: one row for each case, since a `switch` without one does not build.
extension BarField {
  private static let rows = allCases.map(\.written)

  /// Its row of the catalogue.
  package var row: VariableRow { Self.rows[Int(rawValue)] }

  public var type: ValueType { row.type.valueType }

  private var written: VariableRow {
    switch self {
    case .open: VariableRow("open", type: .float, about: "First price of the bar.")
    case .high: VariableRow("high", type: .float, about: "Highest price of the bar.")
    case .low: VariableRow("low", type: .float, about: "Lowest price of the bar.")
    case .close: VariableRow("close", type: .float, about: "Last price of the bar.")
    case .volume: VariableRow("volume", type: .float, about: "Volume of the bar.")
    case .hl2: VariableRow("hl2", type: .float, about: "Mean of high and low.")
    case .hlc3: VariableRow("hlc3", type: .float, about: "Mean of high, low and close.")
    case .ohlc4: VariableRow("ohlc4", type: .float, about: "Mean of open, high, low and close.")
    case .hlcc4: VariableRow("hlcc4", type: .float, about: "Mean of high, low and twice the close.")
    case .time: VariableRow("time", type: .int, about: "Start of the bar, in milliseconds since 1970, UTC.")
    case .timeClose: VariableRow("time_close", type: .int, about: "End of the bar, in milliseconds since 1970, UTC.")
    case .timeTradingDay: VariableRow("time_tradingday", type: .int, about: "00:00 UTC of the bar's trading day.")
    case .index: VariableRow("bar_index", type: .int, about: "Number of the bar, from 0.")
    case .lastIndex: VariableRow("last_bar_index", type: .int, about: "Number of the last bar.")
    case .lastTime: VariableRow("last_bar_time", type: .int, about: "Start of the last bar.")
    case .now: VariableRow("timenow", type: .int, about: "The time now: the bar's end.")
    case .isFirst: VariableRow("barstate.isfirst", type: .bool, about: "Whether the bar is the first.")
    case .isLast: VariableRow("barstate.islast", type: .bool, about: "Whether the bar is the last.")
    case .isHistory: VariableRow("barstate.ishistory", type: .bool, about: "Whether the bar is of the past.")
    case .isRealtime: VariableRow("barstate.isrealtime", type: .bool, about: "Whether the bar is live.")
    case .isNew: VariableRow("barstate.isnew", type: .bool, about: "Whether this is the bar's first calculation.")
    case .isConfirmed: VariableRow("barstate.isconfirmed", type: .bool, about: "Whether the bar is closed.")
    case .isLastConfirmedHistory:
      VariableRow(
        "barstate.islastconfirmedhistory", type: .bool, about: "Whether the bar is the last closed one of the past.")
    case .isMarket: VariableRow("session.ismarket", type: .bool, about: "Whether the bar is in the regular session.")
    case .isPremarket: VariableRow("session.ispremarket", type: .bool, about: "Whether the bar is before the session.")
    case .isPostmarket: VariableRow("session.ispostmarket", type: .bool, about: "Whether the bar is after the session.")
    case .isSessionFirst:
      VariableRow(
        "session.isfirstbar", "session.isfirstbar_regular", type: .bool,
        about: "Whether the bar is the day's first.")
    case .isSessionLast:
      VariableRow(
        "session.islastbar", "session.islastbar_regular", type: .bool, about: "Whether the bar is the day's last.")
    case .year: VariableRow("year", type: .int, about: "Year of the bar's start.")
    case .month: VariableRow("month", type: .int, about: "Month of the bar's start, 1 to 12.")
    case .weekOfYear: VariableRow("weekofyear", type: .int, about: "Week of the year of the bar's start.")
    case .dayOfMonth: VariableRow("dayofmonth", type: .int, about: "Day of the month of the bar's start.")
    case .dayOfWeek: VariableRow("dayofweek", type: .int, about: "Day of the week of the bar's start, 1 for Sunday.")
    case .hour: VariableRow("hour", type: .int, about: "Hour of the bar's start.")
    case .minute: VariableRow("minute", type: .int, about: "Minute of the bar's start.")
    case .second: VariableRow("second", type: .int, about: "Second of the bar's start.")
    }
  }
}
