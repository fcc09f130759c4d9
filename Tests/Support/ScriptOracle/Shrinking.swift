@testable import StrategyLanguage

/// Makes a script that fails smaller as long as it goes on failing: leaves out statements, puts parts
/// of expressions, or constants, in place of expressions.
public struct Shrinking {
  private var script: String
  private var left: Int
  private let fails: (String) -> Bool

  /// - Parameter fails: Whether a script still shows the fault; false for one that does not compile.
  /// - Returns: The smallest script found within so many attempts.
  public static func shrink(
    _ script: String, attempts: Int = 4000, _ fails: @escaping (String) -> Bool
  ) -> String {
    var shrinking = Shrinking(script: script, left: attempts, fails: fails)
    var before = ""
    while shrinking.script != before, shrinking.left > 0 {
      before = shrinking.script
      shrinking.pass(Self.statements)
      shrinking.pass(Self.expressions)
    }
    return shrinking.script
  }

  /// Tries what `list` names for the script, then, from the same place on, what it names for the
  /// script as it has become.
  private mutating func pass(_ list: (SourceText, SyntaxTree) -> [(Range<Int>, String)]) {
    var at = 0
    var candidates = Self.parsed(script, list)
    while at < candidates.count, left > 0 {
      left -= 1
      let (range, text) = candidates[at]
      let bytes = Array(script.utf8)
      let tried = String(
        decoding: bytes[..<range.lowerBound] + Array(text.utf8) + bytes[range.upperBound...],
        as: UTF8.self)
      if fails(tried) {
        script = tried
        candidates = Self.parsed(script, list)
      } else {
        at += 1
      }
    }
  }

  private static func parsed(
    _ script: String, _ list: (SourceText, SyntaxTree) -> [(Range<Int>, String)]
  ) -> [(Range<Int>, String)] {
    let source = SourceText(name: "script", text: script)
    return list(source, FrontEnd.parse(source).0)
  }

  /// Lines without a statement, the last one first: what it declares is not needed any more then.
  private static func statements(
    _ source: SourceText, _ tree: SyntaxTree
  ) -> [(Range<Int>, String)] {
    tree.statements.indices.map { lines(of: tree.statementRange(NodeID($0)), source) }
      .sorted { $0.lowerBound > $1.lowerBound }.map { ($0, "") }
  }

  /// From the statement's line on, blanks before it included.
  private static func lines(of range: Range<Int>, _ source: SourceText) -> Range<Int> {
    var start = range.lowerBound
    while start > 0, source.bytes[start - 1] == UInt8(ascii: " ") { start -= 1 }
    var end = self.end(of: range, source)
    if end < source.bytes.count, source.bytes[end] == UInt8(ascii: "\n") { end += 1 }
    return start..<max(start, end)
  }

  /// A block's range goes on to the beginning of the next statement.
  private static func end(of range: Range<Int>, _ source: SourceText) -> Int {
    var end = range.upperBound
    while end > range.lowerBound, source.bytes[end - 1] <= UInt8(ascii: " ") { end -= 1 }
    return end
  }

  /// Expressions with what may stand for them, the longest first.
  private static func expressions(
    _ source: SourceText, _ tree: SyntaxTree
  ) -> [(Range<Int>, String)] {
    var found: [(Range<Int>, String)] = []
    for id in tree.expressions.indices {
      let whole = tree.range(of: NodeID(id))
      let range = whole.lowerBound..<end(of: whole, source)
      guard range.count > 1 else { continue }
      let constants = range.count > 5 ? ["1", "1.5", "true", "false"] : []
      for text in constants + parts(of: tree.expressions[id], tree).map({ source.text($0) }) {
        found.append((range, text))
      }
    }
    return found.filter { $0.0.count > $0.1.utf8.count }
      .sorted { $0.0.count - $0.1.utf8.count > $1.0.count - $1.1.utf8.count }
  }

  private static func parts(of expression: ExpressionSyntax, _ tree: SyntaxTree) -> [Range<Int>] {
    let parts: [NodeID] =
      switch expression {
      case .unary(_, let x): [x]
      case .binary(_, let x, let y), .history(let x, let y): [x, y]
      case .ternary(let c, let x, let y): [x, y, c]
      case .methodCall(let x, _, let list): [x] + tree.arguments[list.indices].map(\.value)
      case .field(let x, _): [x]
      case .call(_, let list): tree.arguments[list.indices].map(\.value)
      default: []
      }
    return parts.map { tree.range(of: $0) }
  }
}
