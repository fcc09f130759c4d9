import Research

/// What the script draws, column by column.
extension StillPane {
  /// Colours where the script names none, as the page has them.
  private static let palette: [UInt32] = [
    0xE69F_00FF, 0x009E_73FF, 0xCC79_A7FF, 0x56B4_E9FF, 0xD55E_00FF, 0x0072_B2FF, 0xB8A8_00FF, 0x8888_88FF,
  ]

  /// The values of a column's bars.
  private struct Extent {
    var low = Double.infinity
    var high = -Double.infinity
    var last = 0.0
    /// The last bar that has one.
    var bar: Int?
  }

  mutating func draw(_ drawn: DrawnSeries, _ report: Report) {
    let fallback = Self.palette[(report.drawn.firstIndex { $0.call == drawn.call } ?? 0) % Self.palette.count]
    switch drawn.call.name {
    case "plot":
      switch drawn.style {
      case "histogram", "columns": stakes(drawn, fallback)
      case "circles", "cross": dots(drawn, fallback)
      default: line(drawn, fallback)
      }
    case "hline": level(drawn)
    case "plotcandle", "plotbar": candles(drawn, fallback)
    case "bgcolor": background(drawn)
    case "fill": fill(drawn, report, fallback)
    case "plotshape", "plotchar", "plotarrow": shapes(drawn, report.record, fallback)
    default: break
    }
  }

  /// Bars in the script's colours, over the price.
  mutating func tint(_ drawn: DrawnSeries, _ record: RunRecord) {
    var spans = Inked<Span>()
    for column in 0..<count {
      for bar in bars(of: column) {
        guard let ink = ink(drawn, "color", bar - drawn.offset, nil) else { continue }
        spans.add(ink, Span(column: column, low: record.bars[bar].low, high: record.bars[bar].high))
      }
    }
    for (ink, spans) in spans.lists { add(ink, .bars(spans)) }
  }

  // MARK: - the kinds

  private mutating func line(_ drawn: DrawnSeries, _ fallback: UInt32) {
    var (runs, spans) = (Inked<[Point]>(), Inked<Span>())
    let breaks = drawn.style.hasSuffix("br")
    let steps = drawn.style.hasPrefix("stepline") || drawn.style == "diamond"
    var (last, run, current): (Point?, [Point], StillInk?) = (nil, [], nil)
    for column in 0..<count {
      let found = extent(drawn, "series", column)
      guard let bar = found.bar else {
        if breaks {
          if let current { runs.add(current, run) }
          (last, run, current) = (nil, [], nil)
        }
        continue
      }
      take(found.low)
      take(found.high)
      let next = ink(drawn, "color", bar, fallback)
      if next != current {
        if let current { runs.add(current, run) }
        run = last.map { [$0] } ?? []
        current = next
      }
      if steps, let last { run.append(Point(column: column, value: last.value)) }
      let point = Point(column: column, value: found.last)
      run.append(point)
      last = point
      guard let next else { continue }
      if drawn.style.hasPrefix("area") {
        spans.add(
          next.thinner, Span(column: column, low: min(found.low, drawn.base), high: max(found.high, drawn.base)))
      } else if found.high > found.low {
        spans.add(next, Span(column: column, low: found.low, high: found.high))
      }
    }
    if let current { runs.add(current, run) }
    for (ink, spans) in spans.lists { add(ink, .bars(spans)) }
    for (ink, runs) in runs.lists { add(ink, .lines(runs.filter { $0.count > 1 }, isDashed: false)) }
  }

  private mutating func stakes(_ drawn: DrawnSeries, _ fallback: UInt32) {
    var spans = Inked<Span>()
    for column in 0..<count {
      let found = extent(drawn, "series", column)
      guard let bar = found.bar else { continue }
      let (low, high) = (min(found.low, drawn.base), max(found.high, drawn.base))
      take(low)
      take(high)
      if let ink = ink(drawn, "color", bar, fallback) { spans.add(ink, Span(column: column, low: low, high: high)) }
    }
    for (ink, spans) in spans.lists { add(ink, .bars(spans)) }
  }

  private mutating func dots(_ drawn: DrawnSeries, _ fallback: UInt32) {
    var points = Inked<Point>()
    for column in 0..<count {
      let found = extent(drawn, "series", column)
      guard let bar = found.bar else { continue }
      take(found.last)
      if let ink = ink(drawn, "color", bar, fallback) { points.add(ink, Point(column: column, value: found.last)) }
    }
    for (ink, points) in points.lists { add(ink, .marks(points, .dot)) }
  }

  private mutating func level(_ drawn: DrawnSeries) {
    guard let value = drawn.number("price"), count > 0, let ink = ink(drawn, "color", barCount - 1, 0x787B_86FF) else {
      return
    }
    take(value)
    add(ink, .lines([[Point(column: 0, value: value), Point(column: count - 1, value: value)]], isDashed: true))
  }

  private mutating func candles(_ drawn: DrawnSeries, _ fallback: UInt32) {
    var spans = Inked<Span>()
    for column in 0..<count {
      let (top, bottom) = (extent(drawn, "high", column), extent(drawn, "low", column))
      guard let bar = top.bar, bottom.bar != nil else { continue }
      take(bottom.low)
      take(top.high)
      if let ink = ink(drawn, "color", bar, fallback) {
        spans.add(ink, Span(column: column, low: bottom.low, high: top.high))
      }
    }
    for (ink, spans) in spans.lists { add(ink, .bars(spans)) }
  }

