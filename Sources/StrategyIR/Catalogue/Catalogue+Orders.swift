extension Catalogue {
  /// Order calls. `when` is version 5's; it is accepted by name.
  static let orders: [(CallRow, Meaning)] = [
    (
      CallRow(
        """
        strategy.entry(id: string, direction: direction, qty: float = na, limit: float = na, \
        stop: float = na, oca_name?: string, oca_type?: oca, comment?: string, \
        alert_message?: string, disable_alert?: bool, when?: bool) void
        """,
        about: "Orders a position, closing an opposite one."),
      .order(.entry)
    ),
    (
      CallRow(
        """
        strategy.order(id: string, direction: direction, qty: float = na, limit: float = na, \
        stop: float = na, oca_name?: string, oca_type?: oca, comment?: string, \
        alert_message?: string, disable_alert?: bool, when?: bool) void
        """,
        about: "Orders a quantity, whatever is held."),
      .order(.order)
    ),
    (
      CallRow(
        """
        strategy.exit(id: string, from_entry?: string, qty: float = na, \
        qty_percent: float = na, profit: float = na, limit: float = na, loss: float = na, \
        stop: float = na, trail_price: float = na, trail_points: float = na, \
        trail_offset: float = na, oca_name?: string, comment?: string, \
        comment_profit?: string, comment_loss?: string, comment_trailing?: string, \
        alert_message?: string, alert_profit?: string, alert_loss?: string, \
        alert_trailing?: string, disable_alert?: bool, when?: bool) void
        """,
        about: "Orders to leave a position at a limit, a stop or a trailing stop."),
      .order(.exit)
    ),
    (
      CallRow(
        """
        strategy.close(id: string, comment?: string, qty: float = na, qty_percent: float = na, \
        alert_message?: string, immediately?: bool, disable_alert?: bool, when?: bool) void
        """,
        about: "Closes what an entry has opened."),
      .order(.close)
    ),
    (
      CallRow(
        """
        strategy.close_all(comment?: string, alert_message?: string, immediately?: bool, \
        disable_alert?: bool, when?: bool) void
        """,
        about: "Closes the whole position."),
      .order(.closeAll)
    ),
    (
      CallRow(
        "strategy.cancel(id: string, when?: bool) void",
        about: "Cancels the orders of an id that wait."),
      .order(.cancel)
    ),
    (
      CallRow(
        "strategy.cancel_all(when?: bool) void",
        about: "Cancels all orders that wait."),
      .order(.cancelAll)
    ),
  ]

  /// Further forms of version 5, where `when` has a place of its own: tried after those above.
  static let ordersOfVersion5: [(CallRow, Meaning)] = [
    (
      CallRow(
        """
        strategy.entry(id: string, direction: direction, qty: float = na, limit: float = na, \
        stop: float = na, oca_name?: string, oca_type?: oca, comment?: string, when?: bool, \
        alert_message?: string, disable_alert?: bool) void
        """,
        about: "Orders a position, closing an opposite one.", versions: 5...5),
      .order(.entry)
    ),
    (
      CallRow(
        """
        strategy.order(id: string, direction: direction, qty: float = na, limit: float = na, \
        stop: float = na, oca_name?: string, oca_type?: oca, comment?: string, when?: bool, \
        alert_message?: string, disable_alert?: bool) void
        """,
        about: "Orders a quantity, whatever is held.", versions: 5...5),
      .order(.order)
    ),
    (
      CallRow(
        """
        strategy.exit(id: string, from_entry?: string, qty: float = na, \
        qty_percent: float = na, profit: float = na, limit: float = na, loss: float = na, \
        stop: float = na, trail_price: float = na, trail_points: float = na, \
        trail_offset: float = na, oca_name?: string, comment?: string, when?: bool, \
        alert_message?: string, comment_profit?: string, comment_loss?: string, \
        comment_trailing?: string, alert_profit?: string, alert_loss?: string, \
        alert_trailing?: string, disable_alert?: bool) void
        """,
        about: "Orders to leave a position at a limit, a stop or a trailing stop.", versions: 5...5),
      .order(.exit)
    ),
    (
      CallRow(
        """
        strategy.close(id: string, when?: bool, comment?: string, qty: float = na, \
        qty_percent: float = na, alert_message?: string, immediately?: bool, \
        disable_alert?: bool) void
        """,
        about: "Closes what an entry has opened.", versions: 5...5),
      .order(.close)
    ),
    (
      CallRow(
        """
        strategy.close_all(when?: bool, comment?: string, alert_message?: string, \
        immediately?: bool, disable_alert?: bool) void
        """,
        about: "Closes the whole position.", versions: 5...5),
      .order(.closeAll)
    ),
  ]

  static let risks: [(CallRow, Meaning)] = [
    (
      CallRow(
        "strategy.risk.allow_entry_in(value: direction) void",
        about: "Allows entries in one direction only."),
      .risk(.allowEntryIn)
    ),
    (
      CallRow(
        "strategy.risk.max_cons_loss_days(count: simple int, alert_message?: string) void",
        about: "Stops trading after so many days of loss in a row."),
      .risk(.maxConsecutiveLossDays)
    ),
    (
      CallRow(
        """
        strategy.risk.max_drawdown(value: simple float, type: const string, \
        alert_message?: string) void
        """,
        about: "Stops trading at a drawdown."),
      .risk(.maxDrawdown)
    ),
    (
      CallRow(
        "strategy.risk.max_intraday_filled_orders(count: simple int, alert_message?: string) void",
        about: "Stops trading for a day after so many filled orders."),
      .risk(.maxIntradayFilledOrders)
    ),
    (
      CallRow(
        """
        strategy.risk.max_intraday_loss(value: simple float, type: const string, \
        alert_message?: string) void
        """,
        about: "Stops trading for a day at a loss."),
      .risk(.maxIntradayLoss)
    ),
    (
      CallRow(
        "strategy.risk.max_position_size(contracts: simple float) void",
        about: "Bounds the position."),
      .risk(.maxPositionSize)
    ),
  ]
}
