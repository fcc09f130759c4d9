import Testing

@testable import StrategyCompiler

/// All tests that start programs, one at a time: a script that is still being written when another
/// thread starts a program would be busy for it.
@Suite(.serialized) struct ChildProcessTests {
  @Test func `output and exit status come back`() throws {
    let outcome = try ChildProcess(
      program: "/bin/sh", arguments: ["-c", "echo out; echo err >&2; exit 3"]
    ).run()
    #expect(outcome.end == .exited(3))
    #expect(outcome.output == "out\nerr\n")
  }

  @Test func `it runs in the given folder with the given variables`() throws {
    let folder = try TemporaryFolder()
    try folder.file("here")
    let outcome = try ChildProcess(
      program: "/bin/sh", arguments: ["-c", "ls; echo $TMPDIR"], folder: folder.path,
      variables: ["TMPDIR": "/over/there"]
    ).run()
    #expect(outcome.output == "here\n/over/there\n")
  }

  @Test func `a program that is not there is a sentence`() {
    #expect(throws: CompilerError.self) {
      try ChildProcess(program: "/nowhere/cc", arguments: []).run()
    }
  }

  /// What a program has left running keeps its output open.
  @Test func `a programs own end counts`() throws {
    let outcome = try ChildProcess(
      program: "/bin/sh", arguments: ["-c", "sleep 20 & echo done"]
    ).run()
    #expect(outcome.end == .exited(0))
    #expect(outcome.output == "done\n")
  }
}
