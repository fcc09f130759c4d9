import Indicators
import StrategyIR

/// Statistics of arrays. Elements that are na are left out, except where a rule says otherwise; without any other
/// element the result is na. Sums run from the first element to the last.
extension ObjectHeap {
  func statistics(_ function: ObjectFunction, _ a: Arguments) -> Double {
    switch function {
    case .textSplit: return split(a[0], a[1])
    case .textOfObject: return text(of: a[0], format: a[1])
    default: break
    }
    guard let span = span(a[0]) else { return .nan }
    switch function {
    case .arraySum: return Self.sum(UnsafeBufferPointer(elements(span)))
    case .arrayAvg:
      let (sum, count) = Self.plainSum(elements(span))
      return count == 0 ? .nan : sum / Double(count)
    case .arrayMin: return nth(a[1], span, isLeast: true)
    case .arrayMax: return nth(a[1], span, isLeast: false)
    case .arrayRange:
      let (least, most) = Self.extremes(elements(span))
      return most - least
    case .arrayMedian, .arrayMode, .arrayPercentileLinear, .arrayPercentileNearest:
      return ranked(function, span, a)
    case .arrayVariance: return Self.variance(elements(span), isBiased: a[1] != 0)
    case .arrayStdev: return Self.variance(elements(span), isBiased: a[1] != 0).squareRoot()
    case .arrayCovariance: return covariance(span, a[1], isBiased: a[2] != 0)
    case .arrayPercentRank: return percentRank(span, a[1])
    case .arrayAbs: return mapped(span, element(of: span)) { $0.magnitude }
    case .arrayStandardize: return standardized(span)
    case .arrayEvery: return span.count > 0 && elements(span).allSatisfy(Self.isTrue) ? 1 : 0
    case .arraySome: return elements(span).contains(where: Self.isTrue) ? 1 : 0
    default: return join(span, a[1])
    }
  }

  /// Of a bool or a number: 0 and na are false.
  private static func isTrue(_ x: Double) -> Bool { Pine.isNonzero(x) }

  // MARK: Sums

  /// As in Pine, a sum on the way that is 1e-10 or less from 0 is 0.
  static func sum(_ values: UnsafeBufferPointer<Double>) -> Double {
    // First as if there were neither na nor such a sum: this leaves one addition after the other.
    var (total, least) = (0.0, Double.infinity)
    for x in values {
      total += x
      least = total.magnitude < least ? total.magnitude : least
    }
    if total == total, least > Pine.tolerance, !values.isEmpty { return total }
    total = 0
    var count = 0
    for x in values where x == x {
      total += x
      if total.magnitude <= Pine.tolerance { total = 0 }
      count += 1
    }
    return count == 0 ? .nan : total
  }

  static func plainSum(_ values: UnsafeMutableBufferPointer<Double>) -> (sum: Double, count: Int) {
    var (sum, count) = (0.0, 0)
    for x in values where x == x {
      sum += x
      count += 1
    }
    return (sum, count)
  }

  /// The least and the greatest; na without an element that is not.
  static func extremes(_ values: UnsafeMutableBufferPointer<Double>) -> (least: Double, most: Double) {
    var (least, most) = (Double.nan, Double.nan)
    for x in values where x == x {
      if !(least <= x) { least = x }
      if !(most >= x) { most = x }
    }
    return (least, most)
  }

  /// From the sums of the values and of their squares, never negative. Of one value it is 0, or na unbiased.
  static func variance(_ values: UnsafeMutableBufferPointer<Double>, isBiased: Bool) -> Double {
    let (sum, count) = plainSum(values)
    guard count > 1 else { return count == 1 && isBiased ? 0 : .nan }
    var squares = 0.0
    for x in values where x == x { squares += x * x }
    let mean = sum / Double(count)
    let n = Double(isBiased ? count : count - 1)
    let variance = isBiased ? squares / n - mean * mean : squares / n - (sum / n) * mean
    return variance < 0 ? 0 : variance
  }

  /// Of the pairs without na.
  private func covariance(_ span: ArraySpan, _ other: Double, isBiased: Bool) -> Double {
    guard let second = self.span(other), spend(second.count) else { return .nan }
    guard span.count == second.count else { return fail(.shapes(1, span.count, 1, second.count)) }
    let (x, y) = (elements(span), elements(second))
    var (sumX, sumY, count) = (0.0, 0.0, 0)
    for i in 0..<x.count where x[i] == x[i] && y[i] == y[i] {
      sumX += x[i]
      sumY += y[i]
      count += 1
    }
    guard count > (isBiased ? 0 : 1) else { return .nan }
    let (meanX, meanY) = (sumX / Double(count), sumY / Double(count))
    var sum = 0.0
    for i in 0..<x.count where x[i] == x[i] && y[i] == y[i] { sum += (x[i] - meanX) * (y[i] - meanY) }
    return sum / Double(isBiased ? count : count - 1)
  }

  // MARK: Ranks

