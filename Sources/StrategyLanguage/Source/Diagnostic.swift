/// One message about a script: its place, the expectation, and a near miss.
public struct Diagnostic: Sendable, Equatable {
  public enum Severity: String, Sendable { case error, warning, note }

  public var severity: Severity
  public var message: String
  /// Bytes of the source it is about.
  public var range: Range<Int>
  public var expected: String?
  /// A name that exists and looks like the one that was written, or was called so once.
  public var suggestion: String?
  /// How many places of the script it is about; `range` is the first.
  public var places = 1

  public init(
    _ severity: Severity, _ message: String, at range: Range<Int>, expected: String? = nil,
    suggestion: String? = nil
  ) {
    self.severity = severity
    self.message = message
    self.range = range
    self.expected = expected
    self.suggestion = suggestion
  }
}

/// Collects diagnostics; the same sentence at the same place is kept once (a user function is
/// checked at each of its calls), and no more than `limit` errors are kept. A cause with many
/// places is kept as one error that counts them.
struct DiagnosticBag {
  private struct Key: Hashable {
    var offset: Int
    var message: String
  }

  static let limit = 100
  private(set) var items: [Diagnostic] = []
  private var seen: Set<Key> = []
  private(set) var errorCount = 0
  private var places: Set<Int> = []
  /// The import or call behind which a library's text is being checked, and the library's name: places in that text
  /// are none in the script's.
  private var library: (name: String, range: Range<Int>)?
  /// Errors that are kept once for all of their places, by their sentence.
  private var tallies: [String: Tally] = [:]

  private struct Tally {
    /// Its entry in `items`.
    var index: Int
    var offsets: Set<Int>
  }

  var hasErrors: Bool { errorCount > 0 }
  var isFull: Bool { errorCount >= Self.limit }

  /// Nothing more can be said about this place, so no time need be spent on finding words.
  func isSettled(at range: Range<Int>) -> Bool {
    isFull || places.contains(library?.range.lowerBound ?? range.lowerBound)
  }

  /// From here on places are those of a library's text, until they are again those of nil. Answers what was before.
  mutating func setLibrary(_ next: (name: String, range: Range<Int>)?) -> (name: String, range: Range<Int>)? {
    defer { library = next }
    return library
  }

  var isInLibrary: Bool { library != nil }

  mutating func add(_ diagnostic: Diagnostic) {
    var diagnostic = diagnostic
    if let library {
      diagnostic.message = "in \(library.name): " + diagnostic.message
      diagnostic.range = library.range
    }
    if diagnostic.severity == .error {
      if isFull { return }
    } else if items.count >= 10 * Self.limit {
      return
    }
    let key = Key(offset: diagnostic.range.lowerBound, message: diagnostic.message)
    guard seen.insert(key).inserted else { return }
    if diagnostic.severity == .error {
      errorCount += 1
      places.insert(key.offset)
    }
    items.append(diagnostic)
  }

  mutating func error(
    _ message: String, at range: Range<Int>, expected: String? = nil, suggestion: String? = nil
  ) {
    add(
      Diagnostic(.error, message, at: range, expected: expected, suggestion: suggestion))
  }

  /// An error that is kept once however often its cause occurs.
  mutating func errorOnce(
    _ message: String, at range: Range<Int>, expected: String? = nil, suggestion: String? = nil
  ) {
    if let tally = tallies[message] {
      places.insert(range.lowerBound)
      tallies[message]?.offsets.insert(range.lowerBound)
      if range.lowerBound < items[tally.index].range.lowerBound { items[tally.index].range = range }
      return
    }
    if isFull { return }
    tallies[message] = Tally(index: items.count, offsets: [range.lowerBound])
    error(message, at: range, expected: expected, suggestion: suggestion)
  }

  /// The script needs something that fxaot does not have ("arrays").
  mutating func need(_ what: String, at range: Range<Int>) {
    errorOnce("not supported: \(what)", at: range)
  }

  /// In the order of the text, with the places counted.
  func sorted(in source: SourceText) -> [Diagnostic] {
    var counted = items
    for tally in tallies.values where tally.offsets.count > 1 && tally.index < counted.count {
      let (line, column) = source.position(of: counted[tally.index].range.lowerBound)
      counted[tally.index].places = tally.offsets.count
      counted[tally.index].message += " (\(tally.offsets.count) places, first at \(line):\(column))"
    }
    return counted.enumerated().sorted {
      ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
    }.map(\.element)
  }
}

/// "1 value", "2 values".
func counted(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}
