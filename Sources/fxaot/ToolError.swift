/// Why the tool stops. The text is one sentence for the user, on stderr; the exit code is 1.
enum ToolError: Error, Equatable {
  case failed(String)
  /// All has been said: end with this exit code.
  case ended(Int32)
  /// Whoever read our output has gone: end without a word.
  case closedPipe
  /// SIGINT: end with the code that shells expect, 130.
  case interrupted

  /// The system's words for the current `errno`.
  static func system(_ action: String, _ path: String, _ code: Int32) -> ToolError {
    .failed("cannot \(action) \(path): \(SystemFile.describe(code))")
  }
}
