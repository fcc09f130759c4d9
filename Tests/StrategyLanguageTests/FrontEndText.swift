import Foundation

/// A string literal of the front end's sources that a person may read: its constant parts.
struct FrontEndText: CustomStringConvertible {
  var file: String
  var parts: [String]

  var description: String { parts.joined(separator: "…") }

  /// Whether the parts stand in a line in their order.
  func matches(_ line: Substring) -> Bool {
    var rest = line
    for part in parts where !part.isEmpty {
      guard let found = rest.range(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return true
  }

  /// All texts of more than one word in the sources that diagnose.
  static func all() throws -> [FrontEndText] {
    let sources = SnapshotFile.folder.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources/StrategyLanguage")
    var found: [FrontEndText] = []
    for part in ["FrontEnd.swift", "Lexing", "Lowering", "Source/Diagnostic.swift", "Syntax"] {
      let place = sources.appendingPathComponent(part)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? [""]
      for name in names.sorted() {
        let file = name.isEmpty ? place : place.appendingPathComponent(name)
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
          if line.drop(while: { $0 == " " }).hasPrefix("//") { continue }
          for parts in literals(of: Array(line)) where isForPeople(parts) {
            found.append(FrontEndText(file: file.lastPathComponent, parts: parts))
          }
        }
      }
    }
    return found
  }

  /// A text of words: not a name, a sign or a row of a table.
  private static func isForPeople(_ parts: [String]) -> Bool {
    let text = parts.joined(separator: "…")
    return text.contains(" ") && text != "f() void" && text.contains { $0.isLetter }
  }

  /// The string literals of a line of Swift, each split where a value is put in.
  private static func literals(of line: [Character]) -> [[String]] {
    var literals: [[String]] = []
    var at = 0
    while at < line.count {
      if line[at] == "\"" { literals.append(literal(line, &at)) } else { at += 1 }
    }
    return literals
  }

  private static func literal(_ line: [Character], _ at: inout Int) -> [String] {
    var parts = [""]
    at += 1
    while at < line.count, line[at] != "\"" {
      if line[at] == "\\", at + 1 < line.count, line[at + 1] == "(" {
        at += 2
        skipValue(line, &at)
        parts.append("")
      } else {
        if line[at] == "\\" { at += 1 }
        if at < line.count { parts[parts.count - 1].append(line[at]) }
        at += 1
      }
    }
    at += 1
    return parts
  }

  private static func skipValue(_ line: [Character], _ at: inout Int) {
    var depth = 1
    while at < line.count, depth > 0 {
      if line[at] == "\"" {
        _ = literal(line, &at)
        continue
      }
      if line[at] == "(" { depth += 1 }
      if line[at] == ")" { depth -= 1 }
      at += 1
    }
  }
}
