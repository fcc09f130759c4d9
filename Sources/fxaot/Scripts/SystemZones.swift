import Calendar

/// Time zones by name, from the system's tzdata.
enum SystemZones {
  private static let folders = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo"]

  static func rules(_ name: String) -> ZoneRules? {
    if let fixed = ZoneRules(fixed: name) { return fixed }
    guard isName(name) else { return nil }
    let own = ProcessInfo.processInfo.environment["TZDIR"].map { [$0] } ?? []
    for folder in own + folders {
      guard let file = try? SystemFile(reading: folder + "/" + name),
        let status = file.status, status.isRegular, status.size < 1 << 20,
        let bytes = try? file.bytes(at: 0, count: Int(status.size)),
        let rules = ZoneRules(tzif: bytes)
      else { continue }
      return rules
    }
    return nil
  }

  /// As `rules`, with a sentence where there is no such zone.
  static func named(_ name: String) throws(ToolError) -> ZoneRules {
    guard let rules = rules(name) else {
      throw .failed(
        "there is no time zone '\(name)' on this system; use one like UTC, UTC+2, Europe/Berlin "
          + "or America/New_York")
    }
    return rules
  }

  /// A name of tzdata, no way out of its folder.
  private static func isName(_ name: String) -> Bool {
    guard let first = name.utf8.first, first != 0x2F, name.utf8.count <= 64 else { return false }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") }
      && name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
          || [0x2F, 0x5F, 0x2D, 0x2B].contains(byte)
      }
  }
}
