import Foundation
import StrategyLanguage

/// Scripts and their diagnostics as a person reads them, in one file of `Snapshots/`:
///
///     === title
///     the script
///     ---
///     its rendered diagnostics
///
/// With FXAOT_WRITE_SNAPSHOTS=1 the tests write the diagnostics anew.
struct SnapshotFile {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Snapshots")
  static let isWriting = ProcessInfo.processInfo.environment["FXAOT_WRITE_SNAPSHOTS"] == "1"

  static var names: [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return all.filter { $0.hasSuffix(".txt") }.sorted()
  }

  struct Case {
    var title: String
    var script: String
  }

  let url: URL
  let recorded: String
  let cases: [Case]

  init(_ name: String) throws {
    url = Self.folder.appendingPathComponent(name)
    recorded = try String(contentsOf: url, encoding: .utf8)
    var cases: [Case] = []
    var isScript = false
    for line in recorded.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("=== ") {
        cases.append(Case(title: String(line.dropFirst(4)), script: ""))
        isScript = true
      } else if line == "---" {
        isScript = false
      } else if isScript, let last = cases.indices.last {
        cases[last].script += line + "\n"
      }
    }
    for index in cases.indices {
      while cases[index].script.hasSuffix("\n\n") { cases[index].script.removeLast() }
    }
    self.cases = cases
  }

  /// The whole file with the diagnostics of now.
  var rendered: String {
    cases.map { each in
      let report = FrontEnd.compile(each.script, name: "script.pine").report
      return "=== \(each.title)\n\(each.script)---\n\(report)"
    }.joined(separator: "\n")
  }
}
