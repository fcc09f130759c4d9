import Calendar
import StrategyIR
import Testing

@testable import StrategyLanguage

/// What version 5 accepts, and what it means there.
@Suite struct Version5Tests {
  private static func errors(
    _ body: String, version: Int = 5, declaration: String = "strategy(\"t\")"
  ) -> [String] {
    FrontEnd.compile("//@version=\(version)\n\(declaration)\n\(body)\n").errors.map(\.message)
  }

  private func orders(_ body: String) throws -> [[OrderCommand]] {
    try ScriptRun("//@version=5\nstrategy(\"t\")\n\(body)\n").orders
  }

  @Test func `The first of two equal arguments counts; in version 6 that is an error`() throws {
    let body = "plot(ta.sma(close, length = 1, length = 5), title = \"x\", title = \"y\")"
    #expect(try ScriptRun.plotted(body, version: 5) == ScriptRun.closes)
    #expect(Self.errors(body, version: 6) == ["'length' is given twice", "'title' is given twice"])
    let program = FrontEnd.compile(
      "//@version=5\nindicator(\"t\", shorttitle = \"a\", shorttitle = \"b\")\n"
    ).program
    #expect(program != nil)
  }

  @Test func `Each order call takes when, by its name or in its place`() throws {
    let enter = "strategy.entry(\"L\", strategy.long, na, na, na, na, na, \"c\", bar_index == 1)\n"
    #expect(try orders(enter).map(\.count) == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    for call in [
      "strategy.entry(\"L\", strategy.long, when = bar_index == 1)",
      "strategy.order(\"L\", strategy.short, 1, when = bar_index == 1)",
      "strategy.order(\"L\", strategy.short, 1, na, na, \"\", strategy.oca.none, \"\", bar_index == 1)",
      "strategy.close(\"L\", bar_index == 1)", "strategy.close(\"L\", when = bar_index == 1)",
      "strategy.close(\"L\", bar_index == 1, \"why\")", "strategy.close_all(bar_index == 1)",
      "strategy.close_all(when = bar_index == 1, comment = \"all\")",
      "strategy.cancel(\"L\", bar_index == 1)", "strategy.cancel_all(bar_index == 1)",
      "strategy.exit(\"X\", \"L\", stop = 1, when = bar_index == 1)",
      "strategy.exit(\"X\", \"L\", na, na, na, na, na, 1, na, na, na, \"\", \"c\", bar_index == 1)",
    ] {
      #expect(try orders(call).map(\.count) == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0], "\(call)")
    }
  }

  @Test func `A comment in its place is no when`() throws {
    let run = try ScriptRun("//@version=5\nstrategy(\"t\")\nstrategy.close(\"L\", \"bye\")\n")
    #expect(run.orders.allSatisfy { $0.count == 1 && run.texts($0[0].comment) == "bye" })
  }

  @Test func `Version 6 has no when`() {
    #expect(
      Self.errors("strategy.cancel_all(when = true)", version: 6)
        == ["'when' is not part of version 6"])
    #expect(
      Self.errors("strategy.close(\"L\", close > open)", version: 6)
        == ["'comment' of 'strategy.close' cannot be a series bool"])
  }

  @Test func `Texts stand for the constants that they are`() throws {
    let declaration =
      "strategy(\"t\", commission_type = \"percent\", commission_value = 0.1,"
      + " default_qty_type = \"percent_of_equity\", default_qty_value = 10)"
    let program = FrontEnd.compile("//@version=5\n\(declaration)\n").program
    #expect(program?.settings.broker.commission == .percent)
    #expect(program?.settings.broker.sizing == .percentOfEquity)
    for (text, kind) in [
      ("cash_per_contract", BrokerSettings.Commission.cashPerContract),
      ("cash_per_order", .cashPerOrder),
    ] {
      let made = FrontEnd.compile(
        "//@version=5\nstrategy(\"t\", commission_type = \"\(text)\", commission_value = 1)\n")
      #expect(made.program?.settings.broker.commission == kind)
    }
    #expect(
      try orders("strategy.entry(\"L\", \"short\", oca_name = \"o\", oca_type = \"cancel\")")
        .allSatisfy { $0.count == 1 && $0[0].direction == -1 && $0[0].oca == .cancel })
    #expect(
      try ScriptRun.plotted(
        "plot(strategy.percent_of_equity == \"percent_of_equity\" and size.small == \"small\""
          + " and strategy.commission.cash_per_order == \"cash_per_order\" ? 1 : 0, \"x\")")
        == [Double](repeating: 1, count: 10))
  }

  @Test(arguments: [
    ("1D", "D"), ("1W", "W"), ("1M", "M"), ("3M", "3M"), ("2D", "2D"), ("60", "60"), ("30S", "30S"),
  ])
  func `A period of one day, week or month has no number in version 5`(
    period: String, short: String
  ) throws {
    for (version, expected) in [(5, short), (6, period)] {
      let run = try ScriptRun(
        "//@version=\(version)\nindicator(\"t\")\n"
          + "plot(timeframe.period == \"\(expected)\" ? 1 : 0, \"x\")\n", timeframe: period)
      #expect(run.plots["x"] == [Double](repeating: 1, count: 10))
    }
  }

  @Test func `An output's offset may differ from bar to bar`() {
    let body = "var int k = 0\nk := bar_index % 3\nplot(close, offset = k)\n"
    let shapes = "plotshape(close > open, offset = k)\nplotchar(true, offset = k)\n"
    #expect(Self.errors(body + shapes + "bgcolor(color.red, offset = k)") == [])
    #expect(
      Self.errors(body, version: 6) == [
        "'offset' of 'plot' must be known before the first bar, but it is a series int"
      ])
  }

  @Test(arguments: [5, 6]) func `A comma may end a line`(version: Int) throws {
    let body =
      "f(a) =>\n    int p = 1, int q = 2,\n    int r = 3, float g = .5, h = a + 1\n"
      + "    h + p + q + r + g\nx = f(close),\ny = 1\nplot(x - y, \"x\")"
    #expect(
      try ScriptRun.plotted(body, version: version) == ScriptRun.closes.map { $0 + 6.5 })
  }

  @Test(arguments: [5, 6]) func `editable and active take an input`(version: Int) {
    let body =
      "on = input.bool(true)\nn = input.int(5, active = on)\nplot(close, editable = on)\n"
      + "hline(5, editable = on)\nplotshape(true, editable = on)"
    #expect(Self.errors(body, version: version) == [])
  }

  @Test(arguments: [5, 6]) func `An exit whose prices are all na is made and does nothing`(
    version: Int
  ) throws {
    let body = "var float ts = na\nstrategy.exit(\"X\", \"L\", stop = ts)"
    let run = try ScriptRun("//@version=\(version)\nstrategy(\"t\")\n\(body)\n")
    #expect(run.orders.allSatisfy { $0.count == 1 && $0[0].stop.isNaN && $0[0].limit.isNaN })
    #expect(
      Self.errors("strategy.exit(\"X\", \"L\")", version: version)
        == ["'strategy.exit' has no trigger"])
  }

  @Test func `A distance counts on the bars on which the price beside it is na`() throws {
    let body = """
      strategy.exit("X", "L", profit = 100 + bar_index, limit = bar_index < 2 ? na : 50,
           loss = 10, stop = bar_index < 2 ? 5 : na, trail_points = 7, trail_price = 60, trail_offset = 1)
      """
    func prices(_ version: Int, bar: Int) throws -> [Double] {
      let order = try ScriptRun("//@version=\(version)\nstrategy(\"t\")\n\(body)\n").orders[bar][0]
      return [order.profit, order.limit, order.loss, order.stop, order.trailPoints, order.trailPrice]
    }
    let (first, later, both) = try (prices(5, bar: 1), prices(5, bar: 2), prices(6, bar: 2))
    #expect(same(first, [101, .nan, .nan, 5, .nan, 60]))
    #expect(same(later, [.nan, 50, 10, .nan, .nan, 60]))
    #expect(same(both, [102, 50, 10, .nan, 7, 60]))
  }

  @Test func `A script without its version is read as version 6, with a warning`() {
    let compilation = FrontEnd.compile("indicator(\"t\")\nplot(5 / 2)\n", name: "t.pine")
    #expect(compilation.program?.settings.languageVersion == 6)
    #expect(
      compilation.report == """
        t.pine:1:1: warning: the script has no //@version line; fxaot reads it as version 6, \
        TradingView as version 1
          indicator("t")
          ^
          expected: a line //@version=6 or //@version=5

        """)
  }
}

