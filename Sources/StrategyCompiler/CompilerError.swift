/// Why there is no native code; `sentence` is for people.
public enum CompilerError: Error, Equatable {
  /// No Swift compiler was found, or it is not one that can do this.
  case noToolchain(String)
  /// The compiler or linker ended with an error.
  case failed(String)
  /// The script is longer than what is compiled in time.
  case tooLarge(String)
  /// The bytes are no plan.
  case badPlan(String)
  /// A file or folder could not be read or written.
  case disk(String)
  /// Whoever asked has gone.
  case cancelled

  public var sentence: String {
    switch self {
    case .noToolchain(let why), .failed(let why), .tooLarge(let why), .badPlan(let why), .disk(let why): why
    case .cancelled: "the compilation was cancelled"
    }
  }

  /// For programs.
  public var reason: String {
    switch self {
    case .noToolchain: "no_toolchain"
    case .failed, .tooLarge: "failed"
    case .badPlan: "bad_plan"
    case .disk: "disk"
    case .cancelled: "cancelled"
    }
  }

  /// The system's words for a call that ended with `code`.
  static func system(_ action: String, _ path: String, _ code: Int32) -> CompilerError {
    .disk("cannot \(action) \(path): \(System.describe(code))")
  }
}
