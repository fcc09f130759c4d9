extension Catalogue {
  private static let shapeTail =
    " text?: const string, textcolor?: color, editable?: input bool, size?: any,"
    + " show_last?: input int, display?: input int, format?: const string,"
    + " precision?: const int, force_overlay?: const bool, transp?: input int) void"

  private static let candleTail =
    "(open: float, high: float, low: float, close: float, title?: const string, color?: color,"

  private static let labelHead =
    "text?: string, xloc?: string, yloc?: string, color?: color, style?: string,"
    + " textcolor?: color, size?: any, textalign?: string, tooltip?: string,"
    + " text_font_family?: string, force_overlay?: const bool, text_formatting?: any) drawing"

  private static let cellHead =
    "text?: string, width?: float, height?: float, text_color?: color, text_halign?: string,"
    + " text_valign?: string, text_size?: any, bgcolor?: color, tooltip?: string,"
    + " text_font_family?: string, text_formatting?: any) void"

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
      "label(x: drawing) drawing",
      about: "Gives na a type."),
    CallRow(
      "line(x: drawing) drawing",
      about: "Gives na a type."),
    CallRow(
      "box(x: drawing) drawing",
      about: "Gives na a type."),
    CallRow(
      "table(x: drawing) drawing",
      about: "Gives na a type."),
    CallRow(
      "linefill(x: drawing) drawing",
      about: "Gives na a type."),
    CallRow(
      "label.new(x: int, y: number, \(labelHead)",
      about: "Draws a label."),
    CallRow(
      """
      line.new(x1: int, y1: float, x2: int, y2: float, xloc?: string, extend?: string, \
      color?: color, style?: string, width?: int, force_overlay?: const bool) drawing
      """,
      about: "Draws a line."),
    CallRow(
      """
      box.new(left: int, top: float, right: int, bottom: float, border_color?: color, \
      border_width?: int, border_style?: string, extend?: string, xloc?: string, \
      bgcolor?: color, text?: string, text_size?: any, text_color?: color, \
      text_halign?: string, text_valign?: string, text_wrap?: string, \
      text_font_family?: string, force_overlay?: const bool, text_formatting?: any) drawing
      """,
      about: "Draws a box."),
    CallRow(
      "linefill.new(line1: drawing, line2: drawing, color: color) drawing",
      about: "Fills between two lines."),
    CallRow(
      """
      table.new(position: string, columns: int, rows: int, bgcolor?: color, \
      frame_color?: color, frame_width?: int, border_color?: color, border_width?: int, \
      force_overlay?: const bool) drawing
      """,
      about: "Draws a table."),
    CallRow(
      "table.cell(table_id: drawing, column: int, row: int, \(cellHead)",
      about: "Fills a cell of a table."),
    CallRow(
      """
      table.clear(table_id: drawing, start_column: int, start_row: int, end_column?: int, \
      end_row?: int) void
      """,
      about: "Clears cells of a table."),
    CallRow(
      """
      table.merge_cells(table_id: drawing, start_column: int, start_row: int, \
      end_column: int, end_row: int) void
      """,
      about: "Merges cells of a table."),
  ]
}
