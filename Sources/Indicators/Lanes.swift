/// Eight consecutive values of a series.
public typealias Lanes = SIMD8<Double>

extension SIMD8<Double> {
  /// Reads eight doubles from any address of doubles.
  @inlinable @inline(__always)
  public init(at from: UnsafePointer<Double>) {
    self = UnsafeRawPointer(from).loadUnaligned(as: Self.self)
  }

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
