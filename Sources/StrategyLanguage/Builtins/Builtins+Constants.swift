import StrategyIR

extension Builtins {
  static let numberConstants: [String: (StaticType, Double)] = [
    "math.pi": (.float, 3.14159265358979323846), "math.e": (.float, 2.71828182845904523536),
    "math.phi": (.float, 1.61803398874989484820), "math.rphi": (.float, 0.61803398874989484820),
    "strategy.long": (.direction, 1), "strategy.short": (.direction, -1),
    "strategy.direction.all": (.direction, 0), "strategy.direction.long": (.direction, 1),
    "strategy.direction.short": (.direction, -1), "strategy.oca.none": (.oca, 0),
    "strategy.oca.cancel": (.oca, 1), "strategy.oca.reduce": (.oca, 2),
    "barmerge.gaps_off": (.bool, 0), "barmerge.gaps_on": (.bool, 1),
    "barmerge.lookahead_off": (.bool, 0), "barmerge.lookahead_on": (.bool, 1),
    "dayofweek.sunday": (.int, 1), "dayofweek.monday": (.int, 2),
    "dayofweek.tuesday": (.int, 3), "dayofweek.wednesday": (.int, 4),
    "dayofweek.thursday": (.int, 5), "dayofweek.friday": (.int, 6),
    "dayofweek.saturday": (.int, 7), "display.none": (.int, 0), "display.all": (.int, 63),
    "display.data_window": (.int, 1), "display.pane": (.int, 2),
    "display.pine_screener": (.int, 4), "display.price_scale": (.int, 8),
    "display.status_line": (.int, 16), "chart.is_standard": (.bool, 1),
    "chart.is_heikinashi": (.bool, 0), "chart.is_kagi": (.bool, 0),
    "chart.is_linebreak": (.bool, 0), "chart.is_pnf": (.bool, 0), "chart.is_range": (.bool, 0),
    "chart.is_renko": (.bool, 0), "chart.bg_color": (.color, 0x1317_22FF),
    "chart.fg_color": (.color, 0xD1D4_DCFF), "strategy.closedtrades.first_index": (.int, 0),
  ]

  /// 0xRRGGBBAA
  static let colors: [String: Double] = [
    "color.aqua": 0x00BC_D4FF, "color.black": 0x363A_45FF, "color.blue": 0x2962_FFFF,
    "color.fuchsia": 0xE040_FBFF, "color.gray": 0x787B_86FF, "color.green": 0x4CAF_50FF,
    "color.lime": 0x00E6_76FF, "color.maroon": 0x880E_4FFF, "color.navy": 0x311B_92FF,
    "color.olive": 0x8080_00FF, "color.orange": 0xFF98_00FF, "color.purple": 0x9C27_B0FF,
    "color.red": 0xF236_45FF, "color.silver": 0xB2B5_BEFF, "color.teal": 0x0899_81FF,
    "color.white": 0xFFFF_FFFF, "color.yellow": 0xFDD8_35FF,
  ]

  /// Constants whose only meaning is their name. Those of `ownValues` are texts that a script may
  /// write in their place (`"percent"` for `strategy.commission.percent`); the others are carried
  /// as their whole name.
  private static let named: [(String, String)] = [
    ("strategy.", "fixed cash percent_of_equity"),
    ("strategy.commission.", "percent cash_per_contract cash_per_order"),
    ("plot.style_", "line linebr stepline stepline_diamond steplinebr histogram cross area areabr"),
    ("plot.style_", "columns circles"),
    ("plot.linestyle_", "solid dashed dotted"),
    ("location.", "abovebar belowbar top bottom absolute"),
    ("shape.", "xcross cross triangleup triangledown flag circle arrowup arrowdown labelup"),
    ("shape.", "labeldown square diamond"),
    ("size.", "auto tiny small normal large huge"),
    ("position.", "top_left top_center top_right middle_left middle_center middle_right"),
    ("position.", "bottom_left bottom_center bottom_right"),
    ("extend.", "none left right both"), ("xloc.", "bar_index bar_time"),
    ("yloc.", "price abovebar belowbar"),
    ("line.style_", "solid dotted dashed arrow_left arrow_right arrow_both"),
    ("label.style_", "none xcross cross triangleup triangledown flag circle arrowup arrowdown"),
    ("label.style_", "label_up label_down label_left label_right label_lower_left"),
    ("label.style_", "label_lower_right label_upper_left label_upper_right label_center square"),
    ("label.style_", "diamond text_outline"),
    ("text.align_", "left center right top bottom"), ("text.wrap_", "none auto"),
    ("text.format_", "none bold italic"), ("font.family_", "default monospace"),
    ("hline.style_", "solid dotted dashed"), ("scale.", "left right none"),
    ("alert.freq_", "all once_per_bar once_per_bar_close"), ("session.", "regular extended"),
    ("adjustment.", "none splits dividends"), ("order.", "ascending descending"),
    ("currency.", "NONE USD EUR GBP JPY CHF AUD CAD NZD HKD SGD SEK NOK TRY ZAR RUB INR CNY"),
    ("currency.", "BTC ETH USDT KRW MXN PLN AED ARS BDT BHD BMD BRL CLP COP CZK DKK EGP HUF IDR"),
    ("currency.", "ILS ISK KES KWD LKR MAD MYR NGN PEN PHP PKR QAR RON RSD SAR THB TND TWD VES VND"),
  ]

