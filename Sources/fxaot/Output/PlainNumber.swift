/// Numbers for people.
enum PlainNumber {
  /// The shortest text, without ".0" after whole numbers.
  static func text(_ value: Double) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// 10 to each number of places that `fixed` writes.
  static let powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000.0]

  /// With a fixed number of places, 0 to 6; numbers that are huge or none at all as they are.
  static func fixed(_ value: Double, places: Int) -> String {
    let scale = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000][min(max(places, 0), 6)]
    let scaled = (value * Double(scale)).rounded()
    guard abs(scaled) < 0x1p53 else { return text(value) }
    let steps = Int64(scaled)
    let sign = steps < 0 ? "-" : ""
    let whole = String(steps.magnitude / UInt64(scale))
    guard places > 0 else { return sign + whole }
    // With the scale added, the leading zeros of the fraction stay.
    let fraction = String(steps.magnitude % UInt64(scale) + UInt64(scale)).dropFirst()
    return sign + whole + "." + fraction
  }
}
