import Foundation
import Testing

@testable import fxaot

struct OutputTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test func `a file that is not finished is removed`() throws {
    let path = scratch.path + "/half.csv"
    do {
      let file = try OutputFile(path)
      try file.write("half")
      try file.flush()
      #expect(FileManager.default.fileExists(atPath: path))
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `a full disk is one sentence`() throws {
    let file = try OutputFile("/dev/full")
    try file.write("x")
    #expect(throws: ToolError.failed("cannot write /dev/full: No space left on device")) {
      try file.finish()
    }
    #expect(FileManager.default.fileExists(atPath: "/dev/full"))
  }

  @Test func `a closed pipe is no message`() throws {
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let file = try OutputFile("/dev/fd/\(ends[1])")
    close(ends[0])
    try file.write("x")
    #expect(throws: ToolError.closedPipe) { try file.finish() }
    close(ends[1])
  }

  @Test func `exit codes are zero and one`() {
    #expect(Fxaot.status(["simulate", "--days", "0"]) == 1)
    #expect(Fxaot.status(["run", "--no-such-option"]) == 1)
    #expect(Fxaot.status(["run"]) == 1)
    #expect(Fxaot.status(["--version"]) == 0)
    #expect(Fxaot.status(["run", "--help"]) == 0)
    #expect(Fxaot.status([]) == 0)
  }
}
