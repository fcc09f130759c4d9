import Artifacts
import StrategyVM

/// Plans to artifacts: from the cache, or by the compiler into the cache.
public final class ArtifactMaker {
  public struct Made: Equatable {
    /// The path of the manifest.
    public var manifest: String
    public var isCached: Bool
    /// What of the sections was left out, and why.
    public var warning: String?
  }

  public let cache: ArtifactCache
  private let environment: [String: String]
  private let tool: String
  private var kernels: KernelSources?
  private let known = KnownModules()
  /// See `NativeCompiler`.
  public var seconds = 60.0
  public var isCancelled: () -> Bool = { false }

  /// - Parameters:
  ///   - environment: of the process; see `Toolchain.find` and others for its variables.
  ///   - tool: the path of the running program, near which the kernels' sources are.
  public init(environment: [String: String], tool: String) throws(CompilerError) {
    self.environment = environment
    self.tool = tool
    cache = ArtifactCache(folders: try CacheFolders.find(environment: environment))
  }

  /// Throws where nothing can be compiled here, whatever it is.
  public func check() throws(CompilerError) {
    _ = try compiler()
    try cache.folders.make()
  }

  /// Longer programs are not compiled: the compiler's time grows with the square of it, and this is
  /// some half a minute. The virtual machine runs them.
  public static let mostInstructions = 8_000

  /// The artifact of a plan for one processor. 0.2 s where it is not cached, 3 s more for a
  /// processor's first one. Without the sections, and with a warning, where the compiler does not
  /// take them.
  public func make(
    _ plan: NativePlan, sections: PrintedSections = PrintedSections(), for cpu: CPULevel
  ) throws(CompilerError) -> Made {
    let count = plan.worlds.reduce(0) { $0 + $1.instructions.count }
    guard count <= ArtifactMaker.mostInstructions else {
      throw .tooLarge(
        "the script has \(count) instructions and is not compiled, as that would take minutes: "
          + "at most \(ArtifactMaker.mostInstructions) are")
    }
    do throws(CompilerError) {
      return try makeAll(plan, sections, cpu)
    } catch {
      guard case .failed(let why) = error, sections.array != nil || sections.lanes != nil else {
        throw error
      }
      var made = try makeAll(plan, PrintedSections(), cpu)
      made.warning = "its array code is left out, because it does not compile: \(why)"
      return made
    }
  }

  private func makeAll(
    _ plan: NativePlan, _ sections: PrintedSections, _ cpu: CPULevel
  ) throws(CompilerError) -> Made {
    let compiler = try compiler()
    let key = key(of: plan.hash, sections, compiler, cpu)
    if let manifest = cache.manifest(of: key) { return Made(manifest: manifest, isCached: true) }
    let source = try StepPrinter(plan, sections: sections).source()
    let library = try compiler.library(of: source, for: cpu)
    let manifest = try cache.store(library, as: key, created: ArtifactMaker.now())
    return Made(manifest: manifest, isCached: false)
  }

  /// What is cached of a plan without further sections; nil where nothing is, or where there is no
  /// compiler whose work it could be.
  public func find(plan hash: [UInt8], for cpu: CPULevel) -> String? {
    guard let compiler = try? compiler() else { return nil }
    return cache.manifest(of: key(of: hash, PrintedSections(), compiler, cpu))
  }

  private func compiler() throws(CompilerError) -> NativeCompiler {
    let toolchain = try Toolchain.find(
      environment: environment, versions: cache.folders.compilers)
    var compiler = NativeCompiler(
      toolchain: toolchain, kernels: try findKernels(), cache: cache.folders)
    compiler.seconds = seconds
    compiler.isCancelled = isCancelled
    compiler.known = known
    return compiler
  }

  /// They are read once.
  private func findKernels() throws(CompilerError) -> KernelSources {
    if let kernels { return kernels }
    let found = try KernelSources.find(environment: environment, tool: tool)
    kernels = found
    return found
  }

  private func key(
    of plan: [UInt8], _ sections: PrintedSections, _ compiler: NativeCompiler, _ cpu: CPULevel
  ) -> ArtifactKey {
    let extra = [
      sections.array.map { $0.function + "\n" + $0.source },
      sections.lanes.map {
        "\($0.parameterCount)\n\($0.scratchBytes)\n\($0.run)\n\($0.source)"
      },
      sections.hasStrategy ? "strategy" : nil,
    ]
    return ArtifactKey(
      plan: plan, sections: extra.map { $0 ?? "" }.joined(separator: "\n\n"),
      kernels: compiler.kernels.hash, compiler: compiler.toolchain.version,
      toolchain: compiler.toolchain.identity, cpu: cpu, printer: printer)
  }

  /// The printer is part of this program: another build is another printer, for all one can tell.
  private lazy var printer: String = {
    guard let status = Disk.status(tool) else { return "" }
    return "\(status.size) \(status.modified)"
  }()

  /// As in `2026-03-31T10:15:00Z`.
  static func now() -> String {
    var seconds = time(nil)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func padded(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let date = "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
    let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(padded).joined(separator: ":")
    return date + "T" + clock + "Z"
  }
}
