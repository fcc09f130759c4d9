extension Catalogue {
  private static let shapeTail =
    " text?: const string, textcolor?: color, editable?: input bool, size?: any,"
    + " show_last?: input int, display?: input int, format?: const string,"
    + " precision?: const int, force_overlay?: const bool, transp?: input int) void"

  private static let candleTail =
    "(open: float, high: float, low: float, close: float, title?: const string, color?: color,"

  /// Accepted and type-checked, without effect.
  static let drawings: [CallRow] = [
    CallRow(
      """
      plotshape(series: any, title?: const string, style?: string, location?: string, \
      color?: color, offset?: simple int,\(shapeTail)
      """,
      about: "Draws shapes."),
    CallRow(
      """
      plotchar(series: any, title?: const string, char?: input string, location?: string, \
      color?: color, offset?: simple int,\(shapeTail)
      """,
      about: "Draws characters."),
    CallRow(
      """
      plotarrow(series: number, title?: const string, colorup?: color, colordown?: color, \
      offset?: simple int, minheight?: input int, maxheight?: input int, \
      editable?: input bool, show_last?: input int, display?: input int, \
      format?: const string, precision?: const int, force_overlay?: const bool) void
      """,
      about: "Draws arrows."),
    CallRow(
      """
      plotcandle\(candleTail) \
      wickcolor?: color, editable?: input bool, show_last?: input int, \
      bordercolor?: color, display?: input int, format?: const string, \
      precision?: const int, force_overlay?: const bool) void
      """,
      about: "Draws candles."),
    CallRow(
      """
      plotbar\(candleTail) \
      editable?: input bool, show_last?: input int, display?: input int, \
      format?: const string, precision?: const int, force_overlay?: const bool) void
      """,
      about: "Draws bars."),
    CallRow(
      """
      hline(price: input float, title?: const string, color?: color, linestyle?: string, \
      linewidth?: input int, editable?: input bool, display?: input int) drawing
      """,
      about: "Draws a horizontal line."),
    CallRow(
      """
      bgcolor(color: color, offset?: simple int, editable?: input bool, show_last?: input int, \
      title?: const string, display?: input int, force_overlay?: const bool, \
      transp?: input int) void
      """,
      about: "Colours the background."),
    CallRow(
      """
      barcolor(color: color, offset?: simple int, editable?: input bool, show_last?: input int, \
      title?: const string, display?: input int) void
      """,
      about: "Colours the bars."),
    CallRow(
      """
      fill(plot1: drawing, plot2: drawing, color?: color, title?: const string, \
      editable?: input bool, show_last?: input int, fillgaps?: input bool, \
      display?: input int, transp?: input int) void
      """,
      about: "Fills between two lines."),
    CallRow(
      """
      fill(plot1: drawing, plot2: drawing, top_value: float, bottom_value: float, \
      top_color: color, bottom_color: color, title?: const string, display?: input int, \
      fillgaps?: input bool, editable?: input bool) void
      """,
      about: "Fills between two lines."),
    CallRow(
      "alert(message: string, freq?: string) void",
      about: "Sends an alert."),
    CallRow(
      "alertcondition(condition: bool, title?: const string, message?: const string) void",
      about: "Declares an alert."),
    CallRow(
      "max_bars_back(var: any, num: const int) void",
      about: "Declares how far back a series is read."),
    CallRow(
      "log.info(message: string, arg0?: any...) void",
      about: "Writes to the log."),
    CallRow(
      "log.warning(message: string, arg0?: any...) void",
      about: "Writes a warning to the log."),
    CallRow(
      "log.error(message: string, arg0?: any...) void",
      about: "Writes an error to the log."),
    CallRow(
      """
      table.merge_cells(table_id: table, start_column: int, start_row: int, \
      end_column: int, end_row: int) void
      """,
      about: "Merges cells of a table."),
  ]
}
