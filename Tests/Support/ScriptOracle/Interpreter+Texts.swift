@testable import StrategyLanguage

/// Strings, and fields of enums as strings.
extension Interpreter {
  func textFunction(_ name: String, _ a: [OracleValue]) -> OracleValue? {
    switch name {
    case "str.tostring":
      if case .choice(let number, let field) = a[0] {
        return .text(tree.names[tree.enumerations[number].fields[field].title])
      }
      return .text(Self.text(a[0]))
    case "str.length": return a[0].isMissing ? .na : .number(Double(a[0].text.count))
    case "str.contains": return .truth(a[0].text.contains(a[1].text))
    case "str.startswith": return .truth(a[0].text.hasPrefix(a[1].text))
    case "str.upper": return .text(a[0].text.uppercased())
    case "str.repeat": return .text(Self.cut(String(repeating: a[0].text, count: Int(a[1].number))))
    case "str.split":
      let parts = a[0].text.split(separator: Character(a[1].text), omittingEmptySubsequences: false)
      return .object(OracleArray(parts.map { .text(String($0)) }, of: "string"))
    default: return nil
    }
  }

  /// A text has at most 4,096 bytes, in whole characters.
  static func cut(_ text: String) -> String {
    var kept = text.utf8.prefix(4_096)
    while String(kept) == nil { kept.removeLast() }
    return String(kept) ?? ""
  }

  /// At most ten decimals; whole numbers have none.
  static func text(_ value: OracleValue) -> String {
    switch value {
    case .text(let text): return text
    case .truth(let isTrue): return isTrue ? "true" : "false"
    case .number(let x) where x == x:
      // In units of the tenth decimal.
      let scaled = (abs(x) * 1e10).rounded()
      guard scaled < 1e17 else { return Int(exactly: x).map { "\($0)" } ?? "\(x)" }
      let (whole, rest) = (Int(scaled) / 10_000_000_000, Int(scaled) % 10_000_000_000)
      var decimals = String("\(rest + 10_000_000_000)".dropFirst())
      while decimals.last == "0" { decimals.removeLast() }
      return (x < 0 && scaled > 0 ? "-" : "") + "\(whole)" + (decimals.isEmpty ? "" : ".\(decimals)")
    default: return "NaN"
    }
  }
}
