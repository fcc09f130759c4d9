import Foundation

/// What the sources of some targets declare: each type's stored properties, and the text of the functions that save it.
/// It reads declarations as swift-format leaves them, and no more of the language.
struct SwiftSource {
  /// By the type's name, `Outer.Inner` for one in another.
  private(set) var properties: [String: [String]] = [:]
  /// The bodies of its functions that take a StateArchive or the like.
  private(set) var saving: [String: String] = [:]

  private static let archives = ["StateArchive", "StateSaver", "StateLoader", "StateWriter", "StateReader"]

  init(targets: [String], in package: URL) throws {
    for target in targets {
      let folder = package.appending(path: "Sources/\(target)")
      let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
      for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
        read(Array(Self.plain(try String(contentsOf: file, encoding: .utf8))), in: nil, isType: false)
      }
    }
  }

  /// Without comments and texts, whose braces would count.
  private static func plain(_ text: String) -> String {
    text
      .replacing(#/"""(?s:.*?)"""/#, with: "0")
      .replacing(#/"(?:\\.|[^"\\\n])*"/#, with: "0")
      .replacing(#/\/\/[^\n]*/#, with: "")
  }

  /// Reads what stands between two braces; `outer` is the type that it belongs to.
  private mutating func read(_ text: [Character], in outer: String?, isType: Bool) {
    var flat = ""
    var head = ""
    var place = 0
    while place < text.count {
      guard text[place] == "{" else {
        flat.append(text[place])
        head.append(text[place])
        place += 1
        continue
      }
      let end = Self.end(of: text, from: place)
      let inner = Array(text[place + 1..<end])
      flat += readBlock(inner, head: head, in: outer)
      head = ""
      place = end + 1
    }
    if isType, let outer { properties[outer, default: []] += Self.stored(flat) }
  }

  /// What a block leaves in the text around it.
  private mutating func readBlock(_ inner: [Character], head: String, in outer: String?) -> String {
    guard let (keyword, name) = Self.declaration(head) else {
      return String(inner.drop { $0.isWhitespace }.prefix(6)).hasSuffix("Set") ? "{observed}" : "{}"
    }
    switch keyword {
    case "func":
      if let outer, Self.archives.contains(where: head.contains) { saving[outer, default: ""] += String(inner) }
    case "extension": read(inner, in: name, isType: false)
    default: read(inner, in: outer.map { "\($0).\(name)" } ?? name, isType: keyword == "struct" || keyword == "class")
    }
    return "{}"
  }

  /// The last declaration before a brace.
  private static func declaration(_ head: String) -> (keyword: String, name: String)? {
    head.matches(of: #/\b(struct|class|enum|actor|protocol|extension|func|init|deinit)\b\s*([\w.]*)/#).last.map {
      (String($0.1), String($0.2))
    }
  }

  private static func end(of text: [Character], from start: Int) -> Int {
    var depth = 0
    for place in start..<text.count {
      if text[place] == "{" { depth += 1 }
      if text[place] == "}" { depth -= 1 }
      if depth == 0 { return place }
    }
    return text.count
  }

  /// The names of the stored properties in a type's text, in which blocks are `{}`.
  private static func stored(_ flat: String) -> [String] {
    let declaration = #/^\s*(?:@\w+(?:\([^)]*\))?\s+)*((?:[a-z]+(?:\(\w+\))?\s+)*)(?:var|let)\s+(.+)$/#
    return flat.split(separator: "\n").flatMap { line -> [String] in
      guard let match = line.firstMatch(of: declaration), !match.1.contains("static") else { return [] }
      let rest = String(match.2)
      if rest.contains("{}"), !rest.prefix(while: { $0 != "{" }).contains("=") { return [] }
      return names(rest)
    }
  }

  /// `a, b: Int` and `a = 0, b = 0` are two.
  private static func names(_ rest: String) -> [String] {
    var pieces = [""]
    var depth = 0
    for character in rest {
      if "([<".contains(character) { depth += 1 }
      if ")]>".contains(character) { depth -= 1 }
      if character == ",", depth <= 0 { pieces.append("") } else { pieces[pieces.count - 1].append(character) }
    }
    return pieces.compactMap { $0.firstMatch(of: #/^\s*(\w+)\s*(?:[:=]|$)/#).map { String($0.1) } }
  }
}
