import StrategyIR

/// A call of `plotshape`, `plotchar`, `plotarrow` or `hline` whose values are recorded as a plot of the program. Of a shape or
/// character the value is its series, a condition as 1 or 0: it is drawn where that is neither 0 nor na.
public struct PlottedShape: Equatable, Sendable {
  /// The call's name.
  public var call: String
  /// The number of the plot.
  public var plot: Int
  public var title = ""
  /// Constant texts, as `shape.triangleup` and `location.belowbar` have them; empty where the call has none.
  public var style = ""
  public var location = ""
  public var text = ""
}

/// The arguments of a `plot` that are constants.
public struct PlotLook: Equatable, Sendable {
  /// 0xRRGGBBAA.
  public var color: UInt32?
  /// As `plot.style_histogram`; empty for a line.
  public var style: String

  init(_ bound: BoundArguments) {
    color = bound["color"]?.number.flatMap { UInt32(exactly: $0) }
    style = bound["style"]?.text ?? ""
  }
}

extension Lowering {
  /// Only calls at the top level are on each bar, as TradingView wants them.
  func recordShape(_ name: String, _ bound: BoundArguments) {
    guard ["plotshape", "plotchar", "plotarrow", "hline"].contains(name), scopes.count == 1, module == 0,
      let series = bound["series"] ?? bound["price"]
    else { return }
    let value: ExpressionRef
    switch b.type(series.ref) {
    case .bool: value = b.select(series.ref, b.number(1, .float), b.number(0, .float))
    case .int, .float: value = series.ref
    default: return
    }
    var shape = PlottedShape(call: name, plot: b.program.plots.count)
    shape.title = bound["title"]?.text ?? ""
    shape.style = bound["style"]?.text ?? ""
    shape.location = bound["location"]?.text ?? ""
    shape.text = bound["char"]?.text ?? bound["text"]?.text ?? ""
    shapes.append(shape)
    b.plot(shape.title.isEmpty ? name : shape.title, value)
  }
}
