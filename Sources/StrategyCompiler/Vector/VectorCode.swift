import StrategyIR
import StrategyVM

extension PrintedSections {
  /// The array and lane code of a script, as Embedded Swift text; none where its signal needs more
  /// than a function of the bars, or than closes and volumes for the array.
  ///
  /// Names are letters and numbers from counters; nothing of the script's own texts is in it.
  ///
  /// - Parameter parameters: The values that the array form is made for; of the lanes' parameters,
  ///   those that are no numbers must be these.
  public init(
    _ program: Program, environment: ScriptEnvironment,
    parameters: [(name: String, value: ParameterValue)] = []
  ) throws(ScriptError) {
    self.init()
    hasStrategy = true
    let settled = try SignalWorlds(
      program, environment: environment, parameters: parameters, leavesOpen: false)
    if let settled, let text = VectorCode.array(settled) {
      array = Array(function: "arrayOfSignals", source: text)
    }
    let open = try SignalWorlds(
      program, environment: environment, parameters: parameters, leavesOpen: true)
    if let open, let text = VectorCode.lanes(open, program) {
      lanes = Lanes(
        parameterCount: program.parameters.count, scratchBytes: "lanesBytes", run: "lanesRun",
        source: text)
    }
  }
}

/// Puts the printed worlds together to the functions that C calls.
enum VectorCode {
  /// Worlds with more nodes than this are not worth a compiler's time.
  static let mostNodes = 20_000

  // MARK: Array

