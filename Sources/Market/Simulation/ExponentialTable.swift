/// The inverse distribution function of the exponential law, in 256 straight pieces.
///
/// A piece k covers the probabilities k/256 … (k+1)/256; the last one ends at 1 − 1/1024. The
/// values are scaled so that their mean is 1 but for rounding.
struct ExponentialTable: Sendable {
  static let shared = ExponentialTable()

  private let starts: [Double]
  private let slopes: [Double]

  init() {
    let edges = (0...256).map { edge in
      edge < 256
        ? -ExponentialTable.logarithm(1 - Double(edge) / 256)
        : -ExponentialTable.logarithm(1 / 1024)
    }
    // The mean of a straight piece is the middle of its ends.
    let mean = (0..<256).reduce(0.0) { $0 + (edges[$1] + edges[$1 + 1]) / 512 }
    starts = (0..<256).map { edges[$0] / mean }
    slopes = (0..<256).map { (edges[$0 + 1] - edges[$0]) / mean }
  }

  /// `cell` in 0 … 255, `part` in [0, 1).
  @inline(__always) func value(cell: Int, part: Double) -> Double {
    starts[cell] + slopes[cell] * part
  }

  /// ln x for normal x > 0 by ln x = e·ln 2 + 2·artanh((m−1)/(m+1)), without a mathematical library.
  static func logarithm(_ x: Double) -> Double {
    let ratio = (x.significand - 1) / (x.significand + 1)
    let square = ratio * ratio
    var power = ratio
    var sum = 0.0
    // ratio ≤ 1/3: the 20th term is below 2^−60.
    for term in 0..<20 {
      sum += power / Double(2 * term + 1)
      power *= square
    }
    return Double(x.exponent) * 0.693_147_180_559_945_3 + 2 * sum
  }
}
