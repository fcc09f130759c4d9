import Artifacts
import StrategyCompiler
import StrategyIR
import StrategyVM

/// The work of one `fxaot compile`.
struct CompileJob {
  let place: ScriptPlace
  let levels: [CPULevel]
  let parameters: [String]
  let settings: [String]
  let libraries: LibraryFolders
  let hasArrays: Bool
  /// Then a parameter that it has not is an error.
  let isOnlyScript: Bool
  private let maker: ArtifactMaker
  private let folder: ArtifactFolder?

  init(
    place: ScriptPlace, levels: [CPULevel], parameters: [String], settings: [String], libraries: LibraryFolders,
    hasArrays: Bool, isOnlyScript: Bool, output: String?, timeLimit: Double
  ) throws(ToolError) {
    self.place = place
    self.levels = levels
    self.parameters = parameters
    self.settings = settings
    self.libraries = libraries
    self.hasArrays = hasArrays
    self.isOnlyScript = isOnlyScript
    maker = try CompileJob.maker()
    maker.seconds = timeLimit
    maker.isCancelled = { Interrupt.isRequested }
    folder = try output.map { (path) throws(ToolError) in
      try CompileJob.told { () throws(CompilerError) in try ArtifactFolder(path) }
    }
  }

  /// Of this process.
  static func maker() throws(ToolError) -> ArtifactMaker {
    try told { () throws(CompilerError) in
      try ArtifactMaker(
        environment: ProcessInfo.processInfo.environment,
        tool: toolPath)
    }
  }

  private static var toolPath: String {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return link ?? CommandLine.arguments[0]
  }

  /// The compiler's errors as the tool's.
  static func told<Result>(
    _ body: () throws(CompilerError) -> Result
  ) throws(ToolError) -> Result {
    do {
      return try body()
    } catch .cancelled {
      throw .interrupted
    } catch {
      throw .failed(error.sentence)
    }
  }

  /// Compiles all, and answers those that failed; what was wrong with each is on standard error.
  func run(_ scripts: [String]) throws(ToolError) -> [String] {
    try CompileJob.told { () throws(CompilerError) in try maker.check() }
    let output = try OutputFile(nil)
    var failed: [String] = []
    for script in scripts {
      try Interrupt.check()
      do throws(ToolError) {
        try output.write(try compile(script) + "\n")
        try output.flush()
      } catch .failed(let sentence) {
        StandardError.note(sentence.contains(script) ? sentence : "\(script): \(sentence)")
        failed.append(script)
      }
    }
    try output.finish()
    return failed
  }

  /// Answers the path of the manifest.
  private func compile(_ path: String) throws(ToolError) -> String {
    let start = ContinuousClock.now
    let isTemplate = path.hasSuffix(ScriptSource.templateSuffix)
    let program = try ScriptSource(path, settings: isTemplate ? settings : [], libraries: libraries).program()
    let (plan, sections) = try place.plan(
      of: program, path, parameters: parameters(for: program), hasArrays: hasArrays)
    var manifests: [String] = []
    var fresh = 0
    for level in levels {
      let made = try CompileJob.told { () throws(CompilerError) in
        try maker.make(plan, sections: sections, for: level)
      }
      if let warning = made.warning { StandardError.note("\(path): \(warning)") }
      manifests.append(made.manifest)
      if !made.isCached { fresh += 1 }
    }
    let place = try CompileJob.told { () throws(CompilerError) in
      guard let folder else { return manifests[0] }
      try folder.write(program.encoded(), as: ScriptFolder.name(path) + ".fxir")
      return try folder.write(manifests)
    }
    let elapsed = (ContinuousClock.now - start).components
    let milliseconds = elapsed.seconds * 1_000 + elapsed.attoseconds / 1_000_000_000_000_000
    let work = fresh == 0 ? "cached" : "compiled"
    StandardError.write(
      "\(path): \(work) for \(levels.map(\.name).joined(separator: ", ")) in \(milliseconds) ms\n")
    return place
  }

  /// Of several scripts, each takes the values of the inputs that it has.
  private func parameters(for program: Program) -> [String] {
    guard !isOnlyScript else { return parameters }
    let names = Set(program.parameters.flatMap { [$0.title, $0.variable] })
    return parameters.filter { text in
      names.contains(String(text.prefix { $0 != "=" }))
    }
  }
}
