import Indicators

/// Functions of one bar only.
struct Stateless: StateKernel {
  var stateBytes: Int { 0 }
  func reset(_ state: UnsafeMutableRawPointer) {}
}
