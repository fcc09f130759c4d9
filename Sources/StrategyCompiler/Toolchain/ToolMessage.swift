/// What a compiler or linker said, as one sentence.
enum ToolMessage {
  static func error(
    _ outcome: ChildProcess.Outcome, _ program: String, doing work: String, _ seconds: Double
  ) -> CompilerError {
    let name = program.split(separator: "/").last.map(String.init) ?? program
    if outcome.output.contains("No space left on device") {
      return .disk("\(name) could not \(work): the disk is full")
    }
    if outcome.end == .killed(SIGXFSZ) || outcome.output.contains("File too large") {
      return .disk("\(name) could not \(work): the limit on file sizes is too low")
    }
    if outcome.end == .timedOut {
      return .failed(
        "\(name) did not \(work) within \(Int(seconds.rounded(.up))) s and was stopped")
    }
    let said = firstError(outcome.output).map { ": \($0)" } ?? ""
    return .failed("\(name) could not \(work)\(outcome.end.sentenceEnd)\(said)")
  }

  /// The text after the first `error:`, else the first line; without paths, bounded.
  private static func firstError(_ output: String) -> String? {
    let lines = output.split(whereSeparator: \.isNewline)
    guard let line = lines.first(where: { $0.contains("error: ") }) ?? lines.first else {
      return nil
    }
    guard let range = line.firstRange(of: "error: ") else { return String(line.prefix(200)) }
    let text = line[range.upperBound...].prefix(200)
    // FILE:LINE:COLUMN: error: …
    let place = line[..<range.lowerBound].split(separator: ":")
    guard place.count >= 3, let number = Int(place[1]) else { return String(text) }
    return "line \(number): \(text)"
  }
}
