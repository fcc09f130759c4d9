import Testing

@testable import StrategyLanguage

/// One cause, one error: what a script needs is said once, and what follows from it is not said.
@Suite struct CauseTests {
  /// What is said about a script, a line each: line:column, message, and what would be right.
  private static func said(_ script: String) -> [String] {
    let compilation = FrontEnd.compile(script + "\n", name: "t.pine")
    return compilation.diagnostics.map {
      let place = compilation.source.position(of: $0.range.lowerBound)
      let hint = $0.suggestion.map { " ▸ \($0)" } ?? ""
      return "\(place.line):\(place.column) \($0.message)\(hint)"
    }
  }

  private static func said(of body: String, version: Int = 6) -> [String] {
    said("//@version=\(version)\nindicator(\"t\")\n\(body)")
  }

  // MARK: What there is not

  @Test func `A missing library is one error, with what it exports`() {
    let script = """
      //@version=6
      indicator("t")
      import someone/tools/2 as tools
      x = tools.smooth(close, 5)
      [u, d] = tools.bands(close)
      tools.State s = tools.init()
      plot(x + u - d + s.value)
      """
    #expect(Self.said(script) == ["3:1 the library 'someone/tools/2' is not there"])
  }

  @Test(arguments: [
    (
      "x = request.footprint(10, 70)\nplot(x.poc().up_price())",
      "3:5 not supported: footprints"
    ),
    (
      "s = ticker.renko(syminfo.tickerid)\nplot(request.security(s, \"\", close))",
      "3:5 not supported: other chart types"
    ),
  ])
  func `What is missing is said once`(body: String, expected: String) {
    #expect(Self.said(of: body) == expected.split(separator: "\n").map(String.init))
  }

