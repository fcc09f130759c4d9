/// The steps of a compiled script other than arithmetic: one definition for the VM and for
/// printed code.
extension Pine {
  /// The past of a script's variable or bar field.
  ///
  ///     state   Int: values pushed; Int: cells less 1; Int: the bar of the newest push, where that
  ///             matters; 8 bytes
  ///             2^k doubles: the ring, value i in cell i mod 2^k
  @frozen
  public struct Past {
    /// The number of cells less 1.
    public let mask: Int

    @inlinable @inline(__always) public init(mask: Int) { self.mask = mask }

    @inlinable public static var headerBytes: Int { 32 }

    @inlinable @inline(__always)
    public func push(_ state: UnsafeMutableRawPointer, _ x: Double) {
      let count = state.load(as: Int.self)
      cells(state)[count & mask] = x
      state.storeBytes(of: count &+ 1, as: Int.self)
    }

    /// The value that was pushed `ago` pushes before the next one, at least 1.
    @inlinable @inline(__always)
    public func value(_ state: UnsafeMutableRawPointer, ago: Int) -> Double {
      cells(state)[(state.load(as: Int.self) &- ago) & mask]
    }

    /// The same for a result of `pastOffset`; na for an offset that is na or beyond the ring.
    @inlinable
    public func value(_ state: UnsafeMutableRawPointer, orNA ago: Int) -> Double {
      ago >= 1 && ago <= mask &+ 1 ? value(state, ago: ago) : .nan
    }

    /// Whether the series is touched for the first time on this bar.
    @inlinable @inline(__always)
    public func isFirst(_ state: UnsafeMutableRawPointer, bar: Int) -> Bool {
      let stamp = state.load(fromByteOffset: 16, as: Int.self)
      state.storeBytes(of: bar, toByteOffset: 16, as: Int.self)
      return stamp != bar
    }

    @inlinable @inline(__always)
    func cells(_ state: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Double> {
      (state + Past.headerBytes).assumingMemoryBound(to: Double.self)
    }
  }

  /// No window is longer, and more history of a variable is not kept unless the script asks for it.
  @inlinable public static var longestHistory: Int { 5_000 }

  /// How far back `x[offset]` looks, `most` bars at most: 0 is the value now, −1 stands for na, −2 for
  /// an offset that stops the script.
  @inlinable
  public static func pastOffset(_ offset: Double, most: Int) -> Int {
    guard offset == offset else { return -1 }
    let floor = offset.rounded(.down)
    return floor >= 0 && floor <= Double(most) ? Int(floor) : -2
  }

  /// Whether a length is one that stops the script.
  @inlinable @inline(__always)
  public static func isBadLength(_ x: Double) -> Bool { x < 1 || x > Double(longestHistory) }

  /// Whether the step of a `for` stops the script: 0, or a negative one where the loop counts up.
  /// Checked before the first round, while the direction is nan.
  @inlinable
  public static func isBadStep(
    _ counter: Double, to bound: Double, step: Double, _ direction: Double
  ) -> Bool {
    direction != direction && (step == 0 || step < 0 && isGreater(bound, counter))
  }

  /// Whether a `for` starts its next round, with the tolerance of comparisons, so that
  /// 0 to 0.3 by 0.1 are four rounds. The direction is nan before the first round, which sets it to
  /// the step, negative where the loop counts down. A step of na leads beyond any bound.
  @inlinable
  public static func forTest(
    _ counter: Double, to bound: Double, step: Double, _ direction: inout Double
  ) -> Bool {
    if direction != direction {
      let size = step == step ? step.magnitude : .infinity
      guard size > 0, counter == counter, bound == bound else { return false }
      direction = isGreaterOrEqual(bound, counter) ? size : -size
    }
    return direction > 0 ? isGreaterOrEqual(bound, counter) : isGreaterOrEqual(counter, bound)
  }

  /// The number of bars between this one and the last one that reached a call.
  @inlinable
  public static func skippedBars(since last: Double, bar: Int) -> Int {
    guard last >= 1, last < Double(bar) else { return 0 }
    return max(min(bar &- 1 &- Int(last), longestHistory), 0)
  }

  /// Takes the state of a kernel in a loop back to the bar's start, or keeps it when the bar is new.
  ///
  ///     block   Int: the bar of the newest call, 8 bytes; the kernel's state; the state before that
  ///             bar, each rounded up to 16 bytes
  @inlinable
  public static func rewind(_ block: UnsafeMutableRawPointer, bytes: Int, bar: Int) {
    let state = block + 16
    let before = state + ((bytes &+ 15) & ~15)
    if block.load(as: Int.self) == bar {
      state.copyMemory(from: before, byteCount: bytes)
    } else {
      before.copyMemory(from: state, byteCount: bytes)
      block.storeBytes(of: bar, as: Int.self)
    }
  }
}
