import StrategyIR
import StrategyVM

/// Prints a world as functions over columns of bars, for one or eight parameter sets:
///
///     lanesState…  bytes of the loop's state     lanesLoop…    the loop, bar by bar
///     lanesPlan…   what goes where               lanesVector…  all bars of all sets
///     lanesEight…  eight bars at a time of one set and one stretch
///
/// A stretch is some 1,024 bars; ahead of it lie as many bars as its windows reach back. All sets
/// share the rows of block sums, which do not depend on parameters.
///
/// Longer than a file should be: one template from top to bottom.
struct VectorPrinter {
  let name: String
  let naIsZero: Bool
  let world: SignalWorlds.World
  let scalar: ScalarPrinter
  let builder: FlowBuilder
  let layout: FlowLayout?
  let results: [Flow.Value]
  var text: [String] = []

  /// - Parameter naIsZero: A strategy's signal is 0 where the plot is na.
  init(_ world: SignalWorlds.World, name: String, naIsZero: Bool = false) {
    self.world = world
    self.naIsZero = naIsZero
    self.name = name
    let built = FlowBuilder(world)
    builder = built
    scalar = ScalarPrinter(world, built, naIsZero: naIsZero)
    results = built.results ?? []
    layout = built.results.map { FlowLayout(built.flow, results: $0.map(\.node)) }
  }

  /// Fields of the bar that its code reads.
  var fields: Set<BarField> { scalar.fields }
  var isFlow: Bool { layout != nil }

  /// Conditions on `p` for set `s`: whole numbers where lengths and offsets must be.
  var checks: [String] {
    let layout = FlowLayout(builder.flow, results: [])
    let open = builder.whole.keys.sorted()
    return layout.invariants(open)
      + open.map { node in
        "if !BarCount.isWhole(\(layout.scalar(node)), \(builder.whole[node] ?? 0), "
          + "\(Program.longestHistory)) { return false }"
      }
  }

  mutating func printed() -> [String] {
    text = scalar.printed(name)
    if let layout {
      printPlan(layout)
      printLanes(layout)
      printVector(layout)
    } else {
      printLoop()
    }
    return text
  }

  /// Without a flow all is the loop's.
  private mutating func printLoop() {
    text += [
      "func lanesSize\(name)(_ sets: Int, _ p: UnsafePointer<Double>, _ count: Int) -> Int {",
      "  var bytes = 0", "  var s = 0", "  while s < sets {",
      "    bytes = BarCount.larger(bytes, lanesState\(name)(sets, p, s))", "    s &+= 1", "  }",
      "  return bytes &+ 64", "}",
    ]
    text += signature
    text += [
      "  var s = 0", "  while s < sets {",
      "    lanesLoop\(name)(sets, p, s, bars, requests, 0, bars.count, scratch, out, stride, "
        + "isTransposed)",
      "    s &+= 1", "  }", "}",
    ]
  }

  var signature: [String] {
    [
      "func lanesVector\(name)(",
      "  _ sets: Int, _ p: UnsafePointer<Double>, _ bars: BarColumns,",
      "  _ requests: UnsafePointer<PeriodResults>, _ scratch: UnsafeMutableRawPointer,",
      "  _ out: UnsafeMutablePointer<Double>, _ stride: Int, _ isTransposed: Bool",
      ") {",
    ]
  }

  // MARK: The plan

  /// Whether rows of a set's own are worked out, over whole stretches.
  private func hasOwnRows(_ layout: FlowLayout) -> Bool {
    !layout.requestRows.isEmpty || layout.columns.contains(where: \.isPerSet)
  }