/// Dates in texts, known when the script is compiled and at run time.
@Suite struct DateTextTests {
  /// Worked out with `date -u -d`.
  static let dates: [(String, Double?)] = [
    ("Feb 01 2020 22:10:05", 1_580_595_005_000), ("04 Dec 1995 00:12:00 GMT+5", 818_017_920_000),
    ("2015 03 03", 1_425_340_800_000), ("27 MAY 24 00:00 +0300", 1_716_757_200_000),
    ("2020-02-20T15:30", 1_582_212_600_000), ("20 Feb 2020", 1_582_156_800_000),
    ("2020-02-20 15:30", 1_582_212_600_000), ("1 January 2020", 1_577_836_800_000),
    ("2020/01/02", 1_577_923_200_000), ("Sat, 01 Feb 2020 22:10:05 GMT", 1_580_595_005_000),
    ("20200102", 1_577_923_200_000), ("31-Oct-2024", 1_730_332_800_000),
    ("2020-02-20T15:30:00.250Z", 1_582_212_600_250), ("5 Mar 99 12:00 EST", 920_653_200_000),
    ("2020-02-20T15:30+02:00", 1_582_205_400_000), ("Thu, 20 Feb 2020 15:30 GMT-0330", 1_582_225_200_000),
    ("2020-02", 1_580_515_200_000), ("29 Feb 2024", 1_709_164_800_000),
    ("29 Feb 2023", nil), ("yesterday", nil), ("", nil), ("2020-13-01", nil), ("20 Feb", nil),
    ("2020-02-20T25:30", nil), ("Marvel 1 2020", nil), ("1 2 3", nil), ("2020-02-20 15:30 15:30", nil),
    ("20 Feb Mar 2020", nil), ("2020-02-20 12", nil),
  ]

