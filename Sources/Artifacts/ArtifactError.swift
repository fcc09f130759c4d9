/// Why an artifact is not used; `sentence` is for people.
public enum ArtifactError: Error, Equatable {
  case unloadable(String)
  /// What is wrong with its manifest.
  case badManifest(String)

  public var sentence: String {
    switch self {
    case .unloadable(let why): "the artifact cannot be loaded: \(why)"
    case .badManifest(let why): "the artifact's manifest is damaged: \(why)"
    }
  }
}
