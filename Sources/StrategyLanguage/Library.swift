import StrategyIR

/// `user/name/version`, as in an `import`.
public struct LibraryName: Hashable, Sendable, CustomStringConvertible {
  public let user, name: String
  public let version: Int

  public init(user: String, name: String, version: Int) {
    (self.user, self.name, self.version) = (user, name, version)
  }

  public var description: String { "\(user)/\(name)/\(version)" }
}

/// Finds the text of a library; nil where there is none.
public typealias LibrarySource = (LibraryName) -> SourceText?

/// Parses the libraries that a script imports, and those that they import, into the script's tree.
struct LibraryLoader {
  /// Libraries of a script, all together.
  static let most = 64

  let find: LibrarySource
  private var numbers: [LibraryName: Int] = [:]

  init(_ find: @escaping LibrarySource) { self.find = find }

  /// Follows the imports of the tree and gives each its library's number. O(size of the libraries).
  mutating func run(_ tree: inout SyntaxTree, _ diagnostics: inout DiagnosticBag) {
    var next = 0
    /// The import of the script itself that an import within a library comes from.
    var origins = tree.imports.map(\.range)
    while next < tree.imports.count {
      let wanted = tree.imports[next]
      let name = LibraryName(
        user: tree.names[wanted.user], name: tree.names[wanted.library], version: wanted.version)
      if let known = numbers[name] {
        tree.imports[next].module = known
      } else if numbers.count >= Self.most {
        diagnostics.error("the script imports more than \(Self.most) libraries", at: origins[next])
      } else {
        tree.imports[next].module = load(name, &tree, &diagnostics, at: origins[next])
      }
      origins += Array(repeating: origins[next], count: tree.imports.count - origins.count)
      next += 1
    }
  }

  private mutating func load(
    _ name: LibraryName, _ tree: inout SyntaxTree, _ diagnostics: inout DiagnosticBag, at range: Range<Int>
  ) -> Int? {
    numbers[name] = 0
    guard let source = find(name) else {
      diagnostics.error(
        "the library '\(name)' is not there", at: range,
        expected: "the file \(name).pine in a folder that --library names")
      return nil
    }
    guard source.bytes.count <= FrontEnd.longestSource else {
      diagnostics.error("the library '\(name)' is larger than 4 MiB", at: range)
      return nil
    }
    let (parsed, found) = FrontEnd.parse(source, into: tree)
    if let first = found.items.first(where: { $0.severity == .error }) {
      let (line, column) = source.position(of: first.range.lowerBound)
      diagnostics.error("the library '\(name)' has an error at \(line):\(column): \(first.message)", at: range)
      return nil
    }
    let number = tree.adopt(parsed, as: "\(name)")
    numbers[name] = number
    return number
  }
}
