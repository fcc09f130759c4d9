import Indicators

/// A block of state that starts as garbage, so that a kernel whose reset leaves something out fails.
final class KernelState {
  let pointer: UnsafeMutableRawPointer
  let bytes: Int

  init(bytes: Int) {
    self.bytes = bytes
    pointer = .allocate(byteCount: bytes + Self.margin, alignment: 64)
    pointer.initializeMemory(as: UInt8.self, repeating: 0xA5, count: bytes + Self.margin)
  }

  deinit { pointer.deallocate() }

  /// Whether nothing was written behind the block.
  var isIntact: Bool { (bytes..<bytes + Self.margin).allSatisfy { load($0) == 0xA5 } }

  private static let margin = 64
  private func load(_ offset: Int) -> UInt8 { pointer.load(fromByteOffset: offset, as: UInt8.self) }
}

/// Runs a kernel over a series from a fresh state.
func run<Input, Output>(
  _ series: [Input], bytes: Int, reset: (UnsafeMutableRawPointer) -> Void,
  step: (UnsafeMutableRawPointer, Input) -> Output
) -> [Output] {
  let state = KernelState(bytes: bytes)
  reset(state.pointer)
  let result = series.map { step(state.pointer, $0) }
  precondition(state.isIntact, "a kernel wrote behind its state")
  return result
}

func run(_ kernel: some SeriesKernel, _ series: [Double]) -> [Double] {
  run(series, bytes: kernel.stateBytes, reset: kernel.reset, step: kernel.step)
}
