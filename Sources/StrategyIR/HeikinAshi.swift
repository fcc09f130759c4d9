/// Heikin-Ashi bars: the close is the mean of the bar's four prices, the open the middle of the body before (of the
/// first bar, of its own), high and low the extremes with these two.
public struct HeikinAshi: Sendable {
  /// What `ticker.heikinashi` puts behind a symbol's name.
  public static let mark = ";HEIKINASHI"

  /// The body before; na before the first bar.
  public var open = Double.nan
  public var close = Double.nan

  public init() {}

  /// The bar of these prices; it is the one before for the next.
  public mutating func take(_ o: Double, _ h: Double, _ l: Double, _ c: Double) -> (
    open: Double, high: Double, low: Double, close: Double
  ) {
    let middle = open == open ? (open + close) / 2 : (o + c) / 2
    close = (o + h + l + c) / 4
    open = middle
    return (open, max(h, max(open, close)), min(l, min(open, close)), close)
  }

  /// A symbol's name without the mark; nil where it has none.
  public static func symbol(of name: String) -> String? {
    name.hasSuffix(mark) ? String(name.dropLast(mark.count)) : nil
  }
}
