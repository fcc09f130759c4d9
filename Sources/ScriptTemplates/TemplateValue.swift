/// What a template's name stands for: `fast=5`, `band=0.001`, `long_only=true`, `kind=momentum`,
/// and `label="5"` for a text that looks like a number.
public enum TemplateValue: Equatable, Sendable {
  case integer(Int)
  case number(Double)
  case bool(Bool)
  case text(String)

  /// `name=value`, as on a command line.
  public static func parse(
    _ setting: String
  ) throws(TemplateError) -> (name: String, value: TemplateValue) {
    let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, isName(parts[0]) else {
      throw TemplateError("'\(setting)' is not a setting; write name=value, as in --set fast=5")
    }
    return (String(parts[0]), try TemplateValue(String(parts[1]), of: String(parts[0])))
  }

  /// By the form of the text.
  init(_ text: String, of name: String) throws(TemplateError) {
    if text == "true" || text == "false" {
      self = .bool(text == "true")
    } else if let integer = Int(text), text.first != "+" {
      self = .integer(integer)
    } else if TemplateValue.isNumber(text), let number = Double(text), number.isFinite {
      self = .number(number)
    } else {
      let isQuoted = text.utf8.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
      let inner = isQuoted ? String(text.dropFirst().dropLast()) : text
      if let why = TemplateValue.flaw(ofText: inner) {
        throw TemplateError("the value of \(name) \(why)")
      }
      self = .text(inner)
    }
  }

  var any: Any {
    switch self {
    case .integer(let value): value
    case .number(let value): value
    case .bool(let value): value
    case .text(let value): value
    }
  }

  // MARK: - what a text may be

  /// Why a text would not stay within the quotes, or the comment, that it is put in; nil when it
  /// does.
  static func flaw(ofText text: String) -> String? {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "'", "\\": return "cannot contain \(scalar): it would end the string around it"
      case _ where scalar.properties.generalCategory == .control, "\u{2028}", "\u{2029}":
        return "must be one line without control characters"
      case Marker.start, Marker.end: return "contains a private-use character"
      default: break
      }
    }
    return nil
  }

  /// A number or a name, such as `hl2` or `ta.ema`: what can stand in a script's code and be no
  /// more than one word of it.
  static func isWord(_ text: String) -> Bool {
    isNumber(text)
      || text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isName)
  }

  static func isName(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
      default: false
      }
    }
  }

  static func isNumber(_ text: String) -> Bool {
    let allowed = Set("0123456789.eE+-".utf8)
    return text.utf8.allSatisfy(allowed.contains) && text.utf8.last != 0x2E
      && text.utf8.first != 0x2B && Double(text) != nil
  }
}
