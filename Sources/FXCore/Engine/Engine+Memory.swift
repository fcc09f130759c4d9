import CFxaot
import Libc
import Messaging

extension Engine {
  /// Makes an engine at a fixed address; free it with `destroy`.
  public static func make(_ config: fxaot_config) throws(EngineError) -> UnsafeMutablePointer<Engine> {
    guard let pointer = hold(try Engine(config)) else { throw EngineError(FXAOT_OUT_OF_MEMORY) }
    return pointer
  }

  /// Gives an engine a fixed address; nil without memory.
  public static func hold(_ engine: consuming Engine) -> UnsafeMutablePointer<Engine>? {
    guard let memory = allocateAligned(MemoryLayout<Engine>.size) else { return nil }
    let pointer = memory.bindMemory(to: Engine.self, capacity: 1)
    pointer.initialize(to: engine)
    return pointer
  }

  public static func destroy(_ engine: UnsafeMutablePointer<Engine>) {
    engine.deinitialize(count: 1)
    free(engine)
  }
}
