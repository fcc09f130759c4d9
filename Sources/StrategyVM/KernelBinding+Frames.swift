import Indicators
import StrategyIR

/// Frames that many kernels share: the text of a call stands next to the step that does the same. A `KernelStep` is a
/// C function, which Swift makes only from a closure that names its types. So a binding gives the closure
/// (`{ WindowCall.step(Pine.CCI.self, $0, $1, $2, $3) }`) and the frame the rest. Compiled with optimisation, a step is
/// one function.
extension KernelBinding {
  static let source = [Input.argument(0)]
  static let pair = [Input.argument(0), .argument(1)]
  static let three = [Input.argument(0), .argument(1), .argument(2)]
  static let highLowClose = [Input.bar(.high), .bar(.low), .bar(.close)]

  /// How long a window must be able to get: a constant length, else the longest history.
  static func longest(_ length: Double?) -> Int {
    guard let length else { return Program.longestHistory }
    return max(Pine.wholeNumber(length), 1)
  }

  /// `Pine.CCI` of length 20 as text: `CCI(length: 20)`.
  private static func text<K>(_ kernel: K.Type, _ n: Int) -> String { "\(kernel)(length: \(n))" }

  /// Of the source alone.
  static func series<K: SeriesKernel>(
    _ kernel: K, _ text: @autoclosure @escaping () -> String, _ step: KernelStep
  ) -> KernelBinding {
    KernelBinding(kernel, text(), source, SeriesCall.text, ["$x"], step)
  }

  static func series<K: SeriesKernel>(_ kernel: K, _ n: Int, _ step: KernelStep) -> KernelBinding {
    series(kernel, text(K.self, n), step)
  }

  /// Of the source and a length that may change from bar to bar.
  static func window<K: WindowKernel>(
    _ kernel: K, _ text: @autoclosure @escaping () -> String, _ step: KernelStep
  ) -> KernelBinding {
    KernelBinding(kernel, text(), pair, WindowCall.text, ["$x"], step)
  }

  static func window<K: WindowKernel>(_ kernel: K, _ n: Int, _ step: KernelStep) -> KernelBinding {
    window(kernel, text(K.self, n), step)
  }

  /// Of a window and of one argument more.
  static func window<K: StateKernel>(
    _ kernel: K, _ n: Int, _ inputs: [Input], _ call: String, _ results: [String] = ["$x"],
    _ step: KernelStep
  ) -> KernelBinding {
    KernelBinding(kernel, text(K.self, n), inputs, call, results, step)
  }
}

enum SeriesCall {
  static let text = "step($s, $0)"

  @inline(__always)
  static func step<K: SeriesKernel>(
    _: K.Type, _ k: UnsafeRawPointer, _ s: UnsafeMutableRawPointer, _ a: UnsafePointer<Double>,
    _ r: UnsafeMutablePointer<Double>
  ) {
    r[0] = k.load(as: K.self).step(s, a[0])
  }
}

enum WindowCall {
  static let text = "step($s, $0, length: Pine.wholeNumber($1))"

  @inline(__always)
  static func step<K: WindowKernel>(
    _: K.Type, _ k: UnsafeRawPointer, _ s: UnsafeMutableRawPointer, _ a: UnsafePointer<Double>,
    _ r: UnsafeMutablePointer<Double>
  ) {
    r[0] = k.load(as: K.self).step(s, a[0], length: Pine.wholeNumber(a[1]))
  }
}

enum VolumeCall {
  static let inputs = KernelBinding.pair + [.bar(.volume)]
  static let text = "step($s, $0, volume: $2, length: Pine.wholeNumber($1))"

  @inline(__always)
  static func step<K: VolumeKernel>(
    _: K.Type, _ k: UnsafeRawPointer, _ s: UnsafeMutableRawPointer, _ a: UnsafePointer<Double>,
    _ r: UnsafeMutablePointer<Double>
  ) {
    r[0] = k.load(as: K.self).step(s, a[0], volume: a[2], length: Pine.wholeNumber(a[1]))
  }
}

enum DeviationCall {
  static let text = "step($s, $0, length: Pine.wholeNumber($1), isBiased: $2 != 0)"

  @inline(__always)
  static func step<K: DeviationKernel>(
    _: K.Type, _ k: UnsafeRawPointer, _ s: UnsafeMutableRawPointer, _ a: UnsafePointer<Double>,
    _ r: UnsafeMutablePointer<Double>
  ) {
    r[0] = k.load(as: K.self).step(s, a[0], length: Pine.wholeNumber(a[1]), isBiased: a[2] != 0)
  }
}

enum PercentileCall {
  static let text = "step($s, $0, length: Pine.wholeNumber($1), percentage: $2)"

  @inline(__always)
  static func step<K: PercentileKernel>(
    _: K.Type, _ k: UnsafeRawPointer, _ s: UnsafeMutableRawPointer, _ a: UnsafePointer<Double>,
    _ r: UnsafeMutablePointer<Double>
  ) {
    r[0] = k.load(as: K.self).step(s, a[0], length: Pine.wholeNumber(a[1]), percentage: a[2])
  }
}

/// With `chart` some bars pass over the call, and the close before is the chart's.
enum RangeCall {
  static func inputs(_ chart: Bool) -> [KernelBinding.Input] {
    [.bar(.high), .bar(.low), chart ? .past(.close, 1) : .bar(.close)]
  }

  static func text(_ chart: Bool) -> String {
    "step($s, high: $0, low: $1, \(chart ? "before" : "close"): $2)"
  }

  @inline(__always)
  static func ofCalls<K: RangeKernel>(
    _: K.Type, _ k: UnsafeRawPointer, _ s: UnsafeMutableRawPointer, _ a: UnsafePointer<Double>,
    _ r: UnsafeMutablePointer<Double>
  ) {
    r[0] = k.load(as: K.self).step(s, high: a[0], low: a[1], close: a[2])
  }

  @inline(__always)
  static func ofChart<K: RangeKernel>(
    _: K.Type, _ k: UnsafeRawPointer, _ s: UnsafeMutableRawPointer, _ a: UnsafePointer<Double>,
    _ r: UnsafeMutablePointer<Double>
  ) {
    r[0] = k.load(as: K.self).step(s, high: a[0], low: a[1], before: a[2])
  }
}

/// Three results of one answer.
enum BandsAnswer {
  static let text = ["$x.middle", "$x.upper", "$x.lower"]

  @inline(__always)
  static func store(_ bands: Pine.Bands, _ r: UnsafeMutablePointer<Double>) {
    (r[0], r[1], r[2]) = (bands.middle, bands.upper, bands.lower)
  }
}
