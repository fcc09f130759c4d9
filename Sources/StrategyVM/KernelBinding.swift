import StrategyIR

/// One step of a kernel: its struct, its state, its arguments and where its results go.
typealias KernelStep = @convention(c) (
  UnsafeRawPointer, UnsafeMutableRawPointer, UnsafePointer<Double>, UnsafeMutablePointer<Double>
) -> Void

/// A kernel with its lengths settled, behind one form of call.
struct KernelBinding {
  enum Input: Equatable {
    /// An argument of the call, by its place.
    case argument(Int)
    case bar(BarField)
  }

  /// The kernel's struct, as bytes.
  var kernel: [UInt8]
  var stateBytes: Int
  var reset: (UnsafeMutableRawPointer) -> Void
  var inputs: [Input]
  var step: KernelStep

  /// - Parameter kernel: a struct of plain numbers.
  init<Kernel>(
    _ kernel: Kernel, bytes: Int, reset: @escaping (UnsafeMutableRawPointer) -> Void,
    inputs: [Input], step: KernelStep
  ) {
    // The optimizer (Swift 6.3.1) takes the bytes of a value without any for undefined, and what is
    // made of them too.
    self.kernel =
      MemoryLayout<Kernel>.size == 0 ? [] : withUnsafeBytes(of: kernel) { Array($0) }
    stateBytes = bytes
    self.reset = reset
    self.inputs = inputs
    self.step = step
  }
}

/// A bound kernel's place in a world.
struct KernelSlot {
  let binding: KernelBinding
  /// Of its state.
  let offset: Int
}
