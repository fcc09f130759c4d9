/// The text file that describes an artifact's shared libraries.
///
///     fxaot-artifact 1
///     abi 4
///     plan 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
///     compiler Swift version 6.3.1 (swift-6.3.1-RELEASE)
///     kernels 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
///     created 2026-03-31T10:15:00Z
///     variant x86-64-v3 9f86….x86-64-v3.so fcde2b2edba56bf408601fb721fe9b5c…  13824
///
/// Each key appears once, `variant` once for every processor.
public struct Manifest: Equatable, Sendable {
  public static let format = 1
  /// Longer ones are refused unread.
  public static let longestBytes = 65_536

  public struct Variant: Equatable, Sendable {
    public var cpu: CPULevel
    /// A plain name in the manifest's own folder.
    public var file: String
    /// SHA-256 of the file.
    public var hash: [UInt8]
    public var byteCount: Int

    public init(cpu: CPULevel, file: String, hash: [UInt8], byteCount: Int) {
      self.cpu = cpu
      self.file = file
      self.hash = hash
      self.byteCount = byteCount
    }
  }

  /// FXAOT_ABI_VERSION of the header it was compiled with.
  public var abi: UInt32
  /// SHA-256 of the plan.
  public var plan: [UInt8]
  public var compiler: String
  /// SHA-256 of the kernels' sources.
  public var kernels: [UInt8]
  /// For people; nothing depends on it.
  public var created: String
  public var variants: [Variant]

  public init(
    abi: UInt32, plan: [UInt8], compiler: String, kernels: [UInt8], created: String,
    variants: [Variant]
  ) {
    self.abi = abi
    self.plan = plan
    self.compiler = compiler
    self.kernels = kernels
    self.created = created
    self.variants = variants
  }

  /// `HEX.manifest` of a plan, and `HEX.CPU.so` of one of its variants.
  public static func fileName(plan: [UInt8]) -> String { HexText.text(plan) + ".manifest" }
  public static func libraryName(plan: [UInt8], cpu: CPULevel) -> String {
    HexText.text(plan) + "." + cpu.name + ".so"
  }

  /// The variant that this machine runs best; nil when it runs none.
  public var best: Variant? { best(of: CPULevel.supported) }

  /// The variant of the first of these processors that has one.
  public func best(of levels: [CPULevel]) -> Variant? {
    for level in levels {
      if let variant = variants.first(where: { $0.cpu == level }) { return variant }
    }
    return nil
  }

  /// The text of the file. Its values must be valid for the parser.
  public func encoded() -> [UInt8] {
    var text = "fxaot-artifact \(Manifest.format)\n"
    text += "abi \(abi)\n"
    text += "plan \(HexText.text(plan))\n"
    text += "compiler \(compiler)\n"
    text += "kernels \(HexText.text(kernels))\n"
    text += "created \(created)\n"
    for variant in variants {
      text += "variant \(variant.cpu.name) \(variant.file) \(HexText.text(variant.hash))"
      text += " \(variant.byteCount)\n"
    }
    return Array(text.utf8)
  }
}

extension Manifest {
  /// The plan's hash as it stands in file names.
  public var planText: String { HexText.text(plan) }
}
