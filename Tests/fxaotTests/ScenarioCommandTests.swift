import Testing

@testable import fxaot

/// `fxaot scenario`, by its exit codes.
struct ScenarioCommandTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func status(_ files: [String], _ options: [String] = []) -> Int32 {
    Fxaot.status(["scenario"] + options + files)
  }

  @Test func `the exit code tells what holds from what fails and what cannot be run`() throws {
    let holds = try scratch.file("holds.jsonl", #"{"expect": {"balance": 10000}}"#)
    let fails = try scratch.file("fails.jsonl", #"{"expect": {"balance": 9999}}"#)
    let broken = try scratch.file("broken.jsonl", #"{"expect": {"balanse": 10000}}"#)
    #expect(status([holds, holds]) == 0)
    #expect(status([holds], ["--trace"]) == 0)
    #expect(status([holds, fails]) == 1)
    #expect(status([broken]) == 2)
    #expect(status([fails, broken, holds]) == 2)
    #expect(status([scratch.path + "/none.jsonl", holds]) == 2)
    #expect(status([scratch.path]) == 2)
    #expect(status([]) == 1)
  }
}
