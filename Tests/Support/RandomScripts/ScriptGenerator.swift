import RandomPrograms

/// Writes well-typed scripts: inputs, then functions and statements in turn, then a plot of each
/// name of the main part.
struct ScriptGenerator {
  enum Kind: CaseIterable { case int, float, truth }

  struct Name {
    var text: String
    var kind: Kind
    var isAssignable = true
  }

  struct Function {
    var name: String
    var parameters: [(name: String, kind: Kind, hasDefault: Bool)]
    /// Several: a tuple.
    var results: [Kind]
    /// Makes orders or stops the script: nothing for a request's expression.
    var hasEffects: Bool
    /// May only be called where every bar comes by.
    var hasRequest: Bool
  }

  static let mostRequests = 4

  let version: Int
  var random: Randomness
  var lines: [String] = []
  var indent = 0
  var scopes: [[Name]] = [[]]
  var functions: [Function] = []
  /// Expressions that stand in several places.
  var shared: [(text: String, kind: Kind)] = []
  var inputs: [(title: String, value: RandomScript.Value)] = []
  var texts: [String] = []
  /// The first scope of the function at hand; 0: the main part.
  var frame = 0
  var loops = 0
  /// Branches, arms and lazy operands around this place.
  var conditions = 0
  var requests = 0
  var isInRequest = false
  /// Whether the function at hand has made an order so far.
  var hasEffects = false
  var hasRequest = false
  /// Whether the function at hand may make a request.
  var mayRequest = true
  /// Whether the function at hand may have effects.
  var mayHaveEffects = true
  var statementsLeft = 0
  /// Whether it makes objects.
  let hasObjects: Bool
  var objectNames: [ObjectName] = []
  var names = 0

  init(seed: UInt64, version: Int, hasObjects: Bool = false) {
    random = Randomness(seed: seed &* 7 &+ 3)
    self.version = version
    self.hasObjects = hasObjects
    // Few of the scripts with objects make requests: such a one needs worlds with objects of their own.
    if hasObjects, seed % 8 != 1 { requests = Self.mostRequests }
  }

  mutating func script() -> RandomScript {
    line("//@version=\(version)")
    let most = hasObjects ? ", max_lines_count = \(2 + random.below(4)), max_labels_count = 3, max_boxes_count = 2" : ""
    line("strategy(\"r\", pyramiding = 9\(most))")
    if hasObjects { declareTypes() }
    declareInputs()
    if hasObjects { declareChoices() }
    share()
    declareConstants()
    for _ in 0..<2 + random.below(3) {
      function()
      statementsLeft = 2 + random.below(4)
      while statementsLeft > 0 { statement(0) }
    }
    plots()
    let text = lines.joined(separator: "\n") + "\n"
    return RandomScript(text: text, inputs: inputs, libraries: hasObjects ? Self.libraries(version: version) : [:])
  }

  // MARK: Text

  mutating func line(_ text: String) {
    lines.append(String(repeating: "    ", count: indent) + text)
  }

  /// Runs `body` with the lines that it makes one level deeper, in a scope of its own.
  mutating func nested(_ body: (inout ScriptGenerator) -> Void) {
    indent += 1
    conditions += 1
    scopes.append([])
    body(&self)
    scopes.removeLast()
    forgetObjects()
    conditions -= 1
    indent -= 1
  }

  mutating func chance(_ n: Int) -> Bool { random.below(n) == 0 }

  // MARK: The beginning and the end

  private mutating func declareInputs() {
    let truth = random.below(2) == 0
    line("on = input.bool(\(truth), \"On\")")
    line("sw = input.bool(\(!truth), \"Switch\")")
    line("len = input.int(\(1 + random.below(5)), \"Length\", minval = 1, maxval = 9)")
    line("k = input.float(\(number()), \"K\")")
    line("mode = input.string(\"A\", \"Mode\", options = [\"A\", \"B\", \"C\"])")
    scopes[0] += [
      Name(text: "on", kind: .truth, isAssignable: false),
      Name(text: "sw", kind: .truth, isAssignable: false),
      Name(text: "len", kind: .int, isAssignable: false),
      Name(text: "k", kind: .float, isAssignable: false),
    ]
    if chance(2) { inputs.append(("On", .truth(chance(2)))) }
    if chance(3) { inputs.append(("Switch", .truth(chance(2)))) }
    if chance(2) { inputs.append(("Length", .number(Double(1 + random.below(7))))) }
    if chance(2) { inputs.append(("K", .number(Double(random.below(9)) / 4))) }
    if chance(2) { inputs.append(("Mode", .text(random.pick(["A", "B", "C"])))) }
  }

  /// Built of what is known everywhere.
  private mutating func share() {
    shared = [("(close + open)", .float), ("(high - low)", .float)]
    conditions += 1
    loops += 1
    defer {
      conditions -= 1
      loops -= 1
    }
    for kind in [Kind.float, .float, .int, .truth] {
      shared.append((expression(kind, 2), kind))
    }
  }

  private mutating func declareConstants() {
    for _ in 0..<1 + random.below(3) {
      let kind = random.pick(Kind.allCases)
      let name = fresh()
      line("\(name) = \(constant(kind))")
      scopes[0].append(Name(text: name, kind: kind, isAssignable: false))
    }
  }

  private mutating func plots() {
    for name in scopes[0] {
      let value = name.kind == .truth ? "\(name.text) ? 1 : 0" : name.text
      line("plot(\(value), \"\(name.text)\")")
    }
    plotObjects()
  }

  // MARK: Names

  /// A name that the scope at hand does not have. Few, so that blocks and functions hide names of
  /// those around them.
  mutating func fresh() -> String {
    let pool = ["a", "b", "c", "d", "e", "x", "y", "z"]
    let name = random.pick(pool)
    if !scopes[scopes.count - 1].contains(where: { $0.text == name }) { return name }
    names += 1
    return "v\(names)"
  }

  /// Names that can be seen here, innermost last; hidden ones left out.
  var visible: [Name] {
    var seen: [String: Name] = [:]
    for (level, scope) in scopes.enumerated() where level == 0 || level >= frame {
      for name in scope { seen[name.text] = name }
    }
    return seen.values.sorted { $0.text < $1.text }
  }

  /// Of the function at hand: it cannot assign to the script's.
  var assignable: [Name] {
    let own = Set(scopes[frame...].joined().map(\.text))
    return visible.filter { $0.isAssignable && own.contains($0.text) }
  }

  mutating func declared(_ name: String, _ kind: Kind, isAssignable: Bool = true) {
    scopes[scopes.count - 1].append(Name(text: name, kind: kind, isAssignable: isAssignable))
  }
}
