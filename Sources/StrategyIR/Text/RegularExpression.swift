/// A regular expression, for `str.match`: the leftmost match, and of those at one place the one that Perl's and Java's
/// rules prefer.
///
/// All threads of the search run side by side (Thompson 1968, with priorities as Pike has them), so a text takes time
/// in proportion to its length and the expression's steps, whatever they are. What such a search cannot do is refused:
/// back references, look-around, possessive repetition, and repetition without end of what may be empty.
///
/// Known: characters, `.`, classes, `\d \w \s \b` and their opposites (of ASCII), `\t \n \r \f \xHH`, groups, `|`, `^`,
/// `$`, and `* + ? {n} {n,} {n,m}`, greedy or with `?` lazy.
public struct RegularExpression {
  /// Why a pattern cannot be used.
  public struct Fault: Error, Equatable {
    public var sentence: String
  }

  public static let mostSteps = 2_000

  private enum Step {
    case set(ScalarSet)
    /// To the first, and where that does not lead to a match, the second.
    case fork(Int, Int)
    case jump(Int)
    case assertion(Assertion)
    case matched
  }

  enum Assertion { case start, end, boundary, noBoundary }

  private var steps: [Step] = []

  public init(_ pattern: String) throws(Fault) {
    var parser = PatternParser(Array(pattern.unicodeScalars))
    try emit(try parser.whole())
    steps.append(.matched)
  }

  /// The scalars of the first match. O(text × steps).
  public func firstMatch(in text: [Unicode.Scalar]) -> Range<Int>? {
    var search = Search(self, text)
    return search.run()
  }

  // MARK: Steps

  private mutating func emit(_ node: PatternNode) throws(Fault) {
    guard steps.count < Self.mostSteps else { throw Fault(sentence: "it repeats too much") }
    switch node {
    case .empty: break
    case .set(let set): steps.append(.set(set))
    case .assertion(let assertion): steps.append(.assertion(assertion))
    case .sequence(let nodes): for node in nodes { try emit(node) }
    case .choice(let nodes): try emitChoice(nodes)
    case .repeated(let node, let least, let most, let isGreedy):
      for _ in 0..<least { try emit(node) }
      guard let most else { return try emitLoop(node, isGreedy) }
      var forks: [Int] = []
      for _ in least..<most {
        forks.append(steps.count)
        steps.append(.jump(0))
        try emit(node)
      }
      for fork in forks { self.fork(at: fork, past: steps.count, isGreedy) }
    }
  }

  private mutating func emitLoop(_ node: PatternNode, _ isGreedy: Bool) throws(Fault) {
    let start = steps.count
    steps.append(.jump(0))
    try emit(node)
    steps.append(.jump(start))
    fork(at: start, past: steps.count, isGreedy)
  }

  private mutating func emitChoice(_ nodes: [PatternNode]) throws(Fault) {
    var exits: [Int] = []
    for (index, node) in nodes.enumerated() {
      let fork = steps.count
      let isLast = index == nodes.count - 1
      if !isLast { steps.append(.jump(0)) }
      try emit(node)
      guard !isLast else { break }
      exits.append(steps.count)
      steps.append(.jump(0))
      self.fork(at: fork, past: steps.count, true)
    }
    for exit in exits { steps[exit] = .jump(steps.count) }
  }

  private mutating func fork(at step: Int, past: Int, _ isGreedy: Bool) {
    steps[step] = isGreedy ? .fork(step + 1, past) : .fork(past, step + 1)
  }

  // MARK: The search

  private struct Search {
    struct Thread {
      var step: Int
      var start: Int
    }

    let steps: [Step]
    let text: [Unicode.Scalar]
    /// The place at which a step was last reached.
    var reached: [Int]
    /// In the order of their priority, each before a set or at the end.
    var threads: [Thread] = []
    var pending: [Int] = []

    init(_ expression: RegularExpression, _ text: [Unicode.Scalar]) {
      steps = expression.steps
      self.text = text
      reached = Array(repeating: -1, count: steps.count)
    }

    mutating func run() -> Range<Int>? {
      var match: Range<Int>?
      for place in 0...text.count {
        // Those that begin later come after those that have begun.
        if match == nil { follow(0, start: place, at: place) }
        let now = threads
        threads.removeAll(keepingCapacity: true)
        if now.isEmpty, match != nil { break }
        loop: for thread in now {
          switch steps[thread.step] {
          case .matched:
            match = thread.start..<place
            break loop
          case .set(let set):
            if place < text.count, set.contains(text[place]) {
              follow(thread.step + 1, start: thread.start, at: place + 1)
            }
          case .fork, .jump, .assertion: break
          }
        }
      }
      return match
    }

