extension Manifest {
  /// Reads any bytes; `badManifest` has the reason for a refusal.
  public init(parsing bytes: some Collection<UInt8>) throws(ArtifactError) {
    guard bytes.count <= Manifest.longestBytes else {
      throw .badManifest("it is longer than \(Manifest.longestBytes) bytes")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .badManifest("it is not UTF-8")
    }
    // A truncated last number would still be a number.
    guard text.hasSuffix("\n") else { throw .badManifest("its end is missing") }
    var fields = ManifestFields()
    var isFirst = true
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty { continue }
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2 else { throw .badManifest("'\(line.prefix(40))' has no value") }
      let (key, value) = (String(parts[0]), String(parts[1]))
      guard isFirst == (key == "fxaot-artifact") else {
        throw .badManifest("it does not begin with 'fxaot-artifact'")
      }
      isFirst = false
      try fields.take(key, value)
    }
    self = try fields.manifest()
  }
}

/// The part of a manifest read so far.
private struct ManifestFields {
  private var values: [String: String] = [:]
  private var variants: [Manifest.Variant] = []

  mutating func take(_ key: String, _ value: String) throws(ArtifactError) {
    switch key {
    case "variant":
      let variant = try ManifestFields.variant(value)
      guard !variants.contains(where: { $0.cpu == variant.cpu }) else {
        throw .badManifest("\(variant.cpu.name) is given twice")
      }
      variants.append(variant)
    case "fxaot-artifact", "abi", "plan", "compiler", "kernels", "created":
      guard values.updateValue(value, forKey: key) == nil else {
        throw .badManifest("'\(key)' is given twice")
      }
      if key == "fxaot-artifact", value != String(Manifest.format) {
        throw .badManifest("its format is \(value.prefix(20)), not \(Manifest.format)")
      }
    default: throw .badManifest("'\(key.prefix(40))' is unknown")
    }
  }

  func manifest() throws(ArtifactError) -> Manifest {
    guard let abi = UInt32(try value("abi")) else { throw .badManifest("'abi' is not a number") }
    guard !variants.isEmpty else { throw .badManifest("it has no variant") }
    return Manifest(
      abi: abi, plan: try ManifestFields.hash(value("plan"), "plan"),
      compiler: try value("compiler"),
      kernels: try ManifestFields.hash(value("kernels"), "kernels"),
      created: try value("created"), variants: variants)
  }

  private func value(_ key: String) throws(ArtifactError) -> String {
    guard let value = values[key] else { throw .badManifest("'\(key)' is missing") }
    return value
  }

  private static func variant(_ value: String) throws(ArtifactError) -> Manifest.Variant {
    let parts = value.split(separator: " ")
    guard parts.count == 4 else {
      throw .badManifest("a variant needs a processor, a file, a hash and a size")
    }
    guard let cpu = CPULevel(parts[0]) else {
      throw .badManifest("'\(parts[0].prefix(40))' is not a known processor")
    }
    guard isPlainName(parts[1]) else {
      throw .badManifest("'\(parts[1].prefix(40))' is not a plain file name")
    }
    guard let size = Int(parts[3]), size > 0 else {
      throw .badManifest("'\(parts[3].prefix(40))' is not a size")
    }
    return Manifest.Variant(
      cpu: cpu, file: String(parts[1]), hash: try hash(String(parts[2]), "a variant's hash"),
      byteCount: size)
  }

  private static func hash(_ text: String, _ name: String) throws(ArtifactError) -> [UInt8] {
    guard let bytes = HexText.bytes(text), bytes.count == SHA256.byteCount else {
      throw .badManifest("\(name) is not a SHA-256")
    }
    return bytes
  }

  /// No way out of the manifest's folder, and nothing hidden.
  private static func isPlainName(_ name: Substring) -> Bool {
    !name.hasPrefix(".") && name.utf8.count <= 200
      && name.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
      }
  }
}
