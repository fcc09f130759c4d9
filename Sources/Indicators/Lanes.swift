/// Eight consecutive values of a series.
public typealias Lanes = SIMD8<Double>

extension SIMD8<Double> {
  /// Reads eight doubles from any address of doubles.
  @inlinable @inline(__always)
  public init(at from: UnsafePointer<Double>) {
    self = UnsafeRawPointer(from).loadUnaligned(as: Self.self)
  }

  /// Whether a comparison holds for all eight.
  @inlinable @inline(__always)
  public static func all(_ mask: SIMDMask<SIMD8<Int64>>) -> Bool {
    // A true lane is all ones. Halving beats the standard library's all(), which calls.
    let lanes = unsafeBitCast(mask, to: SIMD8<Int64>.self)
    let four = lanes.lowHalf & lanes.highHalf
    let two = four.lowHalf & four.highHalf
    return two[0] & two[1] != 0
  }

  /// The next position where a vector starts: aligned vectors are twice as fast.
  @inlinable @inline(__always)
  static func roundedUp(_ position: Int) -> Int { (position &+ 7) & ~7 }

  /// Writes eight doubles to any address of doubles.
  @inlinable @inline(__always)
  public func store(at to: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(to).storeBytes(of: self, as: Self.self)
  }

  /// Writes the first `count` of the eight doubles, all of them where count ≥ 8.
  @inlinable @inline(__always)
  public func store(at to: UnsafeMutablePointer<Double>, count: Int) {
    if count >= Self.scalarCount { return store(at: to) }
    var lane = 0
    while lane < count {
      to[lane] = self[lane]
      lane &+= 1
    }
  }
}