    /// Adds the threads that begin at a step, the preferred ones first.
    mutating func follow(_ step: Int, start: Int, at place: Int) {
      pending.append(step)
      while let step = pending.popLast() {
        if reached[step] == place { continue }
        reached[step] = place
        switch steps[step] {
        case .jump(let next): pending.append(next)
        case .fork(let first, let second):
          pending.append(second)
          pending.append(first)
        case .assertion(let assertion): if holds(assertion, at: place) { pending.append(step + 1) }
        case .set, .matched: threads.append(Thread(step: step, start: start))
        }
      }
    }

    func holds(_ assertion: Assertion, at place: Int) -> Bool {
      switch assertion {
      case .start: return place == 0
      // Also before a line's end that is the text's.
      case .end: return place == text.count || place == text.count - 1 && text[place] == "\n"
      case .boundary: return isWord(place - 1) != isWord(place)
      case .noBoundary: return isWord(place - 1) == isWord(place)
      }
    }

    func isWord(_ place: Int) -> Bool { text.indices.contains(place) && ScalarSet.word.contains(text[place]) }
  }
}

/// Some scalars, or all others.
struct ScalarSet {
  var ranges: [ClosedRange<UInt32>] = []
  var isInverted = false

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    ranges.contains { $0.contains(scalar.value) } != isInverted
  }

  static func one(_ scalar: Unicode.Scalar) -> Self { Self(ranges: [scalar.value...scalar.value]) }

  var inverted: Self { Self(ranges: ranges, isInverted: !isInverted) }

  /// The ranges, those of the others where it is inverted.
  var plainRanges: [ClosedRange<UInt32>] {
    guard isInverted else { return ranges }
    var result: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > next { result.append(next...range.lowerBound - 1) }
      next = max(next, range.upperBound + 1)
    }
    return result + [next...UInt32.max]
  }

  static let anyButNewline = one("\n").inverted
  static let digits = Self(ranges: [48...57])
  static let word = Self(ranges: [48...57, 65...90, 95...95, 97...122])
  static let space = Self(ranges: [9...13, 32...32])
}

indirect enum PatternNode {
  case empty
  case set(ScalarSet)
  case assertion(RegularExpression.Assertion)
  case sequence([PatternNode])
  case choice([PatternNode])
  case repeated(PatternNode, least: Int, most: Int?, isGreedy: Bool)

  var mayBeEmpty: Bool {
    switch self {
    case .empty, .assertion: true
    case .set: false
    case .sequence(let nodes): nodes.allSatisfy(\.mayBeEmpty)
    case .choice(let nodes): nodes.contains(where: \.mayBeEmpty)
    case .repeated(let node, let least, _, _): least == 0 || node.mayBeEmpty
    }
  }
}

/// Reads a pattern by recursive descent; groups may lie `mostGroups` deep.
private struct PatternParser {
  typealias Fault = RegularExpression.Fault
  private static let mostGroups = 50
  private static let mostRepeats = 1_000

  private let pattern: [Unicode.Scalar]
  private var place = 0
  private var depth = 0

  init(_ pattern: [Unicode.Scalar]) { self.pattern = pattern }

  mutating func whole() throws(Fault) -> PatternNode {
    let node = try choice()
    if let next { throw Fault(sentence: "it has a '\(next)' without a '('") }
    return node
  }

  private var next: Unicode.Scalar? { place < pattern.count ? pattern[place] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    place += 1
    return true
  }

