/// What a registry exchanges as a whole: a hash, the values by slot, and, once it is old, its place in
/// the chain of old tables.
@usableFromInline
struct RegistryTable<Value: BitwiseCopyable>: ~Copyable {
  @usableFromInline let hash: PerfectHash
  @usableFromInline let values: UnsafeMutablePointer<Value>
  var older: UnsafeMutablePointer<RegistryTable>?
  /// The first epoch whose readers cannot find this table.
  var gone: UInt64 = 0

  private init(_ keys: UnsafeBufferPointer<UInt64>, _ source: UnsafeBufferPointer<Value>)
    throws(MessagingError)
  {
    let hash = try PerfectHash(keys)
    let bytes = max(1, keys.count) * MemoryLayout<Value>.stride
    guard let memory = SharedLines.allocate(max(1, bytes)) else { throw .outOfMemory }
    let values = memory.bindMemory(to: Value.self, capacity: max(1, keys.count))
    for (key, value) in zip(keys, source) {
      let slot = hash.slot(of: key)
      if slot >= 0 { (values + slot).initialize(to: value) }
    }
    self.hash = hash
    self.values = values
  }

  deinit { SharedLines.release(UnsafeMutableRawPointer(values)) }

  static func make(_ keys: UnsafeBufferPointer<UInt64>, _ values: UnsafeBufferPointer<Value>)
    throws(MessagingError) -> UnsafeMutablePointer<RegistryTable>
  {
    let table = try RegistryTable(keys, values)
    guard let memory = SharedLines.allocate(MemoryLayout<RegistryTable>.size) else {
      throw .outOfMemory
    }
    let place = memory.bindMemory(to: RegistryTable.self, capacity: 1)
    place.initialize(to: table)
    return place
  }

  static func free(_ table: UnsafeMutablePointer<RegistryTable>) {
    table.deinitialize(count: 1)
    SharedLines.release(UnsafeMutableRawPointer(table))
  }
}
