import ArgumentParser
import Artifacts
import StrategyCompiler
import StrategyIR

/// `fxaot compile`: scripts to native code.
struct CompileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile",
    abstract: "Compile scripts to native code, into the cache or for a release.",
    discussion: """
      Files of scripts (.pine) and templates (.pine.stencil), or folders of them. Without --output \
      the code is for this machine and goes into the cache, and its place is written to standard \
      output. With --output it goes to a folder for a release: HEX.manifest and a HEX.CPU.so for \
      each processor, HEX being the hash of the script's steps, and the script itself as NAME.fxir.

      Code depends on what a script reads of its place and on the values of its inputs; most \
      scripts read no more of their place than the step of prices. See docs/compiling.md for the \
      compiler it needs, and for the variables FXAOT_SWIFT, FXAOT_KERNELS and FXAOT_CACHE.

      Example:
        fxaot compile strategies/ -o priv/artifacts
        fxaot compile cross.pine --param Fast=8 --symbol USDJPY --timeframe 5m
        fxaot compile --emit swift cross.pine
      """)

  enum Emission: String, ExpressibleByArgument, CaseIterable { case swift }

  @Argument(help: ArgumentHelp("Scripts, templates, or folders of them.", valueName: "path"))
  var paths: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder for the artifacts of a release.", valueName: "folder"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      """
      native, x86-64-v2, x86-64-v3, x86-64-v4 or aarch64; several make variants of one artifact, \
      of which the best is loaded (default: native; with --output, x86-64-v3 and x86-64-v4, or \
      aarch64).
      """, valueName: "cpu,…"))
  var cpu: String?

  @Option(
    name: [.customLong("param"), .customShort("p")],
    help: ArgumentHelp(
      "A value for an input, in every script that has it; may be repeated.", valueName: "name=value"))
  var parameters: [String] = []

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "A value for the templates; see fxaot render. May be repeated.", valueName: "name=value"))
  var settings: [String] = []

  @Option(help: "The symbol that the scripts will run on.")
  var symbol = "EURUSD"

  @Option(help: "Decimals of the symbol's prices, where they are not the usual ones.")
  var decimals: Int?

  @OptionGroup var libraryOptions: LibraryOptions

  @Option(help: "Length of a bar: 30s, 1m, 5m, 1h, 4h, 1d …")
  var timeframe = "1m"

  @Flag(
    inversion: .prefixedNo,
    help: """
      Also code for whole histories and for eight sets of values at once, where a script's signal \
      is a function of the bars; takes the compiler up to 2 s more (default: with --output).
      """)
  var arrays: Bool?

  @Option(help: "swift: print one script's Swift text instead of compiling it.")
  var emit: Emission?

  @Option(help: "Seconds that one run of the compiler may take.")
  var timeLimit = 60.0

  func run() throws {
    try ScriptSource.check(settings, for: paths.filter { FileStatus(path: $0)?.isFolder != true })
    guard timeLimit > 0, timeLimit < 1e6 else {
      throw ToolError.failed("--time-limit must be above 0")
    }
    let scripts = try ScriptFolder.scripts(paths)
    let place = try ScriptPlace(symbol: symbol, decimals: decimals, timeframe: timeframe)
    if emit != nil { return try printSource(scripts, place) }
    try refuseSameNames(scripts)
    let job = try CompileJob(
      place: place, levels: levels(), parameters: parameters, settings: settings,
      libraries: libraryOptions.all(), hasArrays: arrays ?? (output != nil), isOnlyScript: scripts.count == 1,
      output: output,
      timeLimit: timeLimit)
    let failed = try job.run(scripts)
    guard failed.isEmpty else {
      throw ToolError.failed(
        scripts.count == 1
          ? "\(failed[0]) was not compiled"
          : "\(failed.count) of \(scripts.count) scripts were not compiled: "
            + failed.joined(separator: ", "))
    }
  }

  private func printSource(_ scripts: [String], _ place: ScriptPlace) throws {
    guard scripts.count == 1, output == nil else {
      throw ToolError.failed("--emit swift prints one script to standard output")
    }
    let source = try ScriptSource(scripts[0], settings: settings, libraries: libraryOptions.all())
    let (plan, sections) = try place.plan(
      of: source.program(), scripts[0], parameters: parameters,
      hasArrays: arrays ?? false)
    let text = try CompileJob.told { () throws(CompilerError) in
      try StepPrinter(plan, sections: sections).source()
    }
    let file = try OutputFile(nil)
    try file.write(text)
    try file.finish()
  }

  /// Two programs cannot both be NAME.fxir.
  private func refuseSameNames(_ scripts: [String]) throws(ToolError) {
    guard output != nil else { return }
    var seen: [String: String] = [:]
    for script in scripts {
      if let other = seen.updateValue(script, forKey: ScriptFolder.name(script)) {
        throw .failed("\(other) and \(script) would both become \(ScriptFolder.name(script)).fxir")
      }
    }
  }

  private func levels() throws(ToolError) -> [CPULevel] {
    guard let cpu else { return output == nil ? [.thisMachine] : CompileCommand.releaseLevels }
    var levels: [CPULevel] = []
    for name in cpu.split(separator: ",", omittingEmptySubsequences: false) {
      guard let level = name == "native" ? .thisMachine : CPULevel(name) else {
        throw .failed(
          "'\(name)' is not a processor; use native, x86-64-v2, x86-64-v3, x86-64-v4 or aarch64")
      }
      if !levels.contains(level) { levels.append(level) }
    }
    return levels
  }

  private static var releaseLevels: [CPULevel] {
    #if arch(x86_64)
      [.x86_64v3, .x86_64v4]
    #else
      [.aarch64]
    #endif
  }
}