  @Test func `The sentence and JSON count the places`() {
    let compilation = FrontEnd.compile(
      "//@version=6\nindicator(\"t\")\na = ticker.renko()\nb = ticker.kagi(a)\n", name: "t.pine")
    #expect(
      compilation.report == """
        t.pine:3:5: error: not supported: other chart types (2 places, first at 3:5)
          a = ticker.renko()
              ^^^^^^^^^^^^

        """)
    #expect(compilation.json.contains("\"message\":\"not supported: other chart types (2 places, first at 3:5)\""))
    #expect(compilation.json.contains("\"places\":2}"))
  }

  // MARK: Names of other versions and languages

  @Test(arguments: [
    ("x = sma(close, 5)", "3:5 unknown function 'sma' ▸ ta.sma"),
    (
      "x = sma(close, 5) + sma(open, 5)\ny = sma(high, 3)",
      "3:5 unknown function 'sma' (3 places, first at 3:5) ▸ ta.sma"
    ),
    ("x = crossover(close, open)", "3:5 unknown function 'crossover' ▸ ta.crossover"),
    ("x = max(close, open)", "3:5 unknown function 'max' ▸ math.max"),
    ("x = tostring(close)", "3:5 unknown function 'tostring' ▸ str.tostring"),
    ("x = security(syminfo.tickerid, \"D\", close)", "3:5 unknown function 'security' ▸ request.security"),
    (
      "x = security(tickerid, \"D\", close)",
      "3:5 unknown function 'security' ▸ request.security\n3:14 'tickerid' is not declared ▸ syminfo.tickerid"
    ),
    (
      "x = request.security(syminfo.tickerid, resolution = \"D\", expression = close)",
      "3:40 'request.security' has no parameter 'resolution' ▸ timeframe"
    ),
    ("x = iff(close > open, 1, 0)", "3:5 unknown function 'iff' ▸ a ? b : c"),
    (
      "x = n > 5 and isdaily", "3:5 'n' is not declared ▸ bar_index\n3:15 'isdaily' is not declared ▸ timeframe.isdaily"
    ),
    ("plot(tr, color = red)", "3:6 'tr' is not declared ▸ ta.tr\n3:18 'red' is not declared ▸ color.red"),
    (
      "len = input(14, type = input.integer, minval = 1)\nplot(ta.sma(close, len))",
      "3:17 'input' has no parameter 'type' since version 5 ▸ input.int(…)"
    ),
    (
      "tf = input(\"D\", type = input.resolution)",
      "3:17 'input' has no parameter 'type' since version 5 ▸ input.timeframe(…)"
    ),
    ("len = input(14, minval = 1)", "3:17 'input' has no parameter 'minval' ▸ input.int or input.float"),
    ("bgcolor(color.red, transp = 80)", "3:29 'transp' is not part of version 6"),
    (
      "x = close > open && close > 5 || open > 3",
      "3:18 '&&' is not an operator ▸ and\n3:31 '||' is not an operator ▸ or"
    ),
    ("a = true\nx = !a\ny = !(close > open)", "4:5 '!' is not an operator (2 places, first at 4:5) ▸ not"),
    (
      "x = a && b && c",
      "3:7 '&&' is not an operator (2 places, first at 3:7) ▸ and\n3:5 'a' is not declared\n3:10 'b' is not declared\n3:15 'c' is not declared"
    ),
    ("y = foo + foo * foo", "3:5 'foo' is not declared (3 places, first at 3:5)"),
    ("y = ta.smma(close, 5)", "3:5 unknown function 'ta.smma' ▸ ta.sma"),
    ("x = close\nx = open", "4:1 'x' is already declared in this block"),
    ("lenght = 5\nx = ta.sma(close, length)", "4:19 'length' is not declared ▸ lenght"),
    ("Point p = na", "3:1 'Point' is not a type"),
  ])
  func `A name of another version or language is led to its name of now`(
    body: String, expected: String
  ) {
    let lines = expected.split(separator: "\n").map(String.init)
    #expect(Self.said(of: body).sorted() == lines.sorted())
  }

  @Test func `An old script is one error`() {
    #expect(
      Self.said("//@version=4\nstudy(\"t\")\nx = sma(close, input(5, type=input.integer))\nplot(x)")
        == ["1:1 version 4 of the language is not supported"])
    #expect(Self.said("//@version=7\nx") == ["1:1 version 7 of the language is not supported"])
    let compilation = FrontEnd.compile("//@version=3\nstudy(\"t\")")
    #expect(
      compilation.diagnostics[0].expected
        == "//@version=5 or //@version=6; TradingView's Pine Editor converts older scripts")
    #expect(
      Self.said("study(\"t\")\nplot(close)") == [
        "1:1 the script has no //@version line; fxaot reads it as version 6, TradingView as version 1",
        "1:1 unknown function 'study' ▸ indicator",
      ])
    #expect(
      Self.said("//@version=5\nstudy(\"t\", overlay=true)\nplot(close)")
        == ["2:1 unknown function 'study' ▸ indicator"])
    #expect(
      Self.said(
        "//@version=5\nstrategy(\"t\")\nif close > open\n    strategy.entry(\"L\", long = true)")
        == ["4:25 'strategy.entry' has no parameter 'long' ▸ direction"])
  }

  @Test func `An unknown value causes no further errors`() {
    let body = """
      x = unknown(close)
      a = x > 5 and x or not x
      b = a ? x : -x
      int n = x
      s = "a" + x
      c = ta.ema(x, n) + ta.sma(close, x) + math.max(x, 1)
      d = x[1] + close[x]
      e = if x
          x
      else
          1
      g = switch x
          1 => x
          => 2
      for i = 0 to x
          n += i
      while x
          n += 1
      f(float y, int k) => y + k
      plot(f(x, x) + b + c + d + e + g)
      l = input.int(x, minval = x)
      o = input.int(2, options = [x, 2])
      m = input.source(x)
      z = request.security(x, x, x)
      [u, v] = x ? [1, x] : x
      x := 5
      x += 1
      x.push(5)
      """
    #expect(Self.said(of: body) == ["3:5 unknown function 'unknown'"])
  }

  // MARK: What is accepted

  @Test(arguments: [5, 6])
  func `Everyday scripts have no errors`(version: Int) {
    for script in Self.everyday {
      #expect(Self.said("//@version=\(version)\n" + script) == [], "\(script)")
    }
  }

  private static let everyday = [
    """
    strategy("RSI", overlay = true, default_qty_type = strategy.percent_of_equity,
         default_qty_value = 10, commission_type = strategy.commission.percent,
         commission_value = 0.04)
    length = input.int(14, "Length", minval = 1, group = "RSI", tooltip = "Bars")
    src = input.source(close, "Source")
    bool useStop = input.bool(true, "Stop?")
    var float entry = na
    rsi = ta.rsi(src, length)
    longCondition = ta.crossover(rsi, 30) and strategy.position_size == 0
    if longCondition
        strategy.entry("Long", strategy.long, comment = "in " + str.tostring(rsi, "#.##"))
        entry := close
    if useStop and strategy.position_size > 0
        strategy.exit("X", "Long", stop = entry * 0.98, limit = entry * 1.04)
    plotshape(longCondition, "Buy", shape.triangleup, location.belowbar, color.green, size = size.small)
    hline(30), hline(70, "top", color = color.red, linestyle = hline.style_dashed)
    alertcondition(longCondition, "Buy", "Buy {{ticker}}")
    """,
    """
    indicator("Bands", shorttitle = "B", overlay = true, max_labels_count = 500)
    [mid, up, dn] = ta.bb(close, 20, 2.0)
    p1 = plot(up, "Upper", color = color.new(color.blue, 50), linewidth = 2)
    p2 = plot(dn, "Lower", style = plot.style_circles)
    fill(p1, p2, color = color.rgb(33, 150, 243, 95), title = "Back")
    bull = close > open ? color.green : color.red
    barcolor(bull)
    if barstate.islast
        label l = label(na)
        l := label.new(bar_index, high, "last", style = label.style_label_down)
        label.set_text(l, str.format("{0,number,#.##}", close))
    var table t = table.new(position.top_right, 1, 2, border_width = 1)
    table.cell(t, 0, 0, "RSI", text_color = color.white)
    """,
    """
    indicator("Sessions")
    inSession(string s) => not na(time(timeframe.period, s))
    london = inSession("0800-1600:23456")
    var float hi = na
    hi := london and not london[1] ? high : london ? math.max(nz(hi, high), high) : hi
    d = request.security(syminfo.tickerid, "D", close[1], lookahead = barmerge.lookahead_on)
    [o, h] = request.security(syminfo.tickerid, "W", [open, high])
    kind = switch
        close > d => "up"
        close < d => "down"
        => "flat"
    plot(kind == "up" ? hi : o + h, "x", color = london ? color.teal : na)
    bgcolor(london ? color.new(color.teal, 90) : na)
    start = timestamp(2020, 1, 1, 0, 0), end = timestamp("31 Dec 2030 23:59 +0000")
    plot(time >= start and time < end ? dayofweek : hour(time, "America/New_York"))
    """,
    """
    strategy("Loops", pyramiding = 2)
    ma(src, len, kind) =>
        switch kind
            "EMA" => ta.ema(src, len)
            "SMA" => ta.sma(src, len)
            => ta.wma(src, len)
    kind = input.string("EMA", "Kind", options = ["EMA", "SMA", "WMA"])
    fast = ma(close, 9, kind), slow = ma(close, 21, kind)
    int count = 0
    for i = 1 to 10
        if close[i] > close
            continue
        count += 1
        if count > 8
            break
    i = 0
    while i < 3
        i += 1
    strategy.risk.max_drawdown(10, strategy.percent_of_equity)
    if ta.crossover(fast, slow) and count > 2
        strategy.entry("L", strategy.long, qty = 1, oca_name = "o", oca_type = strategy.oca.cancel)
    if ta.crossunder(fast, slow)
        strategy.close_all(comment = "out")
    plot(strategy.equity - strategy.initial_capital)
    plot(strategy.closedtrades > 0 ? strategy.closedtrades.profit(strategy.closedtrades - 1) : na)
    """,
  ]
}