  private mutating func printPlan(_ layout: FlowLayout) {
    let columns = layout.columns.indices
    text += ["struct lanesPlanOf\(name) {"]
    text += ["  var start = 0, before = 0, bars = 0, length = 0, tile = 0, bytes = 0"]
    text += ["  var tileAt = 0, blocksAt = 0"]
    for c in columns {
      text.append("  var bits\(c) = 0, rowsAt\(c) = 0, columnAt\(c) = 0, reach\(c) = 0")
    }
    for f in layout.fields.indices { text.append("  var fieldAt\(f) = 0") }
    for r in layout.requestRows.indices { text.append("  var requestAt\(r) = 0") }
    text += ["}"]
    text += [
      "func lanesPlan\(name)(",
      "  _ sets: Int, _ p: UnsafePointer<Double>, _ count: Int", ") -> lanesPlanOf\(name) {",
      "  var plan = lanesPlanOf\(name)()", "  var wait = 0", "  var reach = 0", "  var state = 0",
      "  var s = 0", "  while s < sets {",
    ]
    var waits = Waits(flow: builder.flow, layout: layout)
    let wait = results.map(\.wait)
    let reach = results.map { waits.flow.reach(of: $0.node) }
    let columnReach = layout.columns.map { waits.flow.reach(of: $0.source) }
    let lengths = layout.windows.map(\.length)
    let roots = Set(lengths + waits.nodes(wait + reach + columnReach))
    text += layout.invariants(roots.sorted()).map { "    " + $0 }
    text += waits.lines(wait + reach + columnReach).map { "    " + $0 }
    for root in wait { text.append("    wait = BarCount.larger(wait, \(waits.name(root)))") }
    for root in reach { text.append("    reach = BarCount.larger(reach, \(waits.name(root)))") }
    for c in columns {
      let reach = waits.name(columnReach[c])
      text.append("    plan.reach\(c) = BarCount.larger(plan.reach\(c), \(reach))")
    }
    text.append("    state = BarCount.larger(state, lanesState\(name)(sets, p, s))")
    for window in layout.windows {
      text.append("    plan.bits\(window.column) |= Int(\(layout.scalar(window.length)))")
    }
    text += ["    s &+= 1", "  }"]
    text += [
      "  plan.before = (reach &+ 23) & ~7",
      "  plan.start = (BarCount.larger(wait, plan.before) &+ 7) & ~7",
      "  plan.bars = BarCount.larger(1024, 4 &* plan.before)",
      "  plan.tile = \(hasOwnRows(layout) ? "plan.bars" : "256")", "  plan.bytes = state",
      "  if plan.start >= count { return plan }",
      "  plan.length = plan.before &+ plan.bars",
      "  let row = ((plan.length &+ 7) & ~7) &+ 16", "  var at = (state &+ 63) / 64 &* 8",
    ]
    for f in layout.fields.indices { text += ["  plan.fieldAt\(f) = at", "  at &+= row"] }
    for r in layout.requestRows.indices { text += ["  plan.requestAt\(r) = at", "  at &+= row"] }
    for c in columns {
      let rows = layout.columns[c].hasMoments ? "SeriesMoments" : "SeriesSums"
      text += [
        "  plan.columnAt\(c) = at", "  at &+= \(layout.columns[c].field == nil ? "row" : "0")",
        "  plan.rowsAt\(c) = at",
        "  at &+= \(rows).scratchCount(window: plan.bits\(c), length: plan.length) &+ 8",
      ]
    }
    text += [
      "  plan.blocksAt = at",
      "  at &+= \(max(layout.windowCount, 1)) &* SeriesMean.mostBlocks &* 4",
      "  plan.tileAt = at", "  at &+= sets == 1 ? 0 : sets &* (plan.tile &+ 8)",
      "  plan.bytes = at &* 8", "  return plan", "}",
      "func lanesSize\(name)(_ sets: Int, _ p: UnsafePointer<Double>, _ count: Int) -> Int {",
      "  lanesPlan\(name)(sets, p, count).bytes &+ 64", "}",
    ]
  }

  // MARK: Lanes

  /// Parameters of a stretch, by their names: fields, columns, rows, requests' rows.
  private func stretchParameters(_ layout: FlowLayout) -> [(name: String, type: String)] {
    var made: [(String, String)] = []
    for f in layout.fields.indices { made.append(("f\(f)", "UnsafePointer<Double>")) }
    for r in layout.requestRows.indices { made.append(("r\(r)", "UnsafePointer<Double>")) }
    for (c, column) in layout.columns.enumerated() {
      made.append(("c\(c)", column.hasMoments ? "SeriesMoments" : "SeriesSums"))
    }
    return made
  }

