/// What a tag says, as far as it has to be known before it is rendered.
enum TemplateTag {
  struct Word {
    var text: String
    var isQuoted: Bool
    /// Behind a `|`.
    var isFilter: Bool
  }

  private static let keywords: Set = [
    "if", "ifnot", "elif", "else", "endif", "for", "in", "endfor", "empty", "not", "and", "or",
    "break", "continue", "filter", "endfilter", "true", "false", "nil", "forloop",
  ]

  /// The words of a tag; texts in quotes are one word, without the quotes.
  static func words(_ tag: String) -> [Word] {
    var words: [Word] = []
    var word = ""
    var quote: Character?
    var isFilter = false
    func isPart(_ c: Character) -> Bool { c.isLetter || c.isNumber || c == "_" || c == "." }
    func add(_ isQuoted: Bool) {
      if isQuoted || !word.isEmpty {
        words.append(Word(text: word, isQuoted: isQuoted, isFilter: isFilter && !isQuoted))
        isFilter = false
      }
      word = ""
    }
    for character in tag.dropFirst(2).dropLast(2) {
      if let open = quote {
        if character == open {
          add(true)
          quote = nil
        } else {
          word.append(character)
        }
      } else if isPart(character) {
        word.append(character)
      } else {
        add(false)
        if character == "\"" || character == "'" { quote = character }
        if character == "|" { isFilter = true }
      }
    }
    add(false)
    return words
  }

  /// Names that a value could be set for.
  static func names(_ tag: String) -> [String] {
    words(tag).filter { !$0.isQuoted && !$0.isFilter && !keywords.contains($0.text) }
      // A range, as in `1...count`, has a name at either end.
      .flatMap { $0.text.split(separator: "...") }
      .compactMap { $0.split(separator: ".").first }
      .filter(TemplateValue.isName).map(String.init)
  }

  /// The names that `{% for … in … %}` gives values to.
  static func loopNames(_ tag: String) -> [String] {
    let words = words(tag).map(\.text)
    guard words.first == "for", let end = words.firstIndex(of: "in") else { return [] }
    return Array(words[1..<end])
  }

  /// `{{ … }}` with a last filter that accepts only values allowed at that place.
  ///
  /// A number with a fraction is handed over as a text: Stencil keeps 24 bits of it.
  static func guarded(_ part: TemplateParts.Part) throws(TemplateError) -> String {
    let words = words(part.text)
    guard let first = words.first else { throw TemplateError("empty tag", line: part.line) }
    guard !words.contains(where: { !$0.isQuoted && ($0.text == "if" || $0.text == "else") })
    else {
      throw TemplateError("write {% if … %} instead of an 'if' inside {{ }}", line: part.line)
    }
    var body = ""
    var quote: Character?
    var word = ""
    func flush() {
      body += word.contains(".") && TemplateValue.isNumber(word) ? "\"\(word)\"" : word
      word = ""
    }
    for character in part.text.dropFirst(2).dropLast(2) {
      let isPart = character.isNumber || character.isLetter || character == "." || character == "-"
      if quote == nil, isPart {
        word.append(character)
        continue
      }
      flush()
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      }
      body.append(character)
    }
    flush()
    let name = first.isQuoted ? "value" : first.text
    let filter = part.isInText ? "as_text" : "as_word"
    return "{{ \(body.trimmed)|\(filter):\"\(name)\" }}"
  }
}

extension String {
  /// Without white space at both ends.
  fileprivate var trimmed: String {
    var rest = self[...]
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}
