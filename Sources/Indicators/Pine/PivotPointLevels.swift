extension Pine {
  /// ta.pivot_point_levels: P, R1, S1, R2, S2, … R5, S5 of the period between two anchors.
  ///
  /// On a bar with the anchor the period before it ends, its levels are the answer until the next
  /// one; developing levels are those of the period so far. A level that a kind does not have is na.
  ///
  ///     state   doubles: 1 once a period began, its open, high, low, close; 11 levels
  @frozen
  public struct PivotPointLevels {
    public enum Kind: UInt8, Sendable {
      case traditional, fibonacci, woodie, classic, dm, camarilla
    }

    public static let count = 11

    @inlinable public init() {}

    @inlinable public var stateBytes: Int { 40 &+ 8 &* 11 }

    @inlinable
    public func reset(_ state: UnsafeMutableRawPointer) {
      for i in 0..<16 { state.doubles[i] = .nan }
      state.doubles[0] = 0
    }

    /// `levels` has room for 11. There are no developing levels of Woodie's kind. O(1).
    public func step(
      _ state: UnsafeMutableRawPointer, kind: Kind, anchor: Bool, isDeveloping: Bool,
      open: Double, high: Double, low: Double, close: Double,
      levels: UnsafeMutablePointer<Double>
    ) {
      let cells = state.doubles
      if anchor {
        calculate(kind, cells, nextOpen: open, into: cells + 5)
        cells[0] = 0
      }
      if cells[0] == 0 {
        (cells[0], cells[1], cells[2], cells[3]) = (1, open, high, low)
      } else {
        cells[2] = max(cells[2], high)
        cells[3] = min(cells[3], low)
      }
      cells[4] = close
      if isDeveloping {
        calculate(kind, cells, nextOpen: .nan, into: levels)
      } else {
        levels.update(from: cells + 5, count: Self.count)
      }
    }

    func calculate(
      _ kind: Kind, _ period: UnsafeMutablePointer<Double>, nextOpen: Double,
      into levels: UnsafeMutablePointer<Double>
    ) {
      for i in 0..<Self.count { levels[i] = .nan }
      guard period[0] != 0 else { return }
      let (o, h, l, c) = (period[1], period[2], period[3], period[4])
      let range = h - l
      let p = (h + l + c) / 3
      switch kind {
      case .traditional:
        levels[0] = p
        (levels[1], levels[2]) = (p * 2 - l, p * 2 - h)
        (levels[3], levels[4]) = (p + range, p - range)
        (levels[5], levels[6]) = (p * 2 + (h - 2 * l), p * 2 - (2 * h - l))
        (levels[7], levels[8]) = (p * 3 + (h - 3 * l), p * 3 - (3 * h - l))
        (levels[9], levels[10]) = (p * 4 + (h - 4 * l), p * 4 - (4 * h - l))
      case .fibonacci:
        levels[0] = p
        (levels[1], levels[2]) = (p + 0.382 * range, p - 0.382 * range)
        (levels[3], levels[4]) = (p + 0.618 * range, p - 0.618 * range)
        (levels[5], levels[6]) = (p + range, p - range)
      case .woodie:
        let w = (h + l + 2 * nextOpen) / 4
        let (r3, s3) = (h + 2 * (w - l), l - 2 * (h - w))
        levels[0] = w
        (levels[1], levels[2]) = (2 * w - l, 2 * w - h)
        (levels[3], levels[4]) = (w + range, w - range)
        (levels[5], levels[6]) = (r3, s3)
        (levels[7], levels[8]) = (r3 + range, s3 - range)
      case .classic:
        levels[0] = p
        (levels[1], levels[2]) = (2 * p - l, 2 * p - h)
        (levels[3], levels[4]) = (p + range, p - range)
        (levels[5], levels[6]) = (p + 2 * range, p - 2 * range)
        (levels[7], levels[8]) = (p + 3 * range, p - 3 * range)
      case .dm:
        let x = o == c ? h + l + 2 * c : c > o ? 2 * h + l + c : 2 * l + h + c
        levels[0] = x / 4
        (levels[1], levels[2]) = (x / 2 - l, x / 2 - h)
      case .camarilla:
        levels[0] = p
        (levels[1], levels[2]) = (c + 1.1 * range / 12, c - 1.1 * range / 12)
        (levels[3], levels[4]) = (c + 1.1 * range / 6, c - 1.1 * range / 6)
        (levels[5], levels[6]) = (c + 1.1 * range / 4, c - 1.1 * range / 4)
        (levels[7], levels[8]) = (c + 1.1 * range / 2, c - 1.1 * range / 2)
        let r5 = h / l * c
        (levels[9], levels[10]) = (r5, c - (r5 - c))
      }
    }
  }
}
