import Foundation
import Research
import Testing

@testable import fxaot

/// Reports of runs with the tool. Tests/web looks at their pages in a browser.
struct ReportTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @discardableResult
  private func fxaot(_ arguments: [String]) throws -> String? {
    try scratch.fxaot(arguments)
  }

  private func bars() throws -> String {
    try scratch.fiveBars()
  }

  private func script(_ title: String = "S", _ body: String = "") throws -> String {
    try scratch.file(
      "script.pine",
      """
      //@version=6
      strategy("\(title)")
      length = input.int(2, "Length")
      plot(ta.sma(close, length), "Average")
      if bar_index == 0
          strategy.entry("L", strategy.long)
      if bar_index == 2
          strategy.close("L")
      if bar_index == 3
          strategy.entry("S", strategy.short)
      \(body)
      """)
  }

  private func report(_ name: String) -> String { scratch.path + "/" + name }

  private func json(_ name: String) throws -> [String: Any] {
    let read = try JSONSerialization.jsonObject(with: Data(try scratch.text(name).utf8))
    return try #require(read as? [String: Any])
  }

  private func column(_ packed: Any?) throws -> [Double] {
    let packed = try #require(packed as? [String: Any])
    let text = try #require(packed["data"] as? String)
    let bytes = try #require(Data(base64Encoded: text))
    let scale = try #require(packed["scale"] as? Double)
    if packed["type"] as? String == "i32" {
      return bytes.withUnsafeBytes { $0.bindMemory(to: Int32.self).map { $0 == .min ? .nan : Double($0) / scale } }
    }
    return bytes.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
  }

  @Test func `the data has bars, equity, plots, trades and figures`() throws {
    let output = report("out.json")
    #expect(
      try fxaot(["run", try script(), "--bars", try bars(), "--param", "Length=3", "--report", output]) == nil)
    let data = try json("out.json")
    #expect(data["format"] as? String == "fxaot report")
    let chart = try #require(data["bars"] as? [String: Any])
    #expect(chart["count"] as? Int == 5)
    #expect(try column(chart["time"])[1] == 1_743_380_100)
    #expect(try column(chart["close"]) == [100.5, 102, 103, 99, 99.5])
    #expect(try column(chart["equity"]) == [1_000_000, 1_000_001.5, 1_000_002.5, 1_000_002.5, 1_000_002])
    let trades = try #require(data["trades"] as? [String: Any])
    #expect(try column(trades["entryPrice"]) == [100.5, 99])
    #expect(try column(trades["entryBar"]) == [1, 4])
    #expect(try column(trades["exitBar"])[0] == 3)
    #expect(try column(trades["profit"]) == [2.5, -0.5])
    // At 98.5 and 104 of the bars before the exit.
    #expect(try column(trades["runup"])[0] == 3.5)
    let plots = try #require(data["plots"] as? [[String: Any]])
    #expect(plots[0]["title"] as? String == "Average")
    let values = try #require(plots[0]["values"] as? [String: Any])
    #expect(try column(values["series"])[2...].map { ($0 * 1e6).rounded() / 1e6 } == [101.833333, 101.333333, 100.5])
    let figures = try #require(data["figures"] as? [[String: Any]])
    let net = figures.first { $0["name"] as? String == "Net profit" }
    #expect((net?["values"] as? [Double]) == [2.5, 2.5, 0])
    #expect((data["inputs"] as? [[String?]]) == [["Length", "3", "2"]])
    let facts = try #require(data["facts"] as? [[String]])
    #expect(facts.map { $0[0] } == ["script", "data", "tool", "command"])
    #expect(facts[1][1].hasPrefix(scratch.path + "/bars.csv, sha-256 "))
    #expect(facts[1][1].count == (scratch.path + "/bars.csv, sha-256 ").count + 64)
  }

  @Test func `inputs are shown as a script writes them`() throws {
    let path = try scratch.file(
      "inputs.pine",
      """
      //@version=6
      strategy("Inputs")
      a = input.float(1.5, "Float")
      b = input.bool(true, "Bool")
      c = input.string("x", "Text")
      d = input.color(#11223344, "Colour")
      e = input.source(close, "Source")
      f = input.time(timestamp("2024-01-01"), "Time")

      """)
    let options = ["--param", "Float=2", "--param", "Source=hl2", "--param", "Text=x", "--report", report("out.json")]
    #expect(try fxaot(["run", path, "--bars", try bars()] + options) == nil)
    let inputs = try #require(try json("out.json")["inputs"] as? [[Any]])
    #expect(
      inputs.map { $0.map { $0 as? String } } == [
        ["Float", "2", "1.5"], ["Bool", "true", nil], ["Text", "x", nil], ["Colour", "#11223344", nil],
        ["Source", "hl2", "close"], ["Time", "2024-01-01T00:00:00Z", nil],
      ])
  }

  @Test func `a report changes neither trades nor plots`() throws {
    let path = try script("S", "plotshape(close > open, \"Up\")\nplotarrow(close - open)\n")
    let run = ["run", path, "--bars", try bars()]
    let outputs = { (name: String) in ["--trades", report(name + ".csv"), "--plots", report(name + "-plots.csv")] }
    #expect(try fxaot(run + outputs("with") + ["--report", report("out.json")]) == nil)
    #expect(try fxaot(run + outputs("without")) == nil)
    #expect(try scratch.text("with.csv") == scratch.text("without.csv"))
    #expect(try scratch.text("with-plots.csv") == scratch.text("without-plots.csv"))
    let drawn = try #require(try json("out.json")["plots"] as? [[String: Any]])
    #expect(drawn.map { $0["call"] as? String } == ["plot", "plotshape", "plotarrow"])
    #expect(try column((drawn[1]["values"] as? [String: Any])?["series"]) == [1, 1, 1, 0, 1])
  }

  @Test func `what draws has its values, colours and pane`() throws {
    let path = try script(
      "S",
      """
      a = plot(close, "Among", color = close > open ? #00ff0080 : na, show_last = 2)
      b = plot(close * 1000, "Far", color = #ff0000ff)
      c = plot(close * 1001, "Like", display = display.none, offset = 1)
      fill(b, c, color.red)
      bgcolor(close > open ? color.red : color.blue)
      plot(close * 1000, "Forced", force_overlay = true)
      hline(102, "Level")
      """)
    #expect(try fxaot(["run", path, "--bars", try bars(), "--report", report("out.json")]) == nil)
    let drawn = try #require(try json("out.json")["plots"] as? [[String: Any]]).dropFirst()
    #expect(drawn.map { $0["title"] as? String } == ["Among", "Far", "Like", "", "", "Forced", "Level"])
    // The script is not to be drawn among the prices: the background is that of its own pane.
    #expect(drawn.map { $0["pane"] as? Int } == [0, 1, 1, 1, 1, 0, 0])
    #expect(drawn.map { $0["hidden"] as? Bool } == [false, false, true, false, false, false, false])
    #expect(drawn.map { $0["offset"] as? Int } == [0, 0, 1, 0, 0, 0, 0])
    #expect(drawn.map { $0["between"] as? [Int] } == [[], [], [], [2, 3], [], [], []])
    func colors(_ place: Int) -> [String: Any]? { drawn[place]["colors"] as? [String: Any] }
    let among = try #require(colors(1)?["color"] as? [String: Any])
    #expect(among["palette"] as? [String] == ["#00ff0080"])
    #expect(try column(among["index"]).map { $0.isNaN ? -1 : $0 } == [0, 0, 0, -1, 0])
    #expect(
      try column((drawn[1]["values"] as? [String: Any])?["series"]).map { $0.isNaN ? -1 : $0 } == [
        -1, -1, -1, 99, 99.5,
      ])
    #expect(colors(2)?["color"] as? String == "#ff0000ff")
    let back = try #require(colors(5)?["color"] as? [String: Any])
    #expect(back["palette"] as? [String] == ["#f23645ff", "#2962ffff"])
    #expect(try column(back["index"]) == [0, 0, 0, 1, 0])
    #expect((drawn[7]["values"] as? [String: Any])?["price"] as? Double == 102)
  }

  @Test func `a run in an account draws what a back-test of the same bars draws`() throws {
    let path = try script(
      "S", "bgcolor(close > open ? color.red : na)\nif bar_index == 2\n    label.new(bar_index, high, \"here\")\n")
    let account = try scratch.file("account.jsonl", "")
    let run = ["run", path, "--bars", try bars(), "--symbol", "EURUSD"]
    #expect(try fxaot(run + ["--report", report("test.json")]) == nil)
    #expect(try fxaot(run + ["--account", account, "--report", report("account.json")]) == nil)
    let (test, live) = (try json("test.json"), try json("account.json"))
    let labels = try #require(live["drawings"] as? NSArray)
    #expect(labels.count == 1)
    #expect(labels == test["drawings"] as? NSArray)
    // No quote has ended the last bar.
    func drawn(_ data: [String: Any]) throws -> ([Double], [Double]) {
      let plots = try #require(data["plots"] as? [[String: Any]])
      let average = try column((plots[0]["values"] as? [String: Any])?["series"])
      let back = try column(((plots[1]["colors"] as? [String: Any])?["color"] as? [String: Any])?["index"])
      return (Array(average[1..<4]), back[..<4].map { $0.isNaN ? -1 : $0 })
    }
    let (values, colors) = try drawn(live)
    #expect(try drawn(test) == (values, colors))
    #expect(values == [101.25, 102.5, 101])
    #expect(colors == [0, 0, 0, -1])
  }

  @Test func `the report has the bars on which orders are allowed`() throws {
    let arguments = ["--from", "2025-03-31T00:30:00Z", "--report", report("out.json")]
    #expect(try fxaot(["run", try script(), "--bars", try bars()] + arguments) == nil)
    let chart = try #require(try json("out.json")["bars"] as? [String: Any])
    #expect(chart["count"] as? Int == 3)
    #expect(try column(chart["time"])[0] == 1_743_381_000)
  }

  @Test func `no text of a script ends an element of the page`() throws {
    let evil = "</script></title><script>hacked()</script><img src=x onerror=hacked()>&'"
    let path = try script(
      evil, "label.new(bar_index, high, \"</script><script>hacked()</script>\")\nplot(open, \"<script>hacked()\")\n")
    #expect(try fxaot(["run", path, "--bars", try bars(), "--report", report("out.html")]) == nil)
    let page = try scratch.text("out.html")
    #expect(!page.contains("<script>hacked"))
    #expect(!page.contains("<img"))
    #expect(page.contains("<title>&lt;/script&gt;&lt;/title&gt;&lt;script&gt;hacked()"))
    #expect(page.contains("default-src 'none'; script-src 'sha256-"))
  }

  @Test func `another run stands beside this one`() throws {
    let other = report("other.json")
    #expect(try fxaot(["run", try script("Other </script>"), "--bars", try bars(), "--report", other]) == nil)
    let page = ["--report", report("out.html"), "--compare", other]
    #expect(try fxaot(["run", try script(), "--bars", try bars()] + page) == nil)
    let text = try scratch.text("out.html")
    #expect(text.contains("id=\"other\">{"))
    #expect(text.contains("Other \\u003c/script\\u003e"))
  }

  @Test func `what cannot be a report is refused`() throws {
    let run = ["run", try script(), "--bars", try bars()]
    #expect(
      try fxaot(run + ["--report", "out.txt"]) == "--report out.txt: a report's name ends in .html, .json or .png")
    #expect(try fxaot(run + ["--compare", "a.json"]) == "--compare goes with --report NAME.html")
    #expect(
      try fxaot(run + ["--report", report("a.json"), "--compare", "a.json"])
        == "--compare goes with a report that is a page: --report NAME.html")
    let wrong = try scratch.file("wrong.json", "{\"format\": \"another\"}")
    #expect(
      try fxaot(run + ["--report", report("a.html"), "--compare", wrong])
        == "--compare wrong.json: this is no report's data; --report NAME.json writes such a file")
    #expect(
      try fxaot(["run", "--strategy", "ma_crossover", "--ticks", "x", "--report", "a.html"])
        == "--report is for a script, not for --strategy")
  }

  @Test func `a damaged run to compare is refused`() throws {
    let other = report("other.json")
    let run = ["run", try script(), "--bars", try bars(), "--report"]
    #expect(try fxaot(run + [other]) == nil)
    let whole = try scratch.text("other.json")
    func refusal(_ text: String) throws -> String? {
      #expect(text != whole)
      let path = try scratch.file("damaged.json", text)
      return try fxaot(run + [report("out.html"), "--compare", path])
    }
    let damaged = "--compare damaged.json: the report's data is damaged: "
    let figures = try refusal(whole.replacing("\"figures\":[", with: "\"figures\":[5,"))
    #expect(figures == damaged + "figures")
    #expect(try refusal(whole.replacing("\"inputs\":[[", with: "\"inputs\":[[1,")) == damaged + "inputs")
    #expect(try refusal(whole.replacing("\"currency\":\"", with: "\"currency\":1,\"x\":\"")) == damaged + "currency")
    #expect(try refusal(whole.replacing("\"strategy\":true", with: "\"strategy\":1")) == damaged + "strategy")
    for name in ["time", "equity"] {
      #expect(try refusal(cut(whole, name, "data", "AAA=")) == damaged + "bars.\(name)")
      #expect(try refusal(cut(whole, name, "data", "A")) == damaged + "bars.\(name)")
      #expect(try refusal(cut(whole, name, "type", "i16")) == damaged + "bars.\(name)")
    }
    #expect(try refusal("{\"format\":\"fxaot report\",\"version\":1}") == damaged + "title")
    #expect(
      try refusal(String(whole.prefix(whole.count / 2)))
        == "--compare damaged.json: this is no report's data; --report NAME.json writes such a file")
  }

  /// A report's data with another text for a column's member.
  private func cut(_ data: String, _ column: String, _ member: String, _ text: String) throws -> String {
    let start = try #require(data.firstRange(of: "\"\(column)\":{"))
    let name = try #require(data[start.upperBound...].firstRange(of: "\"\(member)\":\""))
    let end = try #require(data[name.upperBound...].firstIndex(of: "\""))
    return data[..<name.upperBound] + text + data[end...]
  }

  @Test func `an output that cannot be written is refused before the run`() throws {
    // The script would stop on its first bar.
    let path = try scratch.file("stops.pine", "//@version=6\nstrategy(\"S\")\nruntime.error(\"ran\")\n")
    let run = ["run", path, "--bars", try bars()]
    for option in ["--report", "--trades", "--plots", "--drawings"] {
      #expect(
        try fxaot(run + [option, report("missing/out.html")])
          == "cannot write missing/out.html: No such file or directory", "\(option)")
    }
    try scratch.folder("folder")
    #expect(try fxaot(run + ["--trades", report("folder")]) == "cannot write folder: Is a directory")
    #expect(try fxaot(run + ["--trades", report("out.csv")])?.contains("ran") == true)
  }

  @Test func `a picture is a whole PNG`() throws {
    #expect(try fxaot(["run", try script(), "--bars", try bars(), "--report", report("out.png")]) == nil)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: report("out.png"))))
    #expect(Array(bytes[..<8]) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    #expect(Array(bytes[16..<24]) == [0, 0, 0x04, 0xB0, 0, 0, 0x02, 0xD0])
    #expect(Array(bytes.suffix(12)) == [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
  }

  @Test func `a list of trades and its bars make the same equity as the run`() throws {
    let trades = report("trades.csv")
    let run = ["run", try script(), "--bars", try bars()]
    #expect(try fxaot(run + ["--trades", trades, "--report", report("run.json")]) == nil)
    #expect(try fxaot(["report", trades, "--bars", try bars(), "--report", report("list.json")]) == nil)
    let (of, list) = (try json("run.json"), try json("list.json"))
    for name in ["time", "close", "equity", "lowest"] {
      #expect(
        try column((of["bars"] as? [String: Any])?[name]) == column((list["bars"] as? [String: Any])?[name]), "\(name)")
    }
  }

  @Test func `a list that does not fit is refused`() throws {
    let header = "trade,side,entry_time,entry_price,exit_time,exit_price,qty,profit,entry_id,exit_id\n"
    func refusal(_ text: String) throws -> String? {
      let path = try scratch.file("trades.csv", text)
      return try fxaot(["report", path, "--bars", try bars(), "--report", report("a.json")])
    }
    #expect(try refusal("") == "trades.csv is empty")
    #expect(
      try refusal("trade,side\n")?.hasPrefix("trades.csv has no column entry_time; the columns are those") == true)
    #expect(
      try refusal(header + "1,up,2025-03-31T00:15:00Z,1,,,1,0,,\n")
        == "trades.csv:2: side is long or short, not 'up'")
    #expect(
      try refusal(header + "1,long,2025-03-31T00:15:00Z,x,,,1,0,,\n")
        == "trades.csv:2: entry_price is no number: 'x'")
    #expect(
      try refusal(header + "1,long,2025-03-31T00:15:00Z,1,2025-03-31T00:00:00Z,1,1,0,,\n")
        == "trades.csv:2: the trade ends before it begins")
    #expect(
      try refusal(header + "1,long,2020-03-31T00:15:00Z,1,,,1,0,,\n")
        == "trade 1 is not within the bars, which are of 2025-03-31T00:00:00Z to 2025-03-31T01:15:00Z")
  }

  @Test func `a picture joins bars that share a column`() {
    let values = [3.0, 1, 2, .nan, 5, 4]
    let series = StillSeries(count: 6, columns: 3) { (values[$0], values[$0] + 1, values[$0]) }
    #expect(series.columns.map(\.low) == [1, 2, 4])
    #expect(series.columns.map(\.high) == [4, 3, 6])
    #expect(series.columns.map(\.last) == [1, 2, 4])
    #expect((series.low, series.high) == (1, 6))
    var pane = StillPane("P", places: 0, bars: 6, columns: 3)
    pane.add(series, line: .text, range: .range)
    #expect(pane.share(3.5) == 0.5)
    #expect((0..<6).map { pane.column(of: $0) } == [0, 0, 1, 1, 2, 2])
    var far = StillPane("P", places: 0, bars: 2, columns: 2)
    far.add(StillSeries(count: 2, columns: 2) { $0 == 0 ? (-1e308, 0, 0) : (0, 1e308, 0) }, line: .text, range: .range)
    #expect(far.share(5) == 0)
  }

  @Test(
    arguments: [
      ([22.5, 41.123456, 77.25], 2), ([0, 100], 0), ([12.5, 99], 1), ([-0.000412, 0.00039], 6), ([0.0125, 0.6], 3),
      ([1234.5678, 9876.54], 0), ([3.14159265], 2), ([70], 0), ([0], 0), ([], 0),
    ] as [([Double], Int)])
  func `a scale has the decimals that its values need`(values: [Double], places: Int) {
    var pane = StillPane("P", places: 5, bars: 1, columns: 1)
    for value in values { pane.take(value) }
    pane.choosePlaces()
    #expect(pane.places == places)
  }

  @Test(arguments: [
    ("15", "15 min"), ("60", "1 h"), ("240", "4 h"), ("90", "90 min"), ("30S", "30 s"), ("1D", "1D"), ("1W", "1W"),
    ("3M", "3M"), ("", ""), ("odd", "odd"),
  ])
  func `a picture names its timeframe as people do`(timeframe: String, shown: String) {
    let report = Report(
      title: "T", symbol: "", timeframe: timeframe, currency: "", decimals: 0, isStrategy: false,
      record: RunRecord(initialCapital: 0))
    #expect(report.length == shown)
  }

  @Test func `letters and lines have their points`() {
    var image = PixelImage(width: 12, height: 8, .init(0xFFFFFF))
    image.text("i", x: 0, y: 0, .init(0x010203), scale: 1, most: 12)
    image.line(6, 0, 8, 2, .init(0x010203))
    image.line(-5, 20, 40, 20, .init(0x010203))
    let rows = (0..<8).map { y in
      (0..<12).map { x in image[x, y].map { $0 == (1, 2, 3) } == true ? "#" : "." }.joined()
    }
    #expect(
      rows == [
        ".###..#.....", "..#....#....", "..#.....#...", "..#.........", "..#.........", "..#.........", ".###........",
        "............",
      ])
    #expect(image[12, 0] == nil)
  }

  @Test func `numbers of a column come back as they were`() throws {
    func packed(_ values: [Double], _ decimals: Int) throws -> (type: String, values: [Double]) {
      let read = try JSONSerialization.jsonObject(with: Data(NumberColumn.tree(values, decimals: decimals).bytes))
      let members = try #require(read as? [String: Any])
      return (try #require(members["type"] as? String), try column(members))
    }
    let prices = try packed([1.10001, 0.99999, -3], 5)
    #expect(prices.type == "i32")
    #expect(prices.values == [1.10001, 0.99999, -3])
    let holes = try packed([1, .nan, 2], 0)
    #expect(holes.type == "i32")
    #expect(holes.values[1].isNaN && holes.values[2] == 2)
    let fine = try packed([1.0 / 3, 1e300], 5)
    #expect(fine.type == "f64")
    #expect(fine.values == [1.0 / 3, 1e300])
  }
}
