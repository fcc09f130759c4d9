import Research

/// Which pane of a chart each drawn call belongs in.
struct DrawnPanes {
  private struct Extent {
    var low = Double.infinity
    var high = -Double.infinity

    mutating func take(_ value: Double) {
      low = min(low, value)
      high = max(high, value)
    }

    /// Whether both fill a good part of one pane.
    func isLike(_ other: Extent) -> Bool {
      let (size, others) = (high - low, other.high - other.low)
      return low <= other.high && high >= other.low && size < 20 * others + 1e-12 && others < 20 * size + 1e-12
    }

    func lies(about value: Double) -> Bool {
      let room = (high - low) / 2
      return value >= low - room && value <= high + room
    }
  }

  /// Panes of their own, beyond which the last one is shared.
  private static let most = 4
  private let price: Extent
  private var others: [Extent] = []

  /// Places the calls of a script. O(bars · calls).
  static func place(_ drawn: inout [DrawnSeries], _ record: RunRecord, isOverlay: Bool) {
    var panes = DrawnPanes(record)
    for index in drawn.indices {
      switch drawn[index].call.name {
      case "plot", "plotcandle", "plotbar", "hline": drawn[index].pane = panes.pane(of: drawn[index], record)
      case "plotshape", "plotchar":
        if drawn[index].call.texts["location"]?.hasSuffix("absolute") == true {
          drawn[index].pane = panes.pane(of: drawn[index], record)
        }
      default: break
      }
    }
    for index in drawn.indices {
      switch drawn[index].call.name {
      case "fill":
        if let first = drawn[index].call.between.first, drawn.indices.contains(first) {
          drawn[index].pane = drawn[first].pane
        }
      case "bgcolor":
        // Behind the script's own pane, where it has one.
        drawn[index].pane = isOverlay || drawn[index].isOnPrices || panes.others.isEmpty ? 0 : 1
      default: break
      }
    }
  }

  private init(_ record: RunRecord) {
    var price = Extent()
    for bar in record.bars {
      price.take(bar.low)
      price.take(bar.high)
    }
    self.price = price
  }

  /// Among the prices where most of its values lie about theirs; else with others of its size.
  private mutating func pane(of drawn: DrawnSeries, _ record: RunRecord) -> Int {
    if drawn.isOnPrices { return 0 }
    guard let values = drawn.values["series"] ?? drawn.values["price"] ?? drawn.values["close"] else { return 0 }
    var extent = Extent()
    var (count, near) = (0, 0)
    for bar in record.bars.indices where values[bar].isFinite {
      count += 1
      if price.lies(about: values[bar]) { near += 1 }
      extent.take(values[bar])
    }
    guard count > 0, Double(near) <= Double(count) * 0.8 else { return 0 }
    // A level is a line at one height: it goes where its height is.
    if extent.low == extent.high, let place = others.firstIndex(where: { $0.lies(about: extent.low) }) {
      return place + 1
    }
    if let place = others.firstIndex(where: extent.isLike) { return place + 1 }
    if others.count >= Self.most { return others.count }
    others.append(extent)
    return others.count
  }
}
