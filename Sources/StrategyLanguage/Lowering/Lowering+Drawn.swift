import StrategyIR

/// A call that draws bar by bar, for whoever shows it: `plot`, `plotshape`, `hline`, `bgcolor`, `fill` and their like. What is
/// not constant of its arguments is recorded as plots of the program.
public struct DrawnCall: Equatable, Sendable {
  public enum Value: Equatable, Sendable {
    /// A colour is 0xRRGGBBAA, a condition 1 or 0; nan for na.
    case constant(Double)
    /// The number of the plot that has the value of each bar.
    case plot(Int)
  }

  public var name: String
  public var title = ""
  /// Arguments that are constant texts, by their parameters: `style` as `plot.style_histogram`.
  public var texts: [String: String] = [:]
  /// Numbers and conditions by their parameters.
  public var values: [String: Value] = [:]
  public var colors: [String: Value] = [:]
  /// Of `fill`: the places in `Compilation.drawn` of what it lies between.
  public var between: [Int] = []

  public init(name: String) { self.name = name }

  /// The numbers of the plots that it is recorded as, without the one that a `plot` is itself.
  public var recorded: [Int] {
    (name == "plot" ? values.filter { $0.key != "series" } : values).values.compactMap(\.plot)
      + colors.values.compactMap(\.plot)
  }
}

extension DrawnCall.Value {
  public var plot: Int? {
    if case .plot(let number) = self { return number }
    return nil
  }

  public var constant: Double? {
    if case .constant(let number) = self { return number }
    return nil
  }
}

extension Lowering {
  private static let drawnNames: Set = [
    "plot", "plotshape", "plotchar", "plotarrow", "plotcandle", "plotbar", "hline", "bgcolor", "barcolor", "fill",
  ]
  /// The numbers that change what is drawn.
  private static let drawnNumbers: Set = [
    "series", "price", "open", "high", "low", "close", "linewidth", "histbase", "offset", "show_last", "display",
    "transp",
    "force_overlay", "top_value", "bottom_value",
  ]

  /// Only calls at the top level are on each bar, as TradingView wants them.
  /// - Parameter plot: the plot that has the call's series already.
  /// - Returns: its place among the drawn calls.
  func recordDrawn(_ bound: BoundArguments, plot: Int? = nil) -> Int? {
    guard recordsDrawn, Self.drawnNames.contains(bound.signature.name), scopes.count == 1, module == 0 else {
      return nil
    }
    var call = DrawnCall(name: bound.signature.name)
    call.title = bound["title"]?.text ?? ""
    call.values["series"] = plot.map(DrawnCall.Value.plot)
    for parameter in bound.signature.parameters where parameter.name != "title" && call.values[parameter.name] == nil {
      guard let argument = bound[parameter.name] else { continue }
      record(argument, of: parameter.name, into: &call)
    }
    if call.name == "fill", call.between.count != 2 { return nil }
    drawn.append(call)
    return drawn.count - 1
  }

  private func record(_ argument: Value, of name: String, into call: inout DrawnCall) {
    if let text = argument.text {
      call.texts[name] = text
      return
    }
    switch argument.type {
    case .drawing: call.between += argument.drawn.map { [$0] } ?? []
    case .color: call.colors[name] = recorded(argument, name, call)
    case .na where name.hasSuffix("color"): call.colors[name] = .constant(.nan)
    case .bool, .int, .float, .na:
      if Self.drawnNumbers.contains(name) { call.values[name] = recorded(argument, name, call) }
    default: break
    }
  }

  private func recorded(_ argument: Value, _ name: String, _ call: DrawnCall) -> DrawnCall.Value {
    if let number = argument.number { return .constant(number) }
    if argument.type == .na || argument.ref.isNone { return .constant(.nan) }
    let isCondition = b.type(argument.ref) == .bool
    let value = isCondition ? b.select(argument.ref, b.number(1, .float), b.number(0, .float)) : argument.ref
    b.plot((call.title.isEmpty ? call.name : call.title) + " " + name, value)
    return .plot(b.program.plots.count - 1)
  }
}
