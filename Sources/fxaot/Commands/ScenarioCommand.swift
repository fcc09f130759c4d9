import ArgumentParser
import Scenarios

/// `fxaot scenario FILE…`: worked examples of trading, checked against the engine.
struct ScenarioCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scenario",
    abstract: "Run scenario files: quotes and orders, and the account that they must lead to.",
    discussion: """
      A scenario is a file of JSON lines: account, instruments, quotes, orders and expectations. Each file runs \
      against an engine of its own up to the first line whose expectations fail. docs/scenarios.md has the format.

      The exit code is 0 when all expectations hold, 1 when one fails, and 2 when a file cannot be read or one of \
      its lines cannot be carried out.

      Example:
        fxaot scenario examples/scenarios/*.jsonl
        fxaot scenario --trace my-case.jsonl
      """)

  @Argument(help: ArgumentHelp("Scenario files.", valueName: "file"))
  var files: [String]

  @Flag(help: "Print each line, its events, and the account after it.")
  var trace = false

  func run() throws {
    let output = try OutputFile(nil)
    var (failed, unreadable) = (0, 0)
    for path in files {
      try Interrupt.check()
      switch try run(path, output) {
      case .passed: break
      case .failed: failed += 1
      case .unreadable: unreadable += 1
      }
    }
    try output.write(summary(failed: failed, unreadable: unreadable))
    try output.finish()
    if unreadable > 0 { throw ToolError.ended(2) }
    if failed > 0 { throw ToolError.ended(1) }
  }

  private enum Outcome { case passed, failed, unreadable }

  private func run(_ path: String, _ output: OutputFile) throws(ToolError) -> Outcome {
    let (failures, traced) = try failures(path)
    for line in traced { try output.write(line + "\n") }
    guard let failures else { return .unreadable }
    for failure in failures { try output.write("\(path):\(failure.line): \(failure.text)\n") }
    return failures.isEmpty ? .passed : .failed
  }

  /// The failures (nil, with a message, where the file cannot be read or run to its end), and the trace.
  private func failures(_ path: String) throws(ToolError) -> ([ScenarioRun.Failure]?, [String]) {
    let bytes: [UInt8]
    do throws(ToolError) {
      bytes = try SystemFile.bytes(of: path, atMost: ScenarioReader.longestFile)
    } catch {
      guard case .failed(let sentence) = error else { throw error }
      StandardError.note(sentence)
      return (nil, [])
    }
    var traced: [String] = []
    do throws(ScenarioFault) {
      let scenario = try ScenarioReader.read(bytes, defaults: ScenarioRun.defaultTerms)
      guard trace else { return (try ScenarioRun.run(scenario), []) }
      let failures = try ScenarioRun.run(scenario) { traced.append($0) }
      return (failures, traced)
    } catch {
      StandardError.note(error.text(in: path))
      return (nil, traced)
    }
  }

  private func summary(failed: Int, unreadable: Int) -> String {
    var parts = ["\(files.count - failed - unreadable) passed"]
    if failed > 0 { parts.append("\(failed) failed") }
    if unreadable > 0 { parts.append("\(unreadable) not run to the end") }
    return "\(files.count) file\(files.count == 1 ? "" : "s"): \(parts.joined(separator: ", "))\n"
  }
}