  private mutating func background(_ drawn: DrawnSeries) {
    var bands = Inked<(from: Int, to: Int)>()
    for column in 0..<count {
      let inks = bars(of: column).compactMap { ink(drawn, "color", $0 - drawn.offset, nil) }
      // At least half of the column's bars.
      guard let ink = inks.last, inks.count * 2 >= bars(of: column).count else { continue }
      bands.add(ink, (column, column + 1))
    }
    for (ink, columns) in bands.lists {
      var joined: [(from: Int, to: Int)] = []
      for band in columns {
        if let last = joined.last, last.to == band.from {
          joined[joined.count - 1].to = band.to
        } else {
          joined.append(band)
        }
      }
      add(ink, .bands(joined))
    }
  }

  /// Of a gradient a column has the colour of its middle.
  private mutating func fill(_ drawn: DrawnSeries, _ report: Report, _ fallback: UInt32) {
    let edges = drawn.call.between.compactMap { report.drawn.indices.contains($0) ? report.drawn[$0] : nil }
    guard edges.count == 2 else { return }
    var spans = Inked<Span>()
    for column in 0..<count {
      let found = edges.map { extent($0, $0.values["series"] == nil ? "price" : "series", column) }
      guard let bar = found[0].bar, found[1].bar != nil else { continue }
      let span = Span(column: column, low: min(found[0].low, found[1].low), high: max(found[0].high, found[1].high))
      let ink =
        drawn.values["top_value"] == nil
        ? ink(drawn, "color", bar, fallback & 0xFFFF_FF00 | 0x33) : shade(drawn, bar, at: (span.low + span.high) / 2)
      if let ink { spans.add(ink, span) }
    }
    for (ink, spans) in spans.lists { add(ink, .bars(spans)) }
  }

  private mutating func shapes(_ drawn: DrawnSeries, _ record: RunRecord, _ fallback: UInt32) {
    let location = drawn.call.texts["location"] ?? ""
    for mark in [Mark.up, .down] {
      var points = Inked<Point>()
      for column in 0..<count {
        for bar in bars(of: column) {
          let value = drawn.values["series"]?[bar - drawn.offset] ?? .nan
          guard value.isFinite, value != 0 else { continue }
          let isArrow = drawn.call.name == "plotarrow"
          let isBelow = isArrow ? value > 0 : location.hasSuffix("belowbar") || location.hasSuffix("bottom")
          guard isBelow == (mark == .up) else { continue }
          let name = isArrow ? (isBelow ? "colorup" : "colordown") : "color"
          guard
            let ink = ink(drawn, name, bar - drawn.offset, isArrow ? (isBelow ? 0x0072_B2FF : 0xD55E_00FF) : fallback)
          else { continue }
          let price = isBelow ? record.bars[bar].low : record.bars[bar].high
          points.add(ink, Point(column: column, value: location.hasSuffix("absolute") ? value : price))
        }
      }
      // Of so many shapes each hides another.
      for (ink, points) in points.lists where points.count <= 400 { add(ink, .marks(points, mark)) }
    }
  }

  // MARK: - values

  /// The colour of a gradient at a value, one of 16.
  private func shade(_ drawn: DrawnSeries, _ bar: Int, at value: Double) -> StillInk? {
    func color(_ name: String) -> UInt32? { drawn.colors[name].flatMap { UInt32(exactly: $0[bar]) } }
    guard let top = drawn.values["top_value"]?[bar], let bottom = drawn.values["bottom_value"]?[bar] else { return nil }
    let share = ((value - bottom) / (top - bottom) * 15).rounded() / 15
    guard share.isFinite else { return nil }
    // What has no colour is the other one, unseen.
    guard let upper = color("top_color") ?? color("bottom_color").map({ $0 & 0xFFFF_FF00 }) else { return nil }
    let lower = color("bottom_color") ?? upper & 0xFFFF_FF00
    let part = min(max(share, 0), 1)
    let mixed = [24, 16, 8, 0].reduce(UInt32(0)) { bits, shift in
      let (a, b) = (Double(upper >> UInt32(shift) & 0xFF), Double(lower >> UInt32(shift) & 0xFF))
      return bits << 8 | UInt32((b + (a - b) * part).rounded())
    }
    return mixed & 0xFF > 0 ? .script(mixed) : nil
  }

  private func extent(_ drawn: DrawnSeries, _ name: String, _ column: Int) -> Extent {
    var extent = Extent()
    guard let values = drawn.values[name] else { return extent }
    for place in bars(of: column) {
      let bar = place - drawn.offset
      guard bar >= 0 else { continue }
      let value = values[bar]
      guard value.isFinite else { continue }
      extent.low = min(extent.low, value)
      extent.high = max(extent.high, value)
      extent.last = value
      extent.bar = bar
    }
    return extent
  }

  /// nil where nothing is to be seen.
  private func ink(_ drawn: DrawnSeries, _ name: String, _ bar: Int, _ fallback: UInt32?) -> StillInk? {
    guard let colors = drawn.colors[name] else { return fallback.map { .script($0) } }
    guard bar >= 0, let bits = UInt32(exactly: colors[bar]), bits & 0xFF > 0 else { return nil }
    return .script(bits)
  }
}

extension StillInk {
  /// For areas below a line.
  fileprivate var thinner: StillInk {
    guard case .script(let bits) = self else { return self }
    return .script(bits & 0xFFFF_FF00 | (bits & 0xFF) * 3 / 10)
  }
}

/// What has the same colour together, in the order of its first use.
private struct Inked<Element> {
  private(set) var lists: [(ink: StillInk, list: [Element])] = []
  private var places: [StillInk: Int] = [:]

  mutating func add(_ ink: StillInk, _ element: Element) {
    if let place = places[ink] {
      lists[place].list.append(element)
    } else {
      places[ink] = lists.count
      lists.append((ink, [element]))
    }
  }
}
