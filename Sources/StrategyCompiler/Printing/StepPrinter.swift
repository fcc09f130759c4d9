import CFxaot
import StrategyIR
import StrategyVM

/// Prints a plan as Swift: a step function for each world, the script as a strategy where that is
/// possible and asked for, and the function that an artifact exports. The same text for the same plan.
///
/// Nothing of the text comes from the plan but numbers and the names of cases: names are counted,
/// texts are numbers, kernels are printed by the VM's bindings.
public struct StepPrinter {
  private let plan: NativePlan
  private let sections: PrintedSections
  /// Before each name at the file's top level.
  private let prefix: String
  private let symbol: String?

  /// - Parameters:
  ///   - prefix: Lets several plans stand in one file.
  ///   - symbol: What the C function is exported as; nil: it is not.
  public init(
    _ plan: NativePlan, sections: PrintedSections = PrintedSections(), prefix: String = "",
    symbol: String? = "fxaot_native_open"
  ) {
    self.plan = plan
    self.sections = sections
    self.prefix = prefix
    self.symbol = symbol
  }

  public static let imports = "import CFxaot\nimport Indicators\n"

  /// The whole file. Throws where a script is nested deeper than the compiler would read.
  public func source() throws(CompilerError) -> String {
    "// A script's steps, printed from its plan.\n" + Self.imports + (try declarations())
  }

  /// The same without the imports.
  public func declarations() throws(CompilerError) -> String {
    var out = SourceText()
    for (number, world) in plan.worlds.enumerated() {
      out.blank()
      out.line("// World \(number): \(world.stateBytes) bytes of state.")
      var printer = WorldPrinter(world, .hosted, into: out)
      try printer.print("\(prefix)step\(number)")
      out = printer.out
    }
    let signal = sections.hasStrategy ? plan.signal : nil
    if let signal {
      out.blank()
      out.line("// World 0 as a strategy: its plot \(signal).")
      var printer = WorldPrinter(plan.worlds[0], .signal(plot: signal), into: out)
      try printer.print("\(prefix)signal")
      out = printer.out
      printReset(plan.worlds[0], into: &out)
    }
    printOpen(hasSignal: signal != nil, into: &out)
    let extra = [sections.array?.source, sections.lanes?.source].compactMap { $0 }
    return ([out.text] + extra).joined(separator: "\n")
  }

  // MARK: The state of the strategy

  private func printReset(_ world: PlannedWorld, into out: inout SourceText) {
    let pointer = "UnsafeMutableRawPointer"
    out.blank()
    out.open(
      "private func \(prefix)reset(_ parameters: UnsafePointer<Double>?, _ state: \(pointer)?) {")
    out.line("guard let state else { return }")
    out.line(
      "state.initializeMemory(as: UInt8.self, repeating: 0, count: \(world.stateBytes))")
    for run in Self.runs(of: world.registers) where run.value.bitPattern != 0 {
      let place = WorldCode.headerBytes + 8 * run.start
      out.line("\(prefix)fill(state + \(place), \(run.count), \(WorldPrinter.literal(run.value)))")
    }
    for slot in world.series {
      out.line(
        "state.storeBytes(of: \(slot.capacity - 1), toByteOffset: \(slot.offset + 8), as: Int.self)"
      )
      let cells = slot.offset + SeriesHeader.bytes
      let empty = WorldPrinter.literal(slot.empty)
      out.line("\(prefix)fill(state + \(cells), \(slot.capacity), \(empty))")
    }
    for slot in world.kernels where !slot.text.isEmpty {
      out.line("Pine.\(slot.text).reset(state + \(slot.stateOffset))")
    }
    out.close()
    out.blank()
    out.open("private func \(prefix)fill(_ at: \(pointer), _ count: Int, _ value: Double) {")
    out.line("at.initializeMemory(as: Double.self, repeating: value, count: count)")
    out.close()
  }

  private static func runs(of values: [Double]) -> [(start: Int, count: Int, value: Double)] {
    var runs: [(start: Int, count: Int, value: Double)] = []
    for (i, x) in values.enumerated() {
      if let last = runs.last, last.value.bitPattern == x.bitPattern {
        runs[runs.count - 1].count += 1
      } else {
        runs.append((i, 1, x))
      }
    }
    return runs
  }

  // MARK: What is exported

  private func printOpen(hasSignal: Bool, into out: inout SourceText) {
    out.blank()
    if hasSignal { out.line("private nonisolated(unsafe) var \(prefix)multiples: UInt32 = 1\n") }
    if let symbol { out.line("@_cdecl(\"\(symbol)\")") }
    out.open(
      "public func \(prefix)open(_ out: UnsafeMutablePointer<fxaot_native>?) -> Int32 {")
    out.line("guard let out else { return 1 }")
    out.line("out.pointee.abi_version = UInt32(FXAOT_ABI_VERSION)")
    out.line("out.pointee.world_count = \(plan.worlds.count)")
    out.line("out.pointee.plan = (\(plan.hash.map(String.init).joined(separator: ", ")))")
    printByWorld("state_bytes", "0", into: &out) { "\(plan.worlds[$0].stateBytes)" }
    printByWorld("step", "nil", into: &out) { "\(prefix)step\($0)" }
    if hasSignal { printSignal(into: &out) }
    if let lanes = sections.lanes {
      out.line("out.pointee.lanes.param_count = \(lanes.parameterCount)")
      out.line("out.pointee.lanes.scratch_bytes = \(lanes.scratchBytes)")
      out.line("out.pointee.lanes.run = \(lanes.run)")
    }
    out.line("return 0")
    out.close()
  }

  private func printByWorld(
    _ member: String, _ otherwise: String, into out: inout SourceText, _ value: (Int) -> String
  ) {
    out.open("out.pointee.\(member) = { world in")
    out.line("switch world {")
    for number in plan.worlds.indices { out.line("case \(number): return \(value(number))") }
    out.line("default: return \(otherwise)")
    out.line("}")
    out.close()
  }

  private func printSignal(into out: inout SourceText) {
    out.line("let name: StaticString = \"script\"")
    out.line("out.pointee.signal.abi_version = UInt32(FXAOT_ABI_VERSION)")
    out.line(
      "out.pointee.signal.name = UnsafeRawPointer(name.utf8Start)"
        + ".assumingMemoryBound(to: CChar.self)")
    out.line("out.pointee.signal.feed_count = 1")
    out.line(
      "withUnsafePointer(to: &\(prefix)multiples) { out.pointee.signal.feed_multiples = $0 }")
    out.line("out.pointee.signal.state_bytes = { _ in \(plan.worlds[0].stateBytes) }")
    out.line("out.pointee.signal.reset = \(prefix)reset")
    out.line("out.pointee.signal.step = \(prefix)signal")
    if let array = sections.array { out.line("out.pointee.signal.array = \(array.function)") }
  }
}

extension NativePlan {
  /// The plot that makes the script a strategy, if it needs nothing but bars for it: no requests, no
  /// book, no texts, no clock, and no step that can stop the script.
  var signal: Int? {
    guard let plot = signalPlot, worlds.count == 1, let world = worlds.first,
      world.given.isEmpty,
      world.fields.allSatisfy({ WorldPrinter.expression($0, .signal(plot: plot)) != nil }),
      world.stateBytes <= Int(FXAOT_MAX_STATE_BYTES)
    else { return nil }
    return world.instructions.allSatisfy(WorldPrinter.needsOnlyBars) ? plot : nil
  }
}
