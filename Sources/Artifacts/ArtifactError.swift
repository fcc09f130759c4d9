/// Why an artifact is not used; `sentence` is for people.
public enum ArtifactError: Error, Equatable {
  case unloadable(String)
  /// What is wrong with its manifest.
  case badManifest(String)
  /// A file that cannot be read: its path, and why.
  case unreadable(String, String)
  /// A file or folder that another user could have changed: its path, and how.
  case untrusted(String, String)
  /// A file that does not match the manifest: its path, and the difference.
  case notAsTold(String, String)
  /// It was made for other processors than this one.
  case otherProcessors([String])
  /// It was made from another plan than the script's.
  case otherPlan

  public var sentence: String {
    switch self {
    case .unloadable(let why): "the artifact cannot be loaded: \(why)"
    case .badManifest(let why): "the artifact's manifest is damaged: \(why)"
    case .unreadable(let path, let why): "\(Self.end(path)) cannot be read: \(why)"
    case .untrusted(let path, let why): "\(Self.end(path)) cannot be trusted: \(why)"
    case .notAsTold(let path, let how):
      "\(Self.end(path)) does not match its manifest: \(how)"
    case .otherProcessors(let names):
      "the artifact is for other processors: \(names.joined(separator: ", "))"
    case .otherPlan: "the artifact was made from another script or other settings"
    }
  }

  /// Cuts the beginning of a long path: C takes 255 bytes of a sentence, and the reason must be in
  /// them.
  private static func end(_ path: String) -> String {
    if path.utf8.count <= mostPathBytes { return path }
    let end = path.utf8.suffix(mostPathBytes).drop { $0 & 0xC0 == 0x80 }
    return "…" + String(decoding: end, as: UTF8.self)
  }

  private static let mostPathBytes = 160
}
