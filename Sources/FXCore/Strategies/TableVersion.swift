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
