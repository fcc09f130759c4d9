import Foundation
import Testing

@testable import Scenarios

/// Scenario files with a fault, and the fault as a person reads it, in the files of `Snapshots/`:
///
///     === title
///     the lines of a file
///     ---
///     its fault
///
/// With FXAOT_WRITE_SNAPSHOTS=1 the tests write the faults anew.
@Suite struct SnapshotTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Snapshots")

  @Test(arguments: ["lines", "fields", "instruments", "expectations"])
  func `Faults are rendered as recorded`(name: String) throws {
    let url = Self.folder.appendingPathComponent(name + ".txt")
    let recorded = try String(contentsOf: url, encoding: .utf8)
    let now = Self.rendered(recorded)
    if ProcessInfo.processInfo.environment["FXAOT_WRITE_SNAPSHOTS"] == "1" {
      try now.write(to: url, atomically: true, encoding: .utf8)
    }
    let pairs = zip(now.split(separator: "\n"), recorded.split(separator: "\n"))
    let difference = pairs.first { $0 != $1 }
    #expect(difference?.0 == difference?.1)
    #expect(now == recorded)
  }

  private static func rendered(_ recorded: String) -> String {
    let cases = ("\n" + recorded).components(separatedBy: "\n=== ").dropFirst()
    return cases.map { each in
      let text = each.components(separatedBy: "\n---\n")[0]
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
      return "=== \(text)\n---\n\(fault(of: lines.joined(separator: "\n")))\n"
    }.joined(separator: "\n")
  }

  private static func fault(of text: String) -> String {
    do throws(ScenarioFault) {
      _ = try read(text)
      return "no fault"
    } catch {
      return error.text(in: "file.jsonl")
    }
  }
}

/// Read with the defaults of an account.
func read(_ text: String) throws(ScenarioFault) -> Scenario {
  try ScenarioReader.read(Array(text.utf8), defaults: .usual)
}
