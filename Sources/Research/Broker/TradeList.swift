import StrategyIR

/// Trades in memory that stays where it is between changes, so that a script can read them.
struct TradeList: ~Copyable {
  private(set) var base = UnsafeMutablePointer<TradeRecord>.allocate(capacity: 16)
  private(set) var count = 0
  private var capacity = 16

  deinit { base.deallocate() }

  var isEmpty: Bool { count == 0 }

  /// `index` must be below `count`.
  subscript(index: Int) -> TradeRecord {
    get { base[index] }
    nonmutating set { base[index] = newValue }
  }

  mutating func append(_ trade: TradeRecord) {
    if count == capacity { grow() }
    (base + count).initialize(to: trade)
    count += 1
  }

  mutating func remove(at index: Int) {
    guard index < count else { return }
    for place in index..<count - 1 { base[place] = base[place + 1] }
    count -= 1
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<TradeRecord>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: base, count: count)
    base.deallocate()
    base = larger
    capacity *= 2
  }
}