  /// The elements that are not na in ascending order, in `scratch`.
  func sorted(_ values: UnsafeMutableBufferPointer<Double>) -> UnsafeBufferPointer<Double>? {
    guard spend(values.count * (Int.bitWidth - values.count.leadingZeroBitCount)) else { return nil }
    let all = scratch.take(2 * values.count)
    var count = 0
    for x in values where x == x {
      all[count] = x
      count += 1
    }
    sortStably(all, count, spare: all + values.count) { $0 < $1 }
    return UnsafeBufferPointer(start: all, count: count)
  }

  /// Beyond the elements that are not na, but below the size, it is the last one's.
  private func nth(_ rank: Double, _ span: ArraySpan, isLeast: Bool) -> Double {
    let (least, most) = Self.extremes(elements(span))
    guard least == least else { return .nan }
    guard let rank = rank == rank ? place(rank, of: span.count) : 0 else { return .nan }
    if rank == 0 { return isLeast ? least : most }
    guard let all = sorted(elements(span)) else { return .nan }
    let place = min(rank, all.count - 1)
    return all[isLeast ? place : all.count - 1 - place]
  }

  private func ranked(_ function: ObjectFunction, _ span: ArraySpan, _ a: Arguments) -> Double {
    guard let all = sorted(elements(span)) else { return .nan }
    let isInt = element(of: span) == ValueType.int.rawValue
    switch function {
    case .arrayMedian: return Self.median(all, isInt: isInt)
    case .arrayMode: return Self.mode(all)
    default: break
    }
    guard span.count > 0 else { return .nan }
    let percentage = a[1] != a[1] && function == .arrayPercentileNearest ? 0 : a[1]
    guard percentage == percentage else { return .nan }
    guard percentage >= 0, percentage <= 100 else { return fail(.argument(percentage)) }
    return function == .arrayPercentileLinear
      ? Self.percentile(all, of: span.count, percentage) : Self.nearest(all, of: span.count, percentage)
  }

  /// Between the middle ones of an even number; of ints it is one, cut towards 0.
  static func median(_ all: UnsafeBufferPointer<Double>, isInt: Bool) -> Double {
    guard !all.isEmpty else { return .nan }
    let middle = all.count / 2
    guard all.count % 2 == 0 else { return all[middle] }
    let median = (all[middle - 1] + all[middle]) / 2
    return isInt ? median.rounded(.towardZero) : median
  }

  /// The least of the most frequent.
  static func mode(_ all: UnsafeBufferPointer<Double>) -> Double {
    var (mode, most) = (Double.nan, 0)
    var start = 0
    for i in 0..<all.count {
      if all[i] != all[start] { start = i }
      if i - start >= most { (mode, most) = (all[start], i - start + 1) }
    }
    return mode
  }

  /// na counts as an element behind the others: a place between two is then na. The place of the percentage among
  /// `count`, from 1 on, is count · p / 100 + ½.
  private static func percentile(_ all: UnsafeBufferPointer<Double>, of count: Int, _ percentage: Double) -> Double {
    var place = Double(count) * percentage / 100 + 0.5
    let whole = (place + 0.5).rounded(.down)
    if (place - whole).magnitude < 1e-9 { place = whole }
    let last = all.count == count ? all[count - 1] : .nan
    if place <= 1 { return all.first ?? .nan }
    if place >= Double(count) { return last }
    let below = Int(place)
    let part = place - Double(below)
    if part == 0 { return below <= all.count ? all[below - 1] : .nan }
    guard last == last else { return .nan }
    return all[below - 1] * (1 - part) + all[below] * part
  }

  /// na counts as an element behind the others.
  private static func nearest(_ all: UnsafeBufferPointer<Double>, of count: Int, _ percentage: Double) -> Double {
    let rank = max(1, min(count, Int((percentage * Double(count) / 100).rounded(.up))))
    return rank <= all.count ? all[rank - 1] : .nan
  }

  /// The share of the other elements that are not above the one at the index, in percent; na counts as above all.
  private func percentRank(_ span: ArraySpan, _ index: Double) -> Double {
    guard span.count > 0 else { return .nan }
    guard let place = index == index ? place(index, of: span.count) : 0 else { return .nan }
    let all = elements(span)
    guard span.count > 1, all[place] == all[place] else { return .nan }
    var count = 0
    for x in all where x <= all[place] { count += 1 }
    return Double(count - 1) * 100 / Double(span.count - 1)
  }

  // MARK: Arrays of the elements

  private func mapped(_ span: ArraySpan, _ element: UInt8, _ change: (Double) -> Double) -> Double {
    guard let slot = makeArray(element, span.count) else { return .nan }
    let source = elements(span)
    let target = cells + Int(slots[slot].start)
    for i in 0..<span.count { target[i] = change(source[i]) }
    return Pine.Reference.of(slot)
  }

  /// Equal elements are 1 each.
  private func standardized(_ span: ArraySpan) -> Double {
    let (sum, count) = Self.plainSum(elements(span))
    let mean = sum / Double(count)
    let deviation = Self.variance(elements(span), isBiased: true).squareRoot()
    return mapped(span, ValueType.float.rawValue) { x in
      x != x ? .nan : deviation == 0 ? 1 : (x - mean) / deviation
    }
  }
}
