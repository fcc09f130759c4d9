import CFxaot

/// The processor that a variant of an artifact was compiled for. The x86-64 levels are those of the
/// psABI (x86-64-ABI, "Micro-Architecture Levels").
public enum CPULevel: Hashable, Sendable {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  case x86_64v2, x86_64v3, x86_64v4
  case aarch64
  /// All features of one machine, by their hash; runs only on machines with the same hash.
  case native(UInt32)

  /// From a manifest's or a command line's name; nil for any other text.
  public init?(_ name: some StringProtocol) {
    switch name {
    case "x86-64-v2": self = .x86_64v2
    case "x86-64-v3": self = .x86_64v3
    case "x86-64-v4": self = .x86_64v4
    case "aarch64": self = .aarch64
    default:
      let prefix = "native-"
      guard name.hasPrefix(prefix), let bytes = HexText.bytes(name.dropFirst(prefix.count)),
        bytes.count == 4
      else { return nil }
      self = .native(bytes.reduce(0) { $0 << 8 | UInt32($1) })
    }
  }

  /// As in manifests and file names: `x86-64-v3`, `native-1f3a09cc`.
  public var name: String {
    switch self {
    case .x86_64v2: "x86-64-v2"
    case .x86_64v3: "x86-64-v3"
    case .x86_64v4: "x86-64-v4"
    case .aarch64: "aarch64"
    case .native(let features):
      "native-"
        + HexText.text((0..<4).map { UInt8(truncatingIfNeeded: features >> (24 - 8 * UInt32($0))) })
    }
  }

  /// Everything of this machine.
  public static let thisMachine = CPULevel.native(featureHash())

  /// The levels that this machine runs, best first: variants are chosen in this order.
  public static let supported: [CPULevel] = {
    var levels = [thisMachine]
    #if arch(x86_64)
      let level = fxaot_cpu_level()
      if level >= 4 { levels.append(.x86_64v4) }
      if level >= 3 { levels.append(.x86_64v3) }
      if level >= 2 { levels.append(.x86_64v2) }
    #elseif arch(arm64)
      levels.append(.aarch64)
    #endif
    return levels
  }()

  public var isSupported: Bool { CPULevel.supported.contains(self) }

  private static func featureHash() -> UInt32 {
    var words = [UInt32](repeating: 0, count: Int(FXAOT_CPU_FEATURE_WORDS))
    fxaot_cpu_features(&words)
    let bytes = words.flatMap { word in
      (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
    }
    return SHA256.hash(bytes).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }
}
