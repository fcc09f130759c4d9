/// Why there is no native code; `sentence` is for people.
public enum CompilerError: Error, Equatable {
  /// No Swift compiler was found, or it is not one that can do this.
  case noToolchain(String)
  /// The compiler or linker ended with an error.
  case failed(String)

  public var sentence: String {
    switch self {
    case .noToolchain(let why), .failed(let why): why
    }
  }
}
