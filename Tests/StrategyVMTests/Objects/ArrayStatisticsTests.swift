import Indicators
import StrategyIR
import Testing

@testable import StrategyVM

extension ArrayTests {
  /// Values by hand. Python's statistics module gives the same ones for means, medians, variances and covariances.
  @Suite("Statistics of arrays")
  struct StatisticsTests {
    let at = HeapAtWork()
    let missing = Double.nan

    @Test func `sum, mean and extremes leave na out`() {
      let a = at.floats(3, missing, -1.5, 8, missing)
      #expect(at.call(.arraySum, a) == 9.5)
      #expect(at.call(.arrayAvg, a) == 9.5 / 3)
      #expect(at.call(.arrayMin, a, 0) == -1.5)
      #expect(at.call(.arrayMax, a, 0) == 8)
      #expect(at.call(.arrayRange, a) == 9.5)
    }

    @Test func `of an array without values all statistics are na`() {
      for a in [at.floats(), at.floats(missing, missing)] {
        for function in [
          ObjectFunction.arraySum, .arrayAvg, .arrayRange, .arrayMedian, .arrayMode,
        ] { #expect(at.call(function, a).isNaN) }
        for function in [ObjectFunction.arrayMin, .arrayMax, .arrayStdev, .arrayVariance, .arrayPercentRank] {
          #expect(at.call(function, a, 0).isNaN)
        }
        #expect(at.call(.arrayPercentileLinear, a, 50).isNaN)
        #expect(at.call(.arrayPercentileNearest, a, 50).isNaN)
        #expect(at.fault() == nil)
      }
    }

    @Test func `a sum on the way that is 1e-10 or less from 0 is 0`() {
      #expect(at.call(.arraySum, at.floats(1e-10, 1e-10, 5)) == 5)
      #expect(at.call(.arraySum, at.floats(2e-10, 5)) == 2e-10 + 5)
      #expect(at.call(.arraySum, at.floats(0.1, 0.2, -0.3)) == 0)
      #expect(at.call(.arraySum, at.floats(.infinity, 1)) == .infinity)
    }

    @Test func `the nth least and greatest`() {
      let a = at.floats(5, missing, 1, 4, 1)
      #expect(at.call(.arrayMin, a, 1) == 1)
      #expect(at.call(.arrayMin, a, 2) == 4)
      #expect(at.call(.arrayMax, a, 1) == 4)
      #expect(at.call(.arrayMax, a, missing) == 5)
      // Four values, five elements.
      #expect(at.call(.arrayMin, a, 4) == 5)
      #expect(at.call(.arrayMax, a, 4) == 1)
      at.call(.arrayMin, a, 5)
      #expect(at.fault() == .index(5, count: 5))
      at.call(.arrayMax, a, -1)
      #expect(at.fault() == .index(-1, count: 5))
    }

    @Test func `median and mode`() {
      #expect(at.call(.arrayMedian, at.floats(4, 1, missing, 3)) == 3)
      #expect(at.call(.arrayMedian, at.floats(4, 1, 2, 3)) == 2.5)
      #expect(at.call(.arrayMedian, at.ints(4, 1, 2, 3)) == 2)
      #expect(at.call(.arrayMode, at.floats(7, 3, 7, 3, 9)) == 3)
      #expect(at.call(.arrayMode, at.floats(7, 3, 9)) == 3)
      #expect(at.call(.arrayMode, at.floats(1, 9, 9, missing, missing, missing)) == 9)
    }

    @Test func `variance and deviation, biased and not`() {
      // Mean 3, squares 4, 1, 0, 1, 4: 10 / 5 and 10 / 4.
      let a = at.floats(1, 2, missing, 3, 4, 5)
      #expect(at.call(.arrayVariance, a, 1) == 2)
      #expect(at.call(.arrayVariance, a, 0) == 2.5)
      #expect(at.call(.arrayStdev, a, 1) == 2.0.squareRoot())
      #expect(at.call(.arrayStdev, a, 0) == 2.5.squareRoot())
      #expect(at.call(.arrayVariance, at.floats(7), 1) == 0)
      #expect(at.call(.arrayVariance, at.floats(7), 0).isNaN)
      #expect(at.call(.arrayVariance, at.floats(0.1, 0.1, 0.1), 1) >= 0)
    }

    @Test func `covariance takes the pairs without na`() {
      // x: 1 2 3, y: 2 4 9; means 2 and 5; (-1)(-3) + 0 + 1·4 = 7.
      let (x, y) = (at.floats(1, missing, 2, 3, 8), at.floats(2, 7, 4, 9, missing))
      #expect(at.call(.arrayCovariance, x, y, 1) == 7.0 / 3)
      #expect(at.call(.arrayCovariance, x, y, 0) == 3.5)
      at.call(.arrayCovariance, x, at.floats(1, 2), 1)
      #expect(at.fault() == .shapes(1, 5, 1, 2))
    }

    @Test func `percentiles by interpolation and by the nearest rank`() {
      let a = at.floats(50, 10, 40, 20, 30)
      // Place 5 · 50 % + ½ = 3; 5 · 61 % + ½ = 3.55; the ends.
      #expect(at.call(.arrayPercentileLinear, a, 50) == 30)
      #expect(abs(at.call(.arrayPercentileLinear, a, 61) - 35.5) < 1e-12)
      #expect(at.call(.arrayPercentileLinear, a, 0) == 10)
      #expect(at.call(.arrayPercentileLinear, a, 100) == 50)
      #expect(at.call(.arrayPercentileLinear, a, missing).isNaN)
      #expect(at.call(.arrayPercentileNearest, a, 50) == 30)
      #expect(at.call(.arrayPercentileNearest, a, 61) == 40)
      #expect(at.call(.arrayPercentileNearest, a, 0) == 10)
      #expect(at.call(.arrayPercentileNearest, a, missing) == 10)
      for function in [ObjectFunction.arrayPercentileLinear, .arrayPercentileNearest] {
        at.call(function, a, -1)
        #expect(at.fault() == .argument(-1))
        at.call(function, a, 100.5)
        #expect(at.fault() == .argument(100.5))
      }
      // na counts as an element behind the others.
      let b = at.floats(10, missing, 20, 30)
      #expect(at.call(.arrayPercentileNearest, b, 75) == 30)
      #expect(at.call(.arrayPercentileNearest, b, 80).isNaN)
      #expect(at.call(.arrayPercentileLinear, b, 37.5) == 20)
      #expect(at.call(.arrayPercentileLinear, b, 50).isNaN)
    }

    @Test func `percentrank is the share of the other elements`() {
      let a = at.floats(1, 5, 3, 3, missing)
      #expect(at.call(.arrayPercentRank, a, 0) == 0)
      #expect(at.call(.arrayPercentRank, a, 1) == 75)
      #expect(at.call(.arrayPercentRank, a, 2) == 50)
      #expect(at.call(.arrayPercentRank, a, 4).isNaN)
      #expect(at.call(.arrayPercentRank, a, missing) == 0)
      #expect(at.call(.arrayPercentRank, at.floats(4), 0).isNaN)
      at.call(.arrayPercentRank, a, 5)
      #expect(at.fault() == .index(5, count: 5))
    }

    @Test func `absolute and standardized values are new arrays`() {
      let a = at.floats(1, missing, -3)
      #expect(same(at.values(at.call(.arrayAbs, a)), [1, missing, 3]))
      // Mean −1, deviation 2.
      #expect(same(at.values(at.call(.arrayStandardize, a)), [1, missing, -1]))
      #expect(same(at.values(at.call(.arrayStandardize, at.floats(4, missing, 4))), [1, missing, 1]))
      #expect(same(at.values(a), [1, missing, -3]))
    }

    @Test func `every and some`() {
      #expect(at.call(.arrayEvery, at.array([1, 1], .bool)) == 1)
      #expect(at.call(.arrayEvery, at.array([1, 0], .bool)) == 0)
      #expect(at.call(.arrayEvery, at.array([], .bool)) == 0)
      #expect(at.call(.arraySome, at.array([0, 1], .bool)) == 1)
      #expect(at.call(.arraySome, at.array([0, missing], .bool)) == 0)
      #expect(at.call(.arrayEvery, at.floats(-2, 0.5)) == 1)
      #expect(at.call(.arrayEvery, at.floats(-2, missing)) == 0)
      #expect(at.call(.arrayEvery, at.floats(-2, 1e-11)) == 0)
      #expect(at.call(.arraySome, at.floats(0, missing, 1e-9)) == 1)
      #expect(at.call(.arraySome, at.floats(0, missing)) == 0)
    }

    @Test func `join writes elements as str.tostring does`() {
      #expect(at.string(at.call(.arrayJoin, at.floats(1, 2.5, missing), at.text(", "))) == "1, 2.5, NaN")
      #expect(at.string(at.call(.arrayJoin, at.array([1, 0], .bool), at.text("/"))) == "true/false")
      #expect(at.string(at.call(.arrayJoin, at.strings("a", "", "c"), at.text("-"))) == "a--c")
      #expect(at.string(at.call(.arrayJoin, at.floats(), at.text("-"))) == "")
      #expect(at.string(at.call(.arrayJoin, at.floats(1, 2), missing)) == "12")
      let long = at.call(.arrayJoin, at.call(.arrayNew, 1, 100_000, 1), missing)
      #expect(at.string(long) == String(repeating: "1", count: 4_096))
    }

    @Test func `objects as texts`() {
      #expect(at.string(at.call(.textOfObject, at.floats(1, missing, 2.55), missing)) == "[1, NaN, 2.55]")
      #expect(at.string(at.call(.textOfObject, at.floats(1, 2.55), at.text("#.0"))) == "[1.0, 2.6]")
      #expect(at.string(at.call(.textOfObject, at.floats(), missing)) == "[]")
      #expect(at.string(at.call(.textOfObject, at.call(.matrixNew, 1, 2, 2, 7), missing)) == "[7, 7]\n[7, 7]")
      #expect(at.string(at.call(.textOfObject, missing, missing)) == "NaN")
    }

    @Test func `split`() {
      func parts(_ text: String, _ separator: String) -> [String] {
        at.values(at.call(.textSplit, at.text(text), at.text(separator))).map(at.string)
      }
      #expect(parts("a,b,,c", ",") == ["a", "b", "", "c"])
      #expect(parts("a, b", ", ") == ["a", "b"])
      #expect(parts("aäb", "") == ["a", "ä", "b"])
      #expect(parts("", "") == [""])
      #expect(parts(",", ",") == ["", ""])
      #expect(at.values(at.call(.textSplit, missing, at.text(","))) == [])
    }
  }
}
