import ArgumentParser
import StrategyCompiler

/// `fxaot compile-server`: the compiler as a port of an Erlang node.
struct CompileServerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile-server",
    abstract: "Compile plans from standard input, for the Erlang application.",
    discussion: """
      Frames of four bytes of length, big-endian, then a letter and a body; docs/compiling.md has \
      the protocol. It ends with its input.
      """)

  @Option(help: "Seconds that one run of the compiler may take.")
  var timeLimit = 50.0

  func run() throws {
    let maker = try CompileJob.maker()
    maker.seconds = min(max(timeLimit, 0.01), 1e6)
    let server = CompileServer(maker) { Interrupt.isRequested }
    try CompileJob.told { () throws(CompilerError) in try server.run() }
  }
}