  private mutating func printLanes(_ layout: FlowLayout) {
    let parameters = stretchParameters(layout).map { ", _ \($0.name): \($0.type)" }.joined()
    text += [
      "@inline(never)",
      "func lanesEight\(name)(",
      "  _ sets: Int, _ p: UnsafePointer<Double>, _ s: Int, _ base: Int, _ from: Int, _ to: Int,",
      "  _ blocks: UnsafeMutablePointer<SeriesMean.Block>, _ out: UnsafeMutablePointer<Double>,",
      "  _ stride: Int\(parameters)", ") {",
    ]
    text += layout.invariants(layout.invariantRoots).map { "  " + $0 }
    for (number, window) in layout.windows.enumerated() {
      let column = layout.columns[window.column]
      let (sums, squares) =
        column.hasMoments
        ? ("c\(window.column).sums", "c\(window.column).squares") : ("c\(window.column)", "nil")
      text.append(
        "  let w\(number) = BlockWindow(Int(\(layout.scalar(window.length))), \(sums), \(squares), "
          + "blocks + \(number) &* SeriesMean.mostBlocks)")
    }
    var printer = LanePrinter(builder.flow, layout, indent: "    ")
    for (r, value) in results.enumerated() {
      var made = printer.number(value.node)
      if naIsZero { made = "Eight.nz(\(made), fxaot_v8_all(0))" }
      printer.line("Eight.store(\(made), out + (\(r) &* sets &* stride &+ t &- from), to &- t)")
    }
    text += printer.head.map { "  " + $0 }
    text += ["  var t = from", "  while t < to {"]
    text += printer.lines
    text += ["    t &+= 8", "  }", "}"]
  }

  // MARK: All bars

  private mutating func printVector(_ layout: FlowLayout) {
    text += signature
    text += [
      "  let plan = lanesPlan\(name)(sets, p, bars.count)",
      "  let doubles = scratch.assumingMemoryBound(to: Double.self)",
      "  let blocks = UnsafeMutableRawPointer(doubles + plan.blocksAt)",
      "    .assumingMemoryBound(to: SeriesMean.Block.self)", "  let before = plan.before",
      "  func loop(_ from: Int, _ to: Int) {", "    var s = 0", "    while s < sets {",
      "      lanesLoop\(name)(",
      "        sets, p, s, bars, requests, from, to, scratch, out, stride, isTransposed)",
      "      s &+= 1", "    }", "  }",
      "  loop(0, plan.start < bars.count ? plan.start : bars.count)",
      "  var start = plan.start",
    ]
    for (c, column) in layout.columns.enumerated() where column.hasMoments {
      text += [
        "  if start < bars.count {",
        "    SeriesMoments.prepare(",
        "      scratch: doubles + plan.rowsAt\(c), window: plan.bits\(c), length: plan.length)",
        "  }",
      ]
    }
    text += [
      "  while start < bars.count {", "    let left = bars.count &- start",
      "    let n = plan.bars < left ? plan.bars : left", "    let length = before &+ n",
      "    let base = start &- before",
    ]
    for (f, field) in layout.fields.enumerated() {
      text += ["    var f\(f) = bars.\(field) + base"]
    }
    if !layout.fields.isEmpty {
      text.append("    if left < n &+ 8 {")
      for f in layout.fields.indices {
        text += [
          "      (doubles + plan.fieldAt\(f)).update(from: f\(f), count: length)",
          "      f\(f) = UnsafePointer(doubles + plan.fieldAt\(f))",
        ]
      }
      text.append("    }")
    }
    for c in layout.columns.indices where !layout.columns[c].isPerSet { printColumn(layout, c) }
    printSets(layout)
    text += ["    start &+= n", "  }", "}"]
  }

