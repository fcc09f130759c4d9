import Libc

/// Time zones by name, from the system's tzdata. Reads files: call it while a script is
/// prepared, not while it runs.
public enum SystemZones {
  private static let folders = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo"]
  /// No file of tzdata is near it.
  private static let longest = 1 << 20

  /// nil when the system has no such zone.
  public static func rules(_ name: String) -> ZoneRules? {
    if let fixed = ZoneRules(fixed: name) { return fixed }
    guard isName(name) else { return nil }
    let own = getenv("TZDIR").map { [String(cString: $0)] } ?? []
    for folder in own + folders {
      if let bytes = contents(folder + "/" + name), let rules = ZoneRules(tzif: bytes) { return rules }
    }
    return nil
  }

  private static func contents(_ path: String) -> [UInt8]? {
    // Does not wait if a name leads to a pipe.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { _ = close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size > 0, status.st_size < longest
    else { return nil }
    let size = Int(status.st_size)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = read(file, buffer.baseAddress.map { $0 + count }, size - count)
        if got <= 0 { break }
        count += got
      }
    }
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
