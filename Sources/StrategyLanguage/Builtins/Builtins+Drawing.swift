extension Builtins {
  static let plotRow =
    "plot(series: number, title: const string = 'Plot', color?: color, linewidth?: input int,"
    + " style?: any, trackprice?: input bool, histbase?: input float, offset?: simple int,"
    + " join?: input bool, editable?: input bool, show_last?: input int, display?: input int,"
    + " format?: const string, precision?: const int, force_overlay?: const bool,"
    + " linestyle?: any, transp?: input int) drawing"

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

  /// Accepted, type-checked, and without effect.
  static let ignoredRows: [String] = [
    "plotshape(series: any, title?: const string, style?: string, location?: string,"
      + " color?: color, offset?: simple int," + shapeTail,
    "plotchar(series: any, title?: const string, char?: input string, location?: string,"
      + " color?: color, offset?: simple int," + shapeTail,
    "plotarrow(series: number, title?: const string, colorup?: color, colordown?: color,"
      + " offset?: simple int, minheight?: input int, maxheight?: input int,"
      + " editable?: input bool, show_last?: input int, display?: input int,"
      + " format?: const string, precision?: const int, force_overlay?: const bool) void",
    "plotcandle" + candleTail
      + " wickcolor?: color, editable?: input bool, show_last?: input int,"
      + " bordercolor?: color, display?: input int, format?: const string,"
      + " precision?: const int, force_overlay?: const bool) void",
    "plotbar" + candleTail
      + " editable?: input bool, show_last?: input int, display?: input int,"
      + " format?: const string, precision?: const int, force_overlay?: const bool) void",
    "hline(price: input float, title?: const string, color?: color, linestyle?: string,"
      + " linewidth?: input int, editable?: input bool, display?: input int) drawing",
    "bgcolor(color: color, offset?: simple int, editable?: input bool, show_last?: input int,"
      + " title?: const string, display?: input int, force_overlay?: const bool,"
      + " transp?: input int) void",
    "barcolor(color: color, offset?: simple int, editable?: input bool, show_last?: input int,"
      + " title?: const string, display?: input int) void",
    "fill(plot1: drawing, plot2: drawing, color?: color, title?: const string,"
      + " editable?: input bool, show_last?: input int, fillgaps?: input bool,"
      + " display?: input int, transp?: input int) void",
    "fill(plot1: drawing, plot2: drawing, top_value: float, bottom_value: float,"
      + " top_color: color, bottom_color: color, title?: const string, display?: input int,"
      + " fillgaps?: input bool, editable?: input bool) void",
    "alert(message: string, freq?: string) void",
    "alertcondition(condition: bool, title?: const string, message?: const string) void",
    "max_bars_back(var: any, num: const int) void",
    "log.info(message: string, arg0?: any...) void",
    "log.warning(message: string, arg0?: any...) void",
    "log.error(message: string, arg0?: any...) void",
    "label(x: drawing) drawing", "line(x: drawing) drawing", "box(x: drawing) drawing",
    "table(x: drawing) drawing", "linefill(x: drawing) drawing",
    "label.new(x: int, y: number, \(labelHead)",
    "line.new(x1: int, y1: float, x2: int, y2: float, xloc?: string, extend?: string,"
      + " color?: color, style?: string, width?: int, force_overlay?: const bool) drawing",
    "box.new(left: int, top: float, right: int, bottom: float, border_color?: color,"
      + " border_width?: int, border_style?: string, extend?: string, xloc?: string,"
      + " bgcolor?: color, text?: string, text_size?: any, text_color?: color,"
      + " text_halign?: string, text_valign?: string, text_wrap?: string,"
      + " text_font_family?: string, force_overlay?: const bool, text_formatting?: any) drawing",
    "linefill.new(line1: drawing, line2: drawing, color: color) drawing",
    "table.new(position: string, columns: int, rows: int, bgcolor?: color,"
      + " frame_color?: color, frame_width?: int, border_color?: color, border_width?: int,"
      + " force_overlay?: const bool) drawing",
    "table.cell(table_id: drawing, column: int, row: int, \(cellHead)",
    "table.clear(table_id: drawing, start_column: int, start_row: int, end_column?: int,"
      + " end_row?: int) void",
    "table.merge_cells(table_id: drawing, start_column: int, start_row: int,"
      + " end_column: int, end_row: int) void",
  ]

  /// Methods of drawings that change one and answer nothing: the first argument is the drawing,
  /// the others are only evaluated for their types.
  static func isIgnoredSetter(_ name: String) -> Bool {
    for kind in ["label.", "line.", "box.", "table.", "linefill.", "polyline."]
    where name.hasPrefix(kind) {
      let method = name.dropFirst(kind.count)
      return method == "delete" || method.hasPrefix("set_") || method.hasPrefix("cell_set_")
    }
    return false
  }
}