  private mutating func choice() throws(Fault) -> PatternNode {
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence() throws(Fault) -> PatternNode {
    var nodes: [PatternNode] = []
    while let next, next != "|", next != ")" { nodes.append(try repeated()) }
    return nodes.isEmpty ? .empty : .sequence(nodes)
  }

  private mutating func repeated() throws(Fault) -> PatternNode {
    let start = place
    let atom = try self.atom()
    guard let (least, most) = try bounds() else { return atom }
    if case .assertion = atom { throw Fault(sentence: "'\(written(from: start))' repeats what has no character") }
    if most == nil, atom.mayBeEmpty {
      throw Fault(sentence: "'\(written(from: start))' repeats without end what may be empty")
    }
    let isGreedy = !take("?")
    if let next, "*+?{".unicodeScalars.contains(next) {
      throw Fault(sentence: "'\(written(from: start))\(next)' is not known: repetition is greedy, or lazy with a '?'")
    }
    return .repeated(atom, least: least, most: most, isGreedy: isGreedy)
  }

  private func written(from start: Int) -> String {
    String(String.UnicodeScalarView(pattern[start..<place]))
  }

  private mutating func bounds() throws(Fault) -> (Int, Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    guard take("{") else { return nil }
    let least = number()
    let isRange = take(",")
    let most = isRange ? number() : least
    guard let least, take("}"), most.map({ $0 >= least && $0 <= Self.mostRepeats }) ?? true, least <= Self.mostRepeats
    else {
      throw Fault(sentence: "a '{' needs numbers up to \(Self.mostRepeats), as in {2} or {2,5}; '\\{' is the character")
    }
    return (least, most)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let next, ScalarSet.digits.contains(next) {
      value = min((value ?? 0) * 10 + Int(next.value - 48), Self.mostRepeats + 1)
      place += 1
    }
    return value
  }

  private mutating func atom() throws(Fault) -> PatternNode {
    guard let scalar = next else { return .empty }
    place += 1
    switch scalar {
    case "(": return try group()
    case "[": return .set(try characterClass())
    case ".": return .set(.anyButNewline)
    case "^": return .assertion(.start)
    case "$": return .assertion(.end)
    case "\\":
      if take("b") { return .assertion(.boundary) }
      if take("B") { return .assertion(.noBoundary) }
      return .set(try escaped())
    case "*", "+", "?", "{": throw Fault(sentence: "a '\(scalar)' follows nothing that it could repeat")
    default: return .set(.one(scalar))
    }
  }

  private mutating func group() throws(Fault) -> PatternNode {
    if take("?"), !take(":") { throw Fault(sentence: "of the groups with '(?' only '(?:' is known") }
    depth += 1
    guard depth <= Self.mostGroups else { throw Fault(sentence: "its groups lie more than \(Self.mostGroups) deep") }
    let node = try choice()
    depth -= 1
    guard take(")") else { throw Fault(sentence: "it has a '(' without a ')'") }
    return node
  }

  private mutating func characterClass() throws(Fault) -> ScalarSet {
    var set = ScalarSet()
    let isInverted = take("^")
    while let scalar = next, scalar != "]" {
      place += 1
      let first = try member(scalar)
      guard first.ranges.count == 1, !first.isInverted, first.ranges[0].count == 1, next == "-",
        place + 1 < pattern.count,
        pattern[place + 1] != "]"
      else {
        set.ranges += first.plainRanges
        continue
      }
      place += 2
      let last = try member(pattern[place - 1])
      guard last.ranges.count == 1, !last.isInverted, last.ranges[0].count == 1,
        first.ranges[0].lowerBound <= last.ranges[0].lowerBound
      else { throw Fault(sentence: "a range in '[…]' goes from a character to a later one") }
      set.ranges.append(first.ranges[0].lowerBound...last.ranges[0].lowerBound)
    }
    guard take("]") else { throw Fault(sentence: "it has a '[' without a ']'") }
    guard !set.ranges.isEmpty else { throw Fault(sentence: "it has an empty '[]'; '\\]' is the character") }
    set.isInverted = isInverted
    return set
  }

  private mutating func member(_ scalar: Unicode.Scalar) throws(Fault) -> ScalarSet {
    switch scalar {
    case "\\": return try escaped()
    case "[": throw Fault(sentence: "classes within classes are not known; '\\[' is the character")
    case "&" where next == "&": throw Fault(sentence: "'&&' in a class is not known")
    default: return .one(scalar)
    }
  }

  /// After a backslash.
  private mutating func escaped() throws(Fault) -> ScalarSet {
    guard let scalar = next else { throw Fault(sentence: "it ends with a backslash") }
    place += 1
    switch scalar {
    case "d": return .digits
    case "D": return .digits.inverted
    case "w": return .word
    case "W": return .word.inverted
    case "s": return .space
    case "S": return .space.inverted
    case "t": return .one("\t")
    case "n": return .one("\n")
    case "r": return .one("\r")
    case "f": return .one("\u{0C}")
    case "x":
      guard place + 1 < pattern.count, let value = UInt8(written(from: place, to: place + 2), radix: 16) else {
        throw Fault(sentence: "'\\x' needs two hexadecimal digits")
      }
      place += 2
      return .one(Unicode.Scalar(value))
    default:
      if scalar.value >= 128 || !ScalarSet.word.contains(scalar) { return .one(scalar) }
      throw Fault(sentence: "'\\\(scalar)' is not known")
    }
  }

  private func written(from start: Int, to end: Int) -> String {
    let digits = pattern[start..<min(end, pattern.count)]
    return digits.contains("+") || digits.contains("-") ? "" : String(String.UnicodeScalarView(digits))
  }
}
