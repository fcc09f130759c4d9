extension Catalogue {
  static let declarations: [(CallRow, Meaning)] = [
    (
      CallRow(
        """
        indicator(title: const string, shorttitle?: const string, overlay?: const bool, \
        format?: const string, precision?: const int, scale?: const string, \
        max_bars_back?: const int, timeframe?: const string, timeframe_gaps?: const bool, \
        explicit_plot_zorder?: const bool, max_lines_count?: const int, \
        max_labels_count?: const int, max_boxes_count?: const int, calc_bars_count?: const int, \
        max_polylines_count?: const int, dynamic_requests?: const bool, \
        behind_chart?: const bool) void
        """,
        about: "Declares a script that only calculates."),
      .indicator
    ),
    (
      CallRow(
        """
        strategy(title: const string, shorttitle?: const string, overlay?: const bool, \
        format?: const string, precision?: const int, scale?: const string, \
        pyramiding?: const int, calc_on_order_fills?: const bool, \
        calc_on_every_tick?: const bool, max_bars_back?: const int, \
        backtest_fill_limits_assumption?: const int, default_qty_type?: const string, \
        default_qty_value?: const float, initial_capital?: const float, \
        currency?: const string, slippage?: const int, commission_type?: const string, \
        commission_value?: const float, process_orders_on_close?: const bool, \
        close_entries_rule?: const string, margin_long?: const float, \
        margin_short?: const float, explicit_plot_zorder?: const bool, \
        max_lines_count?: const int, max_labels_count?: const int, max_boxes_count?: const int, \
        calc_bars_count?: const int, risk_free_rate?: const float, \
        use_bar_magnifier?: const bool, fill_orders_on_standard_ohlc?: const bool, \
        max_polylines_count?: const int, dynamic_requests?: const bool, \
        behind_chart?: const bool, calc_on_every_history_tick?: const bool) void
        """,
        about: "Declares a script that trades, with its broker's settings."),
      .strategy
    ),
    (
      CallRow(
        """
        plot(series: number, title: const string = 'Plot', color?: color, linewidth?: input int, \
        style?: any, trackprice?: input bool, histbase?: input float, offset?: simple int, \
        join?: input bool, editable?: input bool, show_last?: input int, display?: input int, \
        format?: const string, precision?: const int, force_overlay?: const bool, \
        linestyle?: any, transp?: input int) drawing
        """,
        about: "Records a series under its title."),
      .plot
    ),
  ]
}