  private static let ownValues: Set<String> = [
    "strategy.", "strategy.commission.", "size.", "position.", "text.align_", "extend.", "xloc.",
    "currency.", "session.",
  ]

  /// `format.*`: the formats of `str.tostring`.
  private static let formats = ["inherit", "mintick", "percent", "price", "volume"]

  static let textConstants: [String: String] = {
    var constants: [String: String] = [:]
    for (prefix, names) in named {
      for name in names.split(separator: " ") {
        constants[prefix + name] = ownValues.contains(prefix) ? String(name) : prefix + name
      }
    }
    for name in formats { constants["format." + name] = name }
    return constants
  }()

  static let barFields: [String: BarField] = [
    "open": .open, "high": .high, "low": .low, "close": .close, "volume": .volume,
    "hl2": .hl2, "hlc3": .hlc3, "ohlc4": .ohlc4, "hlcc4": .hlcc4, "time": .time,
    "time_close": .timeClose, "time_tradingday": .timeTradingDay, "timenow": .now,
    "bar_index": .index, "last_bar_index": .lastIndex, "last_bar_time": .lastTime,
    "barstate.isfirst": .isFirst, "barstate.islast": .isLast, "barstate.ishistory": .isHistory,
    "barstate.isrealtime": .isRealtime, "barstate.isnew": .isNew,
    "barstate.isconfirmed": .isConfirmed,
    "barstate.islastconfirmedhistory": .isLastConfirmedHistory, "session.ismarket": .isMarket,
    "session.ispremarket": .isPremarket, "session.ispostmarket": .isPostmarket,
    "session.isfirstbar": .isSessionFirst, "session.islastbar": .isSessionLast,
    "session.isfirstbar_regular": .isSessionFirst, "session.islastbar_regular": .isSessionLast,
    "year": .year, "month": .month, "weekofyear": .weekOfYear, "dayofmonth": .dayOfMonth,
    "dayofweek": .dayOfWeek, "hour": .hour, "minute": .minute, "second": .second,
  ]

  static let symbolFields: [String: SymbolField] = [
    "syminfo.mintick": .mintick, "syminfo.pointvalue": .pointValue,
    "syminfo.mincontract": .minContract, "syminfo.pricescale": .priceScale,
    "syminfo.minmove": .minMove, "syminfo.tickerid": .tickerID, "syminfo.ticker": .ticker,
    "syminfo.prefix": .prefix, "syminfo.root": .root, "syminfo.description": .description,
    "syminfo.type": .type, "syminfo.session": .session, "syminfo.timezone": .timezone,
    "syminfo.currency": .currency, "syminfo.basecurrency": .baseCurrency,
    "syminfo.country": .country, "syminfo.sector": .sector, "syminfo.industry": .industry,
    "syminfo.volumetype": .volumeType, "strategy.account_currency": .accountCurrency,
    "syminfo.main_tickerid": .mainTickerID,
  ]

  static let timeframeFields: [String: TimeframeField] = [
    "timeframe.period": .period, "timeframe.main_period": .mainPeriod,
    "timeframe.multiplier": .multiplier, "timeframe.isintraday": .isIntraday,
    "timeframe.isminutes": .isMinutes, "timeframe.isseconds": .isSeconds,
    "timeframe.isticks": .isTicks, "timeframe.isdwm": .isDWM, "timeframe.isdaily": .isDaily,
    "timeframe.isweekly": .isWeekly, "timeframe.ismonthly": .isMonthly,
  ]
}
