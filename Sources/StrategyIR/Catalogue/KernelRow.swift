/// What the catalogue says of a kernel. A row is written as
///
///     KernelRow(
///       "ta.highest(length: length) float",                         // the forms of a call, as `Signature`s:
///       "ta.highest(source: number, length: length) number",        // the longest one last
///       about: "Highest value of the window.",
///       formula: "largest of the window", lookback: "n − 1",        // bars before the first answer
///       na: "skips",                                                // what a na does
///       repeatsSkippedBars: true,                                   // see `Kernel.repeatsSkippedBars`
///       chart: [.close: 1])                                         // see `Kernel.chartDepth`
///
/// A form without parentheses is a variable (`ta.obv`). A parameter of type `length` is an int from 1 to the longest
/// history.
public struct KernelRow: Sendable {
  /// Of the calls.
  package let signatures: [Signature]
  /// The variable's name, where there is one.
  package let variable: String?
  public let about, formula, lookback, na: String
  public let repeatsSkippedBars: Bool
  public let chart: [BarField: Int]

  public let arguments: [String]
  public let lengths: Set<String>
  public let results: Int
  /// Of the first result.
  public let type: ValueType

  init(
    _ forms: String..., about: String, formula: String, lookback: String, na: String,
    repeatsSkippedBars: Bool = false, chart: [BarField: Int] = [:]
  ) {
    signatures = forms.filter { $0.utf8.contains(UInt8(ascii: "(")) }.compactMap(Signature.init)
    variable = forms.first { !$0.utf8.contains(UInt8(ascii: "(")) }
      .map { String($0.prefix { $0 != " " }) }
    (self.about, self.formula, self.lookback, self.na) = (about, formula, lookback, na)
    (self.repeatsSkippedBars, self.chart) = (repeatsSkippedBars, chart)
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
    case .common, nil:
      results = 1
      type = .float
    }
  }

  /// The name in a script.
  package var name: String { signatures.last?.name ?? variable ?? "" }
}
