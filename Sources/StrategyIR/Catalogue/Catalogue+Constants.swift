extension Catalogue {
  /// All constants but na.
  package static let families: [ConstantFamily] = numbers + colors + texts

  private static let numbers: [ConstantFamily] = [
    ConstantFamily(
      "math.", .float, about: "A number of mathematics; phi is the golden ratio, rphi its reciprocal.",
      [
        "pi": 3.14159265358979323846, "e": 2.71828182845904523536, "phi": 1.61803398874989484820,
        "rphi": 0.61803398874989484820,
      ]),
    ConstantFamily("strategy.", .direction, about: "Direction of an order.", ["long": 1, "short": -1]),
    ConstantFamily(
      "strategy.direction.", .direction, about: "Directions that strategy.risk.allow_entry_in allows.",
      ["all": 0, "long": 1, "short": -1]),
    ConstantFamily(
      "strategy.oca.", .oca, about: "What a fill does to the other orders of its group.",
      ["none": 0, "cancel": 1, "reduce": 2]),
    ConstantFamily(
      "strategy.closedtrades.", .int, about: "Number of the first closed trade.", ["first_index": 0]),
    ConstantFamily(
      "barmerge.", .bool, about: "How request.security joins its values with the chart's bars.",
      ["gaps_off": 0, "gaps_on": 1, "lookahead_off": 0, "lookahead_on": 1]),
    ConstantFamily(
      "dayofweek.", .int, about: "A day of the week.",
      ["sunday": 1, "monday": 2, "tuesday": 3, "wednesday": 4, "thursday": 5, "friday": 6, "saturday": 7]),
    ConstantFamily(
      "display.", .int, about: "Where an output shows.",
      [
        "none": 0, "all": 63, "data_window": 1, "pane": 2, "pine_screener": 4, "price_scale": 8, "status_line": 16,
      ]),
    ConstantFamily(
      "chart.", .bool, about: "Whether the chart is of this kind. Charts are standard here.",
      [
        "is_standard": 1, "is_heikinashi": 0, "is_kagi": 0, "is_linebreak": 0, "is_pnf": 0, "is_range": 0,
        "is_renko": 0,
      ]),
  ]

  private static let colors: [ConstantFamily] = [
    ConstantFamily(
      "color.", .color, about: "A colour.",
      [
        "aqua": 0x00BC_D4FF, "black": 0x363A_45FF, "blue": 0x2962_FFFF, "fuchsia": 0xE040_FBFF,
        "gray": 0x787B_86FF, "green": 0x4CAF_50FF, "lime": 0x00E6_76FF, "maroon": 0x880E_4FFF,
        "navy": 0x311B_92FF, "olive": 0x8080_00FF, "orange": 0xFF98_00FF, "purple": 0x9C27_B0FF,
        "red": 0xF236_45FF, "silver": 0xB2B5_BEFF, "teal": 0x0899_81FF, "white": 0xFFFF_FFFF,
        "yellow": 0xFDD8_35FF,
      ]),
    ConstantFamily(
      "chart.", .color, about: "A colour of the chart.", ["bg_color": 0x1317_22FF, "fg_color": 0xD1D4_DCFF]),
  ]

  /// The text of a constant of some families is its own name: `ConstantFamily`.
  private static let texts: [ConstantFamily] = [
    ConstantFamily(
      "strategy.", about: "Unit of an order's default quantity.", isText: true, names: "fixed cash percent_of_equity"),
    ConstantFamily(
      "strategy.commission.", about: "Unit of the commission.", isText: true,
      names: "percent cash_per_contract cash_per_order"),
    ConstantFamily(
      "currency.", about: "A currency.", isText: true,
      names: """
        NONE USD EUR GBP JPY CHF AUD CAD NZD HKD SGD SEK NOK TRY ZAR RUB INR CNY BTC ETH USDT KRW MXN PLN AED ARS BDT \
        BHD BMD BRL CLP COP CZK DKK EGP HUF IDR ILS ISK KES KWD LKR MAD MYR NGN PEN PHP PKR QAR RON RSD SAR THB TND \
        TWD VES VND
        """),
    ConstantFamily("session.", about: "A kind of trading session.", isText: true, names: "regular extended"),
    ConstantFamily(
      "format.", about: "A format of numbers.", isText: true, names: "inherit mintick percent price volume"),
    ConstantFamily("adjustment.", about: "An adjustment of prices.", names: "none splits dividends"),
    ConstantFamily(
      "backadjustment.", about: "Whether a futures contract's prices are adjusted.", names: "inherit on off"),
    ConstantFamily(
      "settlement_as_close.", about: "Whether a futures contract's close is its settlement.", names: "inherit on off"),
    ConstantFamily("dividends.", about: "A field of request.dividends.", isText: true, names: "gross net"),
    ConstantFamily(
      "earnings.", about: "A field of request.earnings.", isText: true, names: "actual estimate standardized"),
    ConstantFamily("splits.", about: "A field of request.splits.", isText: true, names: "denominator numerator"),
    ConstantFamily("order.", .sortOrder, about: "An order of sorting.", ["ascending": 1, "descending": -1]),
    ConstantFamily("alert.freq_", about: "How often an alert fires.", names: "all once_per_bar once_per_bar_close"),
    ConstantFamily("scale.", about: "Side of the price scale.", names: "left right none"),
    ConstantFamily(
      "plot.style_", about: "Style of plot.",
      names: "line linebr stepline stepline_diamond steplinebr histogram cross area areabr columns circles"),
    ConstantFamily("plot.linestyle_", about: "Style of a plot's line.", names: "solid dashed dotted"),
    ConstantFamily("hline.style_", about: "Style of hline.", names: "solid dotted dashed"),
    ConstantFamily(
      "location.", about: "Place of plotshape and plotchar.", names: "abovebar belowbar top bottom absolute"),
    ConstantFamily(
      "shape.", about: "Shape of plotshape.",
      names: """
        xcross cross triangleup triangledown flag circle arrowup arrowdown labelup labeldown square diamond
        """),
    ConstantFamily("size.", about: "Size of a drawing.", isText: true, names: "auto tiny small normal large huge"),
    ConstantFamily(
      "position.", about: "Place of a table.", isText: true,
      names: """
        top_left top_center top_right middle_left middle_center middle_right bottom_left bottom_center bottom_right
        """),
    ConstantFamily("extend.", about: "Sides to which a line goes on.", isText: true, names: "none left right both"),
    ConstantFamily("xloc.", about: "Unit of a drawing's x.", isText: true, names: "bar_index bar_time"),
    ConstantFamily("yloc.", about: "Place of a label.", names: "price abovebar belowbar"),
    ConstantFamily(
      "line.style_", about: "Style of a line.", names: "solid dotted dashed arrow_left arrow_right arrow_both"),
    ConstantFamily(
      "label.style_", about: "Style of a label.",
      names: """
        none xcross cross triangleup triangledown flag circle arrowup arrowdown label_up label_down label_left \
        label_right label_lower_left label_lower_right label_upper_left label_upper_right label_center square diamond \
        text_outline
        """),
    ConstantFamily(
      "text.align_", about: "Place of a text in a drawing.", isText: true, names: "left center right top bottom"),
    ConstantFamily("text.wrap_", about: "How a text wraps.", names: "none auto"),
    ConstantFamily("text.format_", about: "Form of a text.", names: "none bold italic"),
    ConstantFamily("font.family_", about: "Font of a text.", names: "default monospace"),
  ]
}
