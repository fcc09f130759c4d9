import CFxaot
import Libc
import Messaging

extension Engine {
  /// Makes an engine at a fixed address; free it with `destroy`.
  public static func make(_ config: fxaot_config) throws(EngineError) -> UnsafeMutablePointer<Engine> {
    let engine = try Engine(config)
    guard let memory = allocateAligned(MemoryLayout<Engine>.size) else {
      throw EngineError(FXAOT_OUT_OF_MEMORY)
    }
    let pointer = memory.bindMemory(to: Engine.self, capacity: 1)
    pointer.initialize(to: engine)
    return pointer
  }

  public static func destroy(_ engine: UnsafeMutablePointer<Engine>) {
    engine.deinitialize(count: 1)
    free(engine)
  }
}
