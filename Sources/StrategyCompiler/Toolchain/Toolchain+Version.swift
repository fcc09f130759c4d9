import Artifacts

extension Toolchain {
  /// The first line of a compiler's version.
  static func version(of frontend: String, kept: String?) throws(CompilerError) -> String {
    let place = kept.flatMap { folder in
      Disk.status(frontend).map { _ in
        folder + "/" + HexText.text(SHA256.hash(Disk.identity(of: frontend).utf8))
      }
    }
    if let place, let bytes = try? Disk.read(place, limit: 1_000),
      let line = firstLine(String(decoding: bytes, as: UTF8.self))
    {
      return line
    }
    let outcome = try ChildProcess(program: frontend, arguments: ["-version"], seconds: 20).run()
    guard outcome.end == .exited(0), let line = firstLine(outcome.output) else {
      throw .noToolchain("\(frontend) does not print its version\(outcome.end.sentenceEnd)")
    }
    if let place, let kept, (try? Disk.makeFolder(kept)) != nil {
      try? Disk.replace(place, with: Array(line.utf8), mode: 0o600)
    }
    return line
  }

  private static func firstLine(_ text: String) -> String? {
    guard let line = text.split(whereSeparator: \.isNewline).first, line.contains("Swift version"),
      line.utf8.count < 200
    else { return nil }
    return String(line)
  }

  /// Refuses compilers that are too old.
  static func check(_ version: String, _ frontend: String) throws(CompilerError) {
    let words = version.split(separator: " ")
    let number = words.firstIndex(of: "version").map { words[($0 + 1)...].first } ?? nil
    let parts = (number ?? "").split { !$0.isNumber }.map { Int($0) ?? 0 }
    guard let major = parts.first else {
      throw .noToolchain("\(frontend) reports '\(version)', so it is not a Swift compiler")
    }
    let minor = parts.count > 1 ? parts[1] : 0
    guard (major, minor) >= oldest else {
      throw .noToolchain(
        "\(frontend) is Swift \(major).\(minor); \(oldest.major).\(oldest.minor) or later is needed"
      )
    }
  }
}

extension ChildProcess.End {
  /// For the end of a sentence about a program that failed.
  var sentenceEnd: String {
    switch self {
    case .exited(0): ""
    case .exited(let code): " and ended with exit code \(code)"
    case .killed(SIGKILL): " and was killed, perhaps for lack of memory"
    case .killed(let signal): " and was ended by signal \(signal)"
    case .timedOut: " in time"
    case .cancelled: " before it was cancelled"
    }
  }
}
