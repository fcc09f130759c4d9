/// A declared name, a parameter or an expression with history: its value now and as it stood on the
/// bars on which its declaration was executed.
final class Series {
  private(set) var past: [OracleValue] = []
  var value = OracleValue.none
  private var bar = -1
  /// As the script's text has it; nil: it follows from the value.
  var type: String?
  /// An int that is known when the script is compiled: version 5 divides two of them as ints.
  var constant: Int?
  /// Known before the first bar: its past is its value.
  var isKnown = false
  var isKnownSettled = false
  var isDeclared: Bool { bar >= 0 }

  /// A plain declaration is executed: the value of the bar before goes to the history, once a bar.
  func declare(_ value: OracleValue, at bar: Int) {
    keep(at: bar)
    self.value = value
  }

  /// Whether it is known is a matter of the text: looked at once.
  func settle(_ isKnown: () -> Bool) {
    if isKnownSettled { return }
    self.isKnown = isKnown()
    isKnownSettled = true
  }

  /// The declaration of a `var` is executed; true where the value has to be worked out.
  func keep(at bar: Int) {
    if isDeclared, self.bar != bar { past.append(value) }
    self.bar = bar
  }

  func ago(_ count: Double) -> OracleValue {
    if isKnown { return value }
    guard count == count, count >= 0 else { return value.blank }
    let count = Int(count)
    if count == 0 { return value }
    return count <= past.count ? past[past.count - count] : value.blank
  }
}

/// One way to a piece of script: the main part, or a function by the calls that lead to it. All that
/// lasts from bar to bar belongs to one.
final class CallPath {
  enum Place: Hashable {
    /// A declaration, and which of its names.
    case declared(Int32, Int)
    case parameter(Int)
    /// An expression of which the history is read.
    case expression(Int32)
  }

  /// Call expressions from the main part on.
  let calls: [Int32]
  private var series: [Place: Series] = [:]
  private var sites: [Int32: KernelSite] = [:]
  private var inner: [Int32: CallPath] = [:]

  init(_ calls: [Int32]) { self.calls = calls }

  func series(_ place: Place) -> Series {
    if let known = series[place] { return known }
    let made = Series()
    series[place] = made
    return made
  }

  func site(_ call: Int32) -> KernelSite {
    if let known = sites[call] { return known }
    let made = KernelSite()
    sites[call] = made
    return made
  }

  func path(_ call: Int32) -> CallPath {
    if let known = inner[call] { return known }
    let made = CallPath(calls + [call])
    inner[call] = made
    return made
  }
}
