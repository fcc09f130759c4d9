import Artifacts

/// All that decides over the bytes of a compiled strategy.
public struct ArtifactKey: Hashable, Sendable {
  /// SHA-256 of the plan.
  public var plan: [UInt8]
  /// What else is in the library besides the plan's steps; empty for nothing.
  public var sections: String
  /// SHA-256 of the kernels' sources.
  public var kernels: [UInt8]
  /// What the compiler calls itself.
  public var compiler: String
  /// `Toolchain.identity`: compiler and linker.
  public var toolchain: String
  public var cpu: CPULevel
  /// Tells the code that turned the plan into Swift from other versions of it.
  public var printer: String

  public init(
    plan: [UInt8], sections: String, kernels: [UInt8], compiler: String, toolchain: String = "",
    cpu: CPULevel, printer: String
  ) {
    self.plan = plan
    self.sections = sections
    self.kernels = kernels
    self.compiler = compiler
    self.toolchain = toolchain
    self.cpu = cpu
    self.printer = printer
  }

  /// SHA-256, as hexadecimal digits.
  var text: String {
    let parts = [
      HexText.text(plan), HexText.text(SHA256.hash(sections.utf8)), HexText.text(kernels),
      compiler, toolchain, cpu.name, printer, String(ArtifactCache.abi),
    ]
    return HexText.text(
      SHA256.hash((parts + NativeCompiler.flags).joined(separator: "\n").utf8))
  }
}
