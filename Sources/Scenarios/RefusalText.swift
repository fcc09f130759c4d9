import CFxaot

/// The numbers of a refusal, for the trace: what was measured, and the bound.
enum RefusalText {
  static func details(_ event: fxaot_event) -> String {
    let (measured, bound) = (event.profit_micro, event.commission_micro)
    if measured == 0, bound == 0 { return "" }
    switch fxaot_reject(event.code) {
    case FXAOT_REJECT_QUANTITY_BELOW_MINIMUM: return "  (quantity \(measured), minimum \(bound))"
    case FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM, FXAOT_REJECT_MAX_QUANTITY, FXAOT_REJECT_MAX_POSITION:
      return "  (quantity \(measured), maximum \(bound))"
    case FXAOT_REJECT_QUANTITY_STEP: return "  (quantity \(measured), step \(bound))"
    case FXAOT_REJECT_STALE_QUOTE: return "  (age \(milliseconds(measured)), maximum \(milliseconds(bound)))"
    case FXAOT_REJECT_SPREAD: return "  (spread \(measured) steps, maximum \(bound))"
    case FXAOT_REJECT_COLLAR: return "  (distance \(percent(measured)), maximum \(percent(bound)))"
    case FXAOT_REJECT_MAX_NOTIONAL, FXAOT_REJECT_MAX_CURRENCY:
      return "  (notional \(EventText.money(measured)), maximum \(EventText.money(bound)))"
    case FXAOT_REJECT_MAX_POSITIONS: return "  (positions \(measured), maximum \(bound))"
    case FXAOT_REJECT_MAX_ORDERS: return "  (orders \(measured), maximum \(bound))"
    case FXAOT_REJECT_RATE: return "  (\(measured) in \(milliseconds(bound)))"
    case FXAOT_REJECT_DAILY_LOSS: return "  (loss \(EventText.money(measured)), maximum \(EventText.money(bound)))"
    case FXAOT_REJECT_DRAWDOWN: return "  (drawdown \(percent(measured)), maximum \(percent(bound)))"
    case FXAOT_REJECT_LOSING_TRADES: return "  (trades \(measured), maximum \(bound))"
    case FXAOT_REJECT_POST_ONLY, FXAOT_REJECT_BAD_STOP_LOSS, FXAOT_REJECT_BAD_TAKE_PROFIT:
      return "  (distance \(measured) steps, minimum \(bound))"
    case FXAOT_REJECT_MARGIN: return "  (needed \(EventText.money(measured)), free \(EventText.money(bound)))"
    default: return ""
    }
  }

  private static func percent(_ billionths: Int64) -> String {
    ExactDecimal(Int128(billionths), places: 7).text(digits: 4) + " %"
  }

  private static func milliseconds(_ ns: Int64) -> String {
    ExactDecimal(Int128(ns), places: 6).text(digits: 3) + " ms"
  }
}
