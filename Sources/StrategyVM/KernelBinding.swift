import Indicators
import StrategyIR

/// One step of a kernel: its struct, its state, its arguments and where its results go.
typealias KernelStep =
  @convention(c) (
    UnsafeRawPointer, UnsafeMutableRawPointer, UnsafePointer<Double>, UnsafeMutablePointer<Double>
  ) -> Void

/// A kernel with its lengths settled, behind one form of call.
struct KernelBinding {
  enum Input: Equatable {
    /// An argument of the call, by its place.
    case argument(Int)
    case bar(BarField)
    /// Of the chart's bar so many before.
    case past(BarField, Int)
  }

  /// The kernel's struct, as bytes.
  var kernel: [UInt8]
  var stateBytes: Int
  var reset: (UnsafeMutableRawPointer) -> Void
  var inputs: [Input]
  var step: KernelStep
  /// The same in Swift's text.
  let text: () -> String
  let call: String
  let results: [String]

  /// The printed call stands next to the VM's call, so that the two stay the same: after `Pine.`
  /// comes `text`, the kernel, and then `call`.
  ///
  /// - Parameters:
  ///   - kernel: A struct of plain numbers.
  ///   - text: The same kernel, of whole numbers and `literal`s; "" for a function without state.
  ///   - inputs: Its arguments, in a row.
  ///   - call: One step: `$s` is the state, `$0` the first input.
  ///   - results: Of the call's answer `$x`, in a row.
  init<Kernel: StateKernel>(
    _ kernel: Kernel, _ text: @autoclosure @escaping () -> String, _ inputs: [Input],
    _ call: String, _ results: [String] = ["$x"], _ step: KernelStep
  ) {
    // The optimizer (Swift 6.3.1) takes the bytes of an empty value for undefined, and all that is
    // made of them.
    self.kernel =
      MemoryLayout<Kernel>.size == 0 ? [] : withUnsafeBytes(of: kernel) { Array($0) }
    stateBytes = kernel.stateBytes
    reset = { kernel.reset($0) }
    self.inputs = inputs
    self.step = step
    self.text = text
    self.call = call
    self.results = results
  }

  /// A number as Swift reads it back to the bit.
  static func literal(_ x: Double) -> String {
    x.isFinite ? "\(x)" : "Double(bitPattern: \(x.bitPattern))"
  }
}

/// The source of a binding, from which it can be made again.
package struct KernelForm: Equatable, Sendable {
  package let kernel: Kernel
  /// The arguments that are constants.
  let known: [Double?]
  /// For a call in a branch, where that makes a difference.
  let isSkipped: Bool

  /// nil where the kernel needs a constant length and has none.
  func binding() -> KernelBinding? {
    isSkipped ? KernelBinding.skipped(kernel, known) : KernelBinding.make(kernel, known)
  }

  package static func == (a: KernelForm, b: KernelForm) -> Bool {
    a.kernel == b.kernel && a.isSkipped == b.isSkipped
      && a.known.map { $0?.bitPattern } == b.known.map { $0?.bitPattern }
  }
}

/// A bound kernel's place in a world.
package struct KernelSlot {
  package let form: KernelForm
  let binding: KernelBinding
  /// Of its state; in a loop, of a `LoopedState`.
  package let offset: Int
  package let isLooped: Bool

  package var stateOffset: Int { isLooped ? offset + LoopedState.headerBytes : offset }
  package var stateBytes: Int { binding.stateBytes }
  package var inputCount: Int { binding.inputs.count }
  package var resultCount: Int { binding.results.count }
  var bytes: Int { isLooped ? LoopedState.bytes(stateBytes) : stateBytes }

  // MARK: As Swift's text

  /// The kernel; "" for a function without state.
  package var text: String { binding.text() }
  /// A step after `Pine.` and the text: `$s` is its state, `$0` the first input.
  package var call: String { binding.call }
  /// Of the call's answer `$x`.
  package var results: [String] { binding.results }
}

/// The state of a kernel in a loop. A script's loop calls the function several times on one bar;
/// the next bar continues from the last of these calls: see `Pine.rewind`.
enum LoopedState {
  static let headerBytes = 16

  static func bytes(_ stateBytes: Int) -> Int { headerBytes + 2 * ((stateBytes + 15) & ~15) }
}
