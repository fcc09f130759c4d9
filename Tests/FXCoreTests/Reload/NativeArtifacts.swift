import Artifacts
import Foundation
import StrategyCompiler
import StrategyVM
import Testing

@testable import FXCore

/// Native code of scripts, made by this machine's toolchain; the kernels are compiled once.
enum NativeArtifacts {
  static let toolchain = try? Toolchain.find(environment: ProcessInfo.processInfo.environment)

  private static let root: String = {
    let path = NSTemporaryDirectory() + "/fxaot-tests-" + UUID().uuidString
    atexit { NativeArtifacts.remove() }
    return path
  }()

  private static func remove() { try? FileManager.default.removeItem(atPath: root) }

  private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../..").standardizedFileURL.path

  static func make(_ plan: NativePlan) throws -> NativeCode {
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    let compiler = NativeCompiler(
      toolchain: try #require(toolchain),
      kernels: try KernelSources(
        indicators: project + "/Sources/Indicators", include: project + "/c_src/include"),
      cache: CacheFolders(root: root))
    let library = try compiler.library(of: try StepPrinter(plan).source(), for: .thisMachine)
    let file = root + "/" + UUID().uuidString + ".so"
    try Data(library).write(to: URL(fileURLWithPath: file))
    defer { try? FileManager.default.removeItem(atPath: file) }
    return try NativeCode(opening: file)
  }
}
