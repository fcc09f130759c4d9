import Artifacts

/// Makes shared libraries of printed strategies: `swift-frontend` in Embedded mode, then `ld.lld`.
/// The kernels are compiled once per compiler, processor and version of their sources, into a module
/// that is kept; a strategy's own text then takes 0.2 s.
public struct NativeCompiler {
  public let toolchain: Toolchain
  public let kernels: KernelSources
  let folders: CacheFolders
  /// Of one run of the compiler or linker, of the wall clock.
  public var seconds = 60.0
  var known = KnownModules()
  /// Of the strategy; the kernels are optimized anyway.
  var isOptimized = true
  /// Asked for a few times a second; true calls the compilation off.
  public var isCancelled: () -> Bool = { false }

  public init(
    toolchain: Toolchain, kernels: KernelSources, cache: CacheFolders
  ) {
    self.toolchain = toolchain
    self.kernels = kernels
    folders = cache
  }

  /// What of the calls below decides over the code, besides the texts and the processor.
  static let flags = [
    "-O", "-enable-experimental-feature", "Embedded", "-disable-objc-interop", "-parse-as-library",
    // Else squareRoot() keeps a call of libm as a fallback, and its loops stay scalar.
    "-Xcc", "-fno-math-errno",
  ]

  /// The bytes of a shared library that exports fxaot_native_open and needs only the C library.
  /// Leaves nothing on the disk but the kernels' module.
  public func library(of source: String, for cpu: CPULevel) throws(CompilerError) -> [UInt8] {
    let module = try kernelModule(for: cpu)
    let scratch = try ScratchFolder(in: folders.work)
    try Disk.write(Array(source.utf8), to: scratch.file("strategy.swift"))
    try compile("strategy", module, cpu, in: scratch)
    let library = scratch.file("strategy.so")
    try link(scratch, to: library)
    let bytes = try Disk.read(library, limit: 1 << 26)
    // What is not optimized keeps the words of traps that cannot happen, and with them putchar.
    if isOptimized { try LinkCheck.check(bytes) }
    return bytes
  }

  /// What clang calls the processor.
  static func march(_ cpu: CPULevel) throws(CompilerError) -> String {
    switch cpu {
    case .native:
      guard cpu == .thisMachine else {
        throw .failed("\(cpu.name) is another architecture; this machine is \(CPULevel.thisMachine.name)")
      }
      return "native"
    case .x86_64v2, .x86_64v3, .x86_64v4:
      #if arch(x86_64)
        return cpu.name
      #else
        throw .failed("cannot make code for \(cpu.name) on this processor")
      #endif
    case .aarch64:
      #if arch(arm64)
        return "armv8-a"
      #else
        throw .failed("cannot make code for \(cpu.name) on this processor")
      #endif
    }
  }

  // MARK: - the steps

  /// `NAME.swift` to `NAME.o`. Names without folders, so that the same text gives the same bytes.
  func compile(
    _ name: String, _ module: String, _ cpu: CPULevel, in scratch: ScratchFolder
  ) throws(CompilerError) {
    try run(
      toolchain.frontend,
      ["-frontend", "-c", name + ".swift"] + NativeCompiler.flags
        + (isOptimized ? [] : ["-Onone"])
        + [
          "-target", toolchain.target, "-Xcc", "-march=" + (try NativeCompiler.march(cpu)),
          "-I", module, "-I", module + "/include", "-module-cache-path", module + "/clang",
          "-module-name", "strategy", "-o", name + ".o",
        ],
      doing: "compile the strategy", in: scratch.path)
  }

  private func link(_ scratch: ScratchFolder, to library: String) throws(CompilerError) {
    let exports = scratch.file("exports")
    try Disk.write(Array("{ global: fxaot_native_open; local: *; };\n".utf8), to: exports)
    try run(
      toolchain.linker,
      [
        "-shared", scratch.file("strategy.o"), "--version-script", exports, "--gc-sections",
        "--strip-all", "--build-id=none", "-z", "now", "-z", "relro", "-z", "noexecstack",
        "-o", library,
      ] + NativeCompiler.systemLibraries, doing: "link the strategy", in: scratch.path)
  }

  /// Named where they are, so that the library says which versions of their functions it means;
  /// without them its calls are bound when it is loaded.
  private static let systemLibraries: [String] = {
    #if arch(x86_64)
      let folders = ["/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64"]
    #else
      let folders = ["/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64"]
    #endif
    let found = ["libm.so.6", "libc.so.6"].compactMap { name in
      folders.map { $0 + "/" + name }.first { Disk.status($0) != nil }
    }
    return found.isEmpty ? [] : ["--as-needed"] + found
  }()

  /// Runs one program; `work` names its task in an error.
  func run(
    _ program: String, _ arguments: [String], doing work: String, in folder: String
  ) throws(CompilerError) {
    let child = ChildProcess(
      program: program, arguments: arguments, folder: folder, seconds: seconds,
      variables: ["TMPDIR": folder, "LC_ALL": "C"], isCancelled: isCancelled)
    let outcome = try child.run()
    switch outcome.end {
    case .exited(0): return
    case .cancelled: throw .cancelled
    default: throw ToolMessage.error(outcome, program, doing: work, seconds)
    }
  }
}
