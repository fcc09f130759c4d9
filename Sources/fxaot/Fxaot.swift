import ArgumentParser

/// The command-line tool. Results go to standard output, messages to standard error, and the
/// exit code is 0, 1 for an error, 130 after Ctrl-C. `fxaot scenario` has a 2 in addition.
@main
struct Fxaot: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fxaot",
    abstract: "Forex strategies at native speed.",
    discussion: """
      Example:
        fxaot simulate --days 5 --seed 1 -o eurusd.csv
        fxaot run --strategy mean_reversion --ticks eurusd.csv --timeframe 5m --json
      """,
    version: "0.1.0",
    subcommands: [
      RunCommand.self, InspectCommand.self, CheckCommand.self, RenderCommand.self, CompileCommand.self,
      CacheCommand.self, CompileServerCommand.self, SimulateCommand.self, ConvertCommand.self,
      ReportCommand.self, ScenarioCommand.self, StrategiesCommand.self, FunctionsCommand.self, JournalCommand.self,
    ])

  static func main() {
    Interrupt.install()
    System.end(status(CommandLine.arguments.dropFirst()))
  }

  /// Does the whole work of a call and answers its exit code.
  static func status(_ arguments: some Sequence<String>) -> Int32 {
    do {
      var command = try parseAsRoot(Array(arguments))
      try command.run()
      return 0
    } catch let error as ToolError {
      return status(of: error)
    } catch {
      let text = fullMessage(for: error)
      guard exitCode(for: error) == .success else {
        StandardError.note(message(for: error))
        return 1
      }
      return print(text)
    }
  }

  private static func status(of error: ToolError) -> Int32 {
    switch error {
    case .failed(let sentence):
      StandardError.note(sentence)
      return 1
    case .ended(let code): return code
    case .closedPipe: return 0
    case .interrupted: return 130
    }
  }

  /// Help and version, which the parser hands over as an error.
  private static func print(_ text: String) -> Int32 {
    do throws(ToolError) {
      let output = try OutputFile(nil)
      try output.write(text + "\n")
      try output.finish()
      return 0
    } catch {
      return status(of: error)
    }
  }
}
