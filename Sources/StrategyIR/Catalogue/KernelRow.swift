/// A kernel in the catalogue. A row is written as
///
///     KernelRow(
///       "ta.highest(length: length) float",                         // the forms of a call, as `Signature`s:
///       "ta.highest(source: number, length: length) number",        // the longest one last
///       about: "Highest value of the window.",
///       formula: "largest of the window",
///       lookback: "length" - 1,                                     // for each result: see `LookBack`
///       na: "skips",                                                // the effect of a na
///       repeatsSkippedBars: true,                                   // see `Kernel.repeatsSkippedBars`
///       chart: [.close: 1],                                         // see `Kernel.chartDepth`
///       omitted: ["source": .bar(.high)],                           // in place of an argument left out
///       addsUp: true)                                               // see `addsUp`
///
/// A form without parentheses is a variable (`ta.obv`). A parameter of type `length` is an int from 1 to the longest
/// history.
public struct KernelRow: Sendable {
  /// In place of an argument that a form leaves out.
  package enum Omitted: Sendable {
    case bar(BarField)
    /// `timeframe.change("1D")`
    case newDay
  }

  /// Of the calls.
  package let signatures: [Signature]
  /// The variable's name, where there is one.
  package let variable: String?
  public let about, formula, na: String
  public let repeatsSkippedBars: Bool
  public let chart: [BarField: Int]
  package let omitted: [String: Omitted]
  /// Whether the variable gathers from bar to bar. In a branch it then counts the bars that reach its place; at the
  /// top level all its places share one value a bar.
  package let addsUp: Bool

  public let arguments: [String]
  public let lengths: Set<String>
  public let results: Int
  /// Of the first result.
  public let type: ValueType
  private let lookbacks: [LookBack]

  init(
    _ forms: String..., about: String, formula: String, lookback: LookBack..., na: String,
    repeatsSkippedBars: Bool = false, chart: [BarField: Int] = [:], omitted: [String: Omitted] = [:],
    addsUp: Bool = false
  ) {
    signatures = forms.filter { $0.utf8.contains(UInt8(ascii: "(")) }.compactMap(Signature.init)
    variable = forms.first { !$0.utf8.contains(UInt8(ascii: "(")) }
      .map { String($0.prefix { $0 != " " }) }
    (self.about, self.formula, self.na, lookbacks) = (about, formula, na, lookback)
    (self.repeatsSkippedBars, self.chart) = (repeatsSkippedBars, chart)
    (self.omitted, self.addsUp) = (omitted, addsUp)
    let full = signatures.last
    arguments = full?.parameters.map(\.name) ?? []
    lengths = Set(full?.parameters.filter(\.isLength).map(\.name) ?? [])
    switch full?.result {
    case .tuple(let types):
      results = types.count
      type = types.first?.valueType ?? .float
    case .one(let one):
      results = 1
      type = one.valueType
    case .common, .collection, nil:
      results = 1
      type = .float
    }
  }

  /// The name in a script.
  package var name: String { signatures.last?.name ?? variable ?? "" }

  /// A row may give fewer than there are results: the last one holds for the rest.
  public func lookback(ofResult index: Int) -> LookBack {
    lookbacks.isEmpty ? .conditional : lookbacks[min(max(index, 0), lookbacks.count - 1)]
  }

  /// The look-back for people, n for the one length. Results that differ are in their order.
  package var lookbackText: String {
    let isOnly = lengths.count == 1
    let short = { (name: String) in name == "length" || isOnly && lengths.contains(name) ? "n" : name }
    var texts: [String] = []
    for lookback in lookbacks where lookback.text(short) != texts.last { texts.append(lookback.text(short)) }
    return texts.joined(separator: "; ")
  }
}
