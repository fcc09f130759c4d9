/// Why an artifact is not used; `sentence` is for people.
public enum ArtifactError: Error, Equatable {
  case unloadable(String)

  public var sentence: String {
    switch self {
    case .unloadable(let why): "the artifact cannot be loaded: \(why)"
    }
  }
}
