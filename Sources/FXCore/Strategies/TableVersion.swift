import CFxaot
import Libc
import Messaging

/// A strategy of a table, with its parameters and state in its own memory.
struct TableVersion: BitwiseCopyable {
  let table: UnsafePointer<fxaot_strategy>
  let params: UnsafeMutablePointer<Double>
  let state: UnsafeMutableRawPointer

  /// Fresh. Fails as `Engine.addStrategy` does.
  init(_ table: UnsafePointer<fxaot_strategy>, _ deployment: fxaot_deployment) throws(EngineError) {
    let params = try Engine.params(table, deployment)
    do {
      state = try Engine.stateBlock(table, params)
    } catch {
      free(params)
      throw error
    }
    self.table = table
    self.params = params
  }

  /// With these parameters and this state; checked as far as a table can be: the state's bytes are the strategy's own.
  init(
    _ table: UnsafePointer<fxaot_strategy>, _ values: [Double], state bytes: UnsafeRawBufferPointer
  ) throws(EngineError) {
    let all = UnsafeBufferPointer(start: table.pointee.params, count: Int(table.pointee.param_count))
    guard values.count == all.count, zip(all, values).allSatisfy({ StrategyParameters.allows($0, $1) }) else {
      throw EngineError(FXAOT_PARAMETER_RANGE)
    }
    guard let memory = allocateAligned(values.count * MemoryLayout<Double>.stride) else {
      throw EngineError(FXAOT_OUT_OF_MEMORY)
    }
    let params = memory.bindMemory(to: Double.self, capacity: values.count)
    for (index, value) in values.enumerated() { (params + index).initialize(to: value) }
    do throws(EngineError) {
      if let check = table.pointee.check, check(params) != 0 { throw EngineError(FXAOT_PARAMETER_RANGE) }
      guard let size = table.pointee.state_bytes, size(params) == UInt64(bytes.count) else {
        throw EngineError(FXAOT_BAD_LENGTH)
      }
      state = try Engine.stateBlock(table, params)
    } catch {
      free(params)
      throw error
    }
    if let start = bytes.baseAddress { state.copyMemory(from: start, byteCount: bytes.count) }
    self.table = table
    self.params = params
  }

  /// Its strength for a bar; 0 of a table without a step.
  @inline(__always)
  func step(_ feed: Int, _ bar: inout fxaot_bar) -> Double {
    table.pointee.step.map { $0(params, state, UInt32(feed), &bar) } ?? 0
  }

  func release() {
    free(params)
    free(state)
  }
}

extension Engine {
  static func feeds(_ table: UnsafePointer<fxaot_strategy>) -> UnsafeBufferPointer<UInt32> {
    UnsafeBufferPointer(start: table.pointee.feed_multiples, count: Int(table.pointee.feed_count))
  }

  /// The parameters, defaults filled in, in memory of their own.
  fileprivate static func params(
    _ table: UnsafePointer<fxaot_strategy>, _ deployment: fxaot_deployment
  ) throws(EngineError) -> UnsafeMutablePointer<Double> {
    let bytes = Int(table.pointee.param_count) * MemoryLayout<Double>.stride
    guard let memory = allocateAligned(bytes) else { throw EngineError(FXAOT_OUT_OF_MEMORY) }
    let params = memory.assumingMemoryBound(to: Double.self)
    var bad = UInt64.max
    let status = StrategyParameters.resolve(
      table, deployment.params, count: Int(deployment.param_count), into: params, badIndex: &bad)
    if status.rawValue != FXAOT_OK.rawValue {
      free(params)
      throw EngineError(status, parameter: bad)
    }
    return params
  }

  /// A fresh state block. FXAOT_LIMIT when the strategy wants more than FXAOT_MAX_STATE_BYTES.
  fileprivate static func stateBlock(
    _ table: UnsafePointer<fxaot_strategy>, _ params: UnsafePointer<Double>
  ) throws(EngineError) -> UnsafeMutableRawPointer {
    guard let size = table.pointee.state_bytes, let reset = table.pointee.reset else {
      throw EngineError(FXAOT_BAD_ABI)
    }
    let bytes = size(params)
    guard bytes <= FXAOT_MAX_STATE_BYTES else { throw EngineError(FXAOT_LIMIT) }
    guard let state = allocateAligned(Int(bytes)) else { throw EngineError(FXAOT_OUT_OF_MEMORY) }
    state.initializeMemory(as: UInt8.self, repeating: 0, count: Int(bytes))
    reset(params, state)
    return state
  }
}
