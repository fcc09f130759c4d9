import Research
import StrategyLanguage

/// A call that draws bar by bar, with its values. The page, the still charts and the picture show the same ones.
struct DrawnSeries {
  enum Values {
    case one(Double)
    /// One of each bar of the report.
    case each([Double])

    subscript(bar: Int) -> Double {
      switch self {
      case .one(let value): value
      case .each(let values): values.indices.contains(bar) ? values[bar] : .nan
      }
    }
  }

  let call: DrawnCall
  private(set) var values: [String: Values]
  /// 0xRRGGBBAA; nan where nothing is drawn.
  private(set) var colors: [String: Values]
  /// Bars by which it stands to the right of its own.
  private(set) var offset = 0
  /// 0 is the price's.
  var pane = 0

  /// - Parameter recorded: bar by bar the values of the program's plots.
  init(_ call: DrawnCall, recorded: [[Double]], bars: Int) {
    func values(_ value: DrawnCall.Value) -> Values {
      switch value {
      case .constant(let number): .one(number)
      case .plot(let number): recorded.indices.contains(number) ? .each(recorded[number]) : .one(.nan)
      }
    }
    self.call = call
    self.values = call.values.mapValues(values)
    colors = call.colors.mapValues(values)
    offset = whole("offset").map { min(max($0, -10_000), 10_000) } ?? 0
    thin(transparency: number("transp"))
    if let shown = whole("show_last"), shown >= 0, shown < bars { hide(before: bars - shown, of: bars) }
  }

  /// A number that is the same on all bars: of one that changes the last.
  func number(_ name: String) -> Double? {
    let number: Double? =
      switch values[name] {
      case .one(let number)?: number
      case .each(let numbers)?: numbers.last
      case nil: nil
      }
    return number.flatMap { $0.isFinite ? $0 : nil }
  }

  func whole(_ name: String) -> Int? { number(name).flatMap { Int(exactly: $0.rounded()) } }

  /// `display` without the pane.
  var isHidden: Bool { whole("display").map { $0 & 2 == 0 } ?? false }
  var isOnPrices: Bool { number("force_overlay") == 1 }
  var style: String { call.texts["style"].map { String($0.split(separator: "_").last ?? "") } ?? "" }
  /// What histograms, columns and areas stand on.
  var base: Double { number("histbase") ?? 0 }

  /// Version 5's `transp`, in percent, of colours that have no transparency of their own.
  private mutating func thin(transparency: Double?) {
    guard let transparency else { return }
    let alpha = ((100 - min(max(transparency, 0), 100)) * 2.55).rounded()
    func thinner(_ color: Double) -> Double {
      color.truncatingRemainder(dividingBy: 256) == 255 ? color - 255 + alpha : color
    }
    colors = colors.mapValues {
      switch $0 {
      case .one(let color): .one(thinner(color))
      case .each(let colors): .each(colors.map(thinner))
      }
    }
  }

  private mutating func hide(before first: Int, of bars: Int) {
    func hidden(_ values: Values) -> Values { .each((0..<bars).map { $0 < first ? .nan : values[$0] }) }
    if call.name != "hline" { for name in ["series", "open"] { values[name] = values[name].map(hidden) } }
    if values["series"] == nil, values["open"] == nil { colors = colors.mapValues(hidden) }
  }
}

extension DrawnSeries {
  func tree(decimals: Int) -> JSONTree {
    let texts = call.texts.sorted { $0.key < $1.key }.map { ($0.key, JSONTree.text($0.value)) }
    let values = self.values.sorted { $0.key < $1.key }.map { name, values -> (String, JSONTree) in
      switch values {
      case .one(let number): (name, .number(number))
      case .each(let numbers): (name, NumberColumn.tree(numbers, decimals: decimals))
      }
    }
    let colors = self.colors.sorted { $0.key < $1.key }.map { ($0.key, Self.tree(colors: $0.value)) }
    return .object([
      ("call", .text(call.name)), ("title", .text(call.title)), ("texts", .object(texts)), ("pane", .whole(pane)),
      ("offset", .whole(offset)), ("hidden", .flag(isHidden)), ("between", .array(call.between.map { .whole($0) })),
      ("values", .object(values)), ("colors", .object(colors)),
    ])
  }

  /// A colour, or the different ones and for each bar the place of its own among them.
  private static func tree(colors: Values) -> JSONTree {
    switch colors {
    case .one(let color): return .color(UInt32(exactly: color))
    case .each(let colors):
      var places: [UInt32: Int] = [:]
      var palette: [JSONTree] = []
      let indices = colors.map { color -> Double in
        guard let bits = UInt32(exactly: color) else { return .nan }
        if let place = places[bits] { return Double(place) }
        places[bits] = palette.count
        palette.append(.color(bits))
        return Double(palette.count - 1)
      }
      return .object([("palette", .array(palette)), ("index", NumberColumn.tree(indices))])
    }
  }
}