  /// Works out a column and the rows over it.
  private mutating func printColumn(_ layout: FlowLayout, _ c: Int) {
    let column = layout.columns[c]
    var source = column.field.map(layout.field) ?? ""
    if column.field == nil {
      source = "d\(c)"
      text += ["    let d\(c) = doubles + plan.columnAt\(c)", "    do {"]
      // What all sets share has only what they all have: no parameters, and no rows of one set.
      let roots = layout.invariantRoots.filter { column.isPerSet || !layout.isPerSet[$0] }
      text += layout.invariants(roots).map { "      " + $0 }
      for (number, window) in layout.windows.enumerated() where window.column < c {
        let over = layout.columns[window.column]
        let isShared = !over.isPerSet && !layout.isPerSet[window.length]
        guard column.isPerSet || isShared else { continue }
        let (sums, squares) =
          over.hasMoments
          ? ("c\(window.column).sums", "c\(window.column).squares")
          : ("c\(window.column)", "nil")
        text.append(
          "      let w\(number) = BlockWindow(Int(\(layout.scalar(window.length))), \(sums), "
            + "\(squares), blocks + \(number) &* SeriesMean.mostBlocks)")
      }
      var printer = LanePrinter(builder.flow, layout, indent: "        ")
      let made = printer.number(column.source)
      text += printer.head.map { "      " + $0 }
      text += ["      var t = (plan.reach\(c) &+ 7) & ~7", "      while t < length {"]
      text += printer.lines
      text += [
        "        fxaot_v8_store(d\(c) + t, \(made))", "        t &+= 8", "      }", "    }",
      ]
    }
    let from = column.field == nil ? "(plan.reach\(c) &+ 7) & ~7" : "0"
    text.append(
      "    if Eight.hasNaN(\(source), \(from), length) { return loop(start, bars.count) }")
    let type = column.hasMoments ? "SeriesMoments" : "SeriesSums"
    let windows = column.hasMoments ? "window" : "windows"
    text += [
      "    let c\(c) = \(type)(",
      "      \(source), scratch: doubles + plan.rowsAt\(c), \(windows): plan.bits\(c), "
        + "length: plan.length)",
      "    c\(c).fill(length: length)",
    ]
  }

  /// Sets within parts of the stretch, or parts within sets where a set has rows of its own.
  private mutating func printSets(_ layout: FlowLayout) {
    let arguments = stretchParameters(layout).map { ", " + $0.name }.joined()
    text += [
      "    let tile = doubles + plan.tileAt", "    let room = plan.tile &+ 8",
      "    var from = before",
      "    while from < length {",
      "      let to = from &+ plan.tile < length ? from &+ plan.tile : length", "      var s = 0",
      "      while s < sets {",
    ]
    for (r, row) in layout.requestRows.enumerated() {
      text += [
        "        let r\(r) = doubles + plan.requestAt\(r)", "        do {", "          var t = 0",
        "          while t < length {",
        "            r\(r)[t] = requests[\(row.request)].value(\(row.result), sets, s, base &+ t, "
          + "\(row.isBool ? "0" : ".nan"))",
      ]
      if row.isBool { text.append("            r\(r)[t] = Pine.nz(r\(r)[t], 0)") }
      text += ["            t &+= 1", "          }", "        }"]
    }
    for c in layout.columns.indices where layout.columns[c].isPerSet { printColumn(layout, c) }
    text += [
      "        let at = isTransposed ? tile + s &* room : out + (s &* stride &+ base &+ from)",
      "        lanesEight\(name)(sets, p, s, base, from, to, blocks, at, stride\(arguments))",
      "        s &+= 1", "      }",
      "      if isTransposed {", "        var t = from", "        while t &+ 8 <= to {",
      "          fxaot_v8_transpose(tile + (t &- from), Int64(room), out + (base &+ t) &* 8)",
      "          t &+= 8", "        }", "        while t < to {", "          var s = 0",
      "          while s < 8 {",
      "            out[(base &+ t) &* 8 &+ s] = tile[s &* room &+ t &- from]",
      "            s &+= 1",
      "          }", "          t &+= 1", "        }", "      }", "      from = to", "    }",
    ]
  }
}