  @Test(arguments: dates) func `A date in a text is read`(text: String, expected: Double?) {
    #expect(DateText.milliseconds(of: text).map(Double.init) == expected)
  }

  @Test(arguments: dates) func `A text that is made on the bar is read by the same rules`(
    text: String, expected: Double?
  ) throws {
    let body = "s = close > 0 ? \"\(text)\" : str.tostring(close)\nplot(timestamp(s), \"x\")"
    let plotted = try ScriptRun.plotted(body)
    #expect(same(plotted, [Double](repeating: expected ?? .nan, count: 10)), "\(plotted)")
  }
}

/// `str.*` count characters.
@Suite struct CharacterTests {
  @Test(arguments: [
    ("str.length(\"héllo\")", 5.0), ("str.length(\"→€\")", 2), ("str.length(\"\")", 0),
    ("str.pos(\"héllo\", \"l\")", 2), ("str.pos(\"héllo\", \"é\")", 1),
    ("str.pos(\"→€x\", \"x\")", 2), ("str.substring(\"héllo\", 1, 2) == \"é\" ? 1 : 0", 1),
    ("str.substring(\"héllo\", 2) == \"llo\" ? 1 : 0", 1),
    ("str.substring(\"→€\", 1, 9) == \"€\" ? 1 : 0", 1),
    ("str.substring(\"→€\", 2) == \"\" ? 1 : 0", 1),
    ("str.upper(\"héß\") == \"HÉSS\" ? 1 : 0", 1), ("str.lower(\"ÀB\") == \"àb\" ? 1 : 0", 1),
    ("str.length(str.repeat(\"é\", 3, \"–\"))", 5),
    ("str.length(str.replace(\"aéa\", \"é\", \"ö\"))", 3),
    ("str.match(\"héllo wörld\", \"[^l]+$\") == \"d\" ? 1 : 0", 1), ("str.match(\"hé\", \"\\\\d\") == \"\" ? 1 : 0", 1),
    ("str.length(str.format(\"{0}é\", 1))", 2),
    // A text has at most 4,096 bytes; it is not cut within a character.
    ("str.length(str.repeat(\"€\", 3000))", 1365),
  ])
  func `Lengths and places are in characters`(expression: String, expected: Double) throws {
    let plotted = try ScriptRun.plotted("plot(\(expression), \"x\")")
    #expect(plotted == [Double](repeating: expected, count: 10))
    // The same where the text is made on the bar.
    let late =
      "s = close > 0 ? \"\" : \"x\"\nplot(\(expression.replacing("(\"", with: "(s + \"", maxReplacements: 1)), \"x\")"
    #expect(try ScriptRun.plotted(late) == plotted)
  }
}
