/// Characters that are put into the text before it is rendered, to know afterwards which line came
/// from where: `start`, a line's number, `end`.
enum Marker {
  static let start: Unicode.Scalar = "\u{E000}"
  static let end: Unicode.Scalar = "\u{E001}"

  static func text(_ line: Int) -> String { "\(start)\(line)\(end)" }

  /// The first marker's number.
  static func line(in text: String) -> Int? {
    let scalars = text.unicodeScalars
    guard let from = scalars.firstIndex(of: start),
      let to = scalars[from...].firstIndex(of: end)
    else { return nil }
    return Int(String(scalars[scalars.index(after: from)..<to]))
  }
}

/// A template cut into text and tags, as Stencil cuts it.
struct TemplateParts {
  enum Kind { case text, variable, block, comment }

  struct Part {
    var kind: Kind
    /// With its braces.
    var text: String
    /// Where it begins, from 1.
    var line: Int
    /// It stands within quotes or behind `//`.
    var isInText: Bool
  }

  private(set) var parts: [Part] = []

  init(_ template: String) throws(TemplateError) {
    let scalars = Array(template.replacing("\r\n", with: "\n").unicodeScalars)
    if let place = scalars.firstIndex(where: { $0 == Marker.start || $0 == Marker.end }) {
      let line = scalars[..<place].count { $0 == "\n" } + 1
      throw TemplateError("a template cannot contain private-use characters", line: line)
    }
    var place = 0
    var line = 1
    var quotes = QuoteState()
    while place < scalars.count {
      let end: Int
      let kind = TemplateParts.kind(scalars, place)
      if kind == .text {
        end = TemplateParts.textEnd(scalars, place)
      } else {
        guard let found = TemplateParts.tagEnd(scalars, place) else {
          throw TemplateError("this tag has no end", line: line)
        }
        end = found
      }
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars[place..<end])
      parts.append(
        Part(kind: kind, text: String(text), line: line, isInText: quotes.isInText))
      if kind == .text { quotes.pass(scalars[place..<end]) }
      line += scalars[place..<end].count { $0 == "\n" }
      place = end
    }
  }

  private static func kind(_ scalars: [Unicode.Scalar], _ place: Int) -> Kind {
    guard scalars[place] == "{", place + 1 < scalars.count else { return .text }
    switch scalars[place + 1] {
    case "{": return .variable
    case "%": return .block
    case "#": return .comment
    default: return .text
    }
  }

  /// A text ends at a line's end too.
  private static func textEnd(_ scalars: [Unicode.Scalar], _ place: Int) -> Int {
    var end = place
    while end < scalars.count, end == place || kind(scalars, end) == .text {
      end += 1
      if scalars[end - 1] == "\n" { break }
    }
    return end
  }

  private static func tagEnd(_ scalars: [Unicode.Scalar], _ place: Int) -> Int? {
    let closing: Unicode.Scalar = scalars[place + 1] == "{" ? "}" : scalars[place + 1]
    for index in (place + 2)..<max(scalars.count, place + 2)
    where scalars[index] == "}" && scalars[index - 1] == closing && index > place + 2 {
      return index + 1
    }
    return nil
  }
}

/// Whether a place in a script is inside a string or a comment, judged by the line before it.
private struct QuoteState {
  private var quote: Unicode.Scalar?
  private var isEscaped = false
  private var isComment = false
  private var last: Unicode.Scalar = "\n"

  var isInText: Bool { quote != nil || isComment }

  mutating func pass(_ scalars: ArraySlice<Unicode.Scalar>) {
    for scalar in scalars {
      if scalar == "\n" {
        self = QuoteState()
        continue
      }
      if isEscaped {
        isEscaped = false
      } else if let open = quote {
        if scalar == "\\" { isEscaped = true }
        if scalar == open { quote = nil }
      } else if !isComment {
        if scalar == "\"" || scalar == "'" { quote = scalar }
        if scalar == "/", last == "/" { isComment = true }
      }
      last = scalar
    }
  }
}