  static func array(_ worlds: SignalWorlds) -> String? {
    guard worlds.worlds.count == 1, worlds.worlds[0].program.expressions.count < mostNodes
    else { return nil }
    var printer = VectorPrinter(worlds.worlds[0], name: "A", naIsZero: true)
    guard !printer.scalar.isRefused, printer.fields.isSubset(of: [.close, .volume]) else {
      return nil
    }
    let lines =
      printer.printed() + [
        "private func arrayOfSignals(",
        "  _ parameters: UnsafePointer<Double>?, _ closes: UnsafePointer<Double>?,",
        "  _ volumes: UnsafePointer<Double>?, _ signals: UnsafeMutablePointer<Double>?,",
        "  _ count: UInt64", ") {",
        "  guard let closes, let volumes, let signals, count > 0, count < 1 << 40 else { return }",
        "  let n = Int(truncatingIfNeeded: count)",
        "  let bars = BarColumns(",
        "    open: closes, high: closes, low: closes, close: closes, volume: volumes, count: n)",
        "  let scratch = UnsafeMutableRawPointer.allocate(",
        "    byteCount: lanesSizeA(1, closes, n), alignment: 64)",
        "  let none = scratch.assumingMemoryBound(to: PeriodResults.self)",
        "  lanesVectorA(1, closes, bars, none, scratch, signals, n, false)",
        "  scratch.deallocate()", "}",
      ]
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: Lanes

  static func lanes(_ worlds: SignalWorlds, _ program: Program) -> String? {
    var printers: [VectorPrinter] = []
    for (number, world) in worlds.worlds.enumerated() {
      guard world.program.expressions.count < mostNodes else { return nil }
      let printer = VectorPrinter(world, name: "L\(number)")
      guard printer.isFlow, !printer.scalar.isRefused else { return nil }
      printers.append(printer)
    }
    var text: [String] = []
    for number in printers.indices { text += printers[number].printed() }
    text += fits(worlds, program, printers)
    text += run(worlds)
    text += [
      "private func lanesBytes(_ p: UnsafePointer<Double>?, _ count: UInt64) -> UInt64 {",
      "  guard let p, count < 1 << 32, lanesFit(p) else { return 0 }",
      "  let n = Int(truncatingIfNeeded: count)",
      "  return UInt64(truncatingIfNeeded: lanesRoomL0(8, p, n) &+ 64)", "}",
      "private func lanesRun(",
      "  _ p: UnsafePointer<Double>?, _ columns: UnsafePointer<fxaot_columns>?,",
      "  _ scratch: UnsafeMutableRawPointer?, _ signals: UnsafeMutablePointer<Double>?", ") {",
      "  guard let p, let c = columns?.pointee, let scratch, let signals, c.count > 0,",
      "    let open = c.open, let high = c.high, let low = c.low, let close = c.close,",
      "    let volume = c.volume, let time = c.time, let timeClose = c.time_close,",
      "    c.count < 1 << 32, lanesFit(p)", "  else { return }",
      "  let bars = BarColumns(",
      "    open: open, high: high, low: low, close: close, volume: volume,",
      "    count: Int(truncatingIfNeeded: c.count))",
      "  lanesRunL0(p, bars, time, timeClose, scratch, signals, bars.count, true)", "}",
    ]
    return text.joined(separator: "\n") + "\n"
  }

  /// Whether the code can take parameters: those that are printed as constants must be these.
  private static func fits(
    _ worlds: SignalWorlds, _ program: Program, _ printers: [VectorPrinter]
  ) -> [String] {
    var text = [
      "func lanesFit(_ p: UnsafePointer<Double>) -> Bool {", "  let sets = 8", "  var s = 0",
      "  while s < sets {",
    ]
    for (k, parameter) in program.parameters.enumerated() {
      let value = "p[\(k) &* sets &+ s]"
      if !worlds.isOpen[k] {
        let settled = FlowLayout.literal(worlds.parameters[k])
        text.append("    if \(value) != \(settled) { return false }")
      } else if parameter.kind == .bool {
        text.append("    if \(value) != 0, \(value) != 1 { return false }")
      } else if parameter.kind == .int {
        text.append("    if !BarCount.isWhole(\(value), -9e15, 9e15) { return false }")
      } else {
        text.append("    if \(value) != \(value) { return false }")
      }
    }
    for printer in printers {
      text += ["    do {"] + printer.checks.map { "      " + $0 } + ["    }"]
    }
    return text + ["    s &+= 1", "  }", "  return true", "}"]
  }

  /// Each world with the worlds that it reads: first those, over bars made of its own.
  private static func run(_ worlds: SignalWorlds) -> [String] {
    var text: [String] = []
    for (number, world) in worlds.worlds.enumerated().reversed() {
      let feeds = world.feeds.enumerated().compactMap { i, feed in feed.map { (i, $0) } }
      let table = max(world.feeds.count, 1)
      text += [
        "func lanesRoomL\(number)(_ sets: Int, _ p: UnsafePointer<Double>, _ count: Int) -> Int {",
        "  var bytes = lanesSizeL\(number)(sets, p, count) &+ \(64 * table)",
      ]
      for (_, feed) in feeds {
        let results = worlds.worlds[feed.world].results.count
        text += [
          "  bytes &+= PeriodColumns.bytes(count) &+ (count &+ 8) &* \(results * 64) &+ 256",
          "  bytes &+= lanesRoomL\(feed.world)(sets, p, count)",
        ]
      }
      text += ["  return bytes", "}"]
      text += [
        "func lanesRunL\(number)(",
        "  _ p: UnsafePointer<Double>, _ bars: BarColumns, _ time: UnsafePointer<Int64>,",
        "  _ timeClose: UnsafePointer<Int64>, _ scratch: UnsafeMutableRawPointer,",
        "  _ out: UnsafeMutablePointer<Double>, _ stride: Int, _ isTransposed: Bool", ") {",
        "  let requests = scratch.assumingMemoryBound(to: PeriodResults.self)",
        "  var place = scratch + \(64 * table)",
      ]
      for (i, feed) in feeds {
        let results = worlds.worlds[feed.world].results.count
        text += [
          "  do {",
          "    let made = PeriodColumns(",
          "      bars, time, timeClose, \(feed.length), \(feed.dayStart), place)",
          "    place += (PeriodColumns.bytes(bars.count) &+ 63) & ~63",
          "    let rows = place.assumingMemoryBound(to: Double.self)",
          "    place += ((bars.count &+ 8) &* \(results * 64) &+ 127) & ~63",
          "    let stride = bars.count &+ 8",
          "    lanesRunL\(feed.world)(",
          "      p, made.bars, made.time, made.timeClose, place, rows, stride, false)",
          "    (requests + \(i)).initialize(",
          "      to: PeriodResults(rows: rows, stride: stride, seen: made.seen))", "  }",
        ]
      }
      text += [
        "  lanesVectorL\(number)(8, p, bars, requests, place, out, stride, isTransposed)", "}",
      ]
    }
    return text
  }
}
