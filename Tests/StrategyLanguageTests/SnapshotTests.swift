import Foundation
import Testing

@testable import StrategyLanguage

/// Every diagnostic of the front end as it is rendered, byte by byte.
@Suite struct SnapshotTests {
  @Test(arguments: SnapshotFile.names)
  func `Diagnostics are rendered as recorded`(name: String) throws {
    let file = try SnapshotFile(name)
    if SnapshotFile.isWriting {
      try file.rendered.write(to: file.url, atomically: true, encoding: .utf8)
    } else {
      let now = file.rendered.split(separator: "\n", omittingEmptySubsequences: false)
      let recorded = file.recorded.split(separator: "\n", omittingEmptySubsequences: false)
      let difference = zip(now, recorded).first { $0 != $1 }
      #expect(difference?.0 == difference?.1)
      #expect(file.rendered == file.recorded)
    }
  }

  @Test func `Every snapshot has a diagnostic`() throws {
    for name in SnapshotFile.names {
      for each in try SnapshotFile(name).cases {
        #expect(!FrontEnd.compile(each.script).diagnostics.isEmpty, "\(name): \(each.title)")
      }
    }
  }

  @Test func `Every text of the front end has a snapshot`() throws {
    var lines: [Substring] = []
    for name in SnapshotFile.names {
      lines += try SnapshotFile(name).recorded.split(separator: "\n")
    }
    let missing = try FrontEndText.all().filter { text in
      !Self.testedElsewhere.contains(text.description)
        && !lines.contains { text.matches($0) }
    }
    #expect(missing.map { "\($0.file): \($0)" } == [])
  }

  /// Bounds, which only a generated script reaches (BoundTests), and texts that only a fault of the
  /// front end would show.
  private static let testedElsewhere: Set<String> = [
    "the script is larger than 4 MiB", "the library '…' is larger than 4 MiB",
    "the script imports more than … libraries", "the library '…' exports no function '…'", "in …: ",
    "the expression has more than … terms in a row",
    "more than … levels of nesting",
    "nested too deeply",
    "nested too deeply, with the functions it calls",
    "the script is too large when its functions are expanded",
    "at most … expressions",
    "the script nests expressions and blocks too deeply",
    "the script makes more than … requests",
    "'…' has more than … forms",
    "the script uses a value of unknown type",
    "an unknown value", "end of the block", "end of the script", "after parameters", "after a tuple",
  ]
}
