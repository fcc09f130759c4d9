import Indicators
import StrategyIR

@testable import StrategyVM

/// A heap whose functions a test calls.
struct HeapAtWork {
  let heap: ObjectHeap
  let texts = TextFunctions(arena: TextArena(), mintick: 0.01)

  init(version: UInt8 = 6) { heap = ObjectHeap(texts: texts, languageVersion: version) }

  @discardableResult
  func call(_ function: ObjectFunction, _ arguments: Double...) -> Double { call(function, arguments) }

  @discardableResult
  func call(_ function: ObjectFunction, _ arguments: [Double]) -> Double {
    arguments.withUnsafeBufferPointer { heap.evaluate(function.rawValue, $0) }
  }

  func array(_ values: [Double], _ type: ValueType = .float) -> Double {
    call(.arrayFrom, [Double(type.rawValue)] + values)
  }

  func ints(_ values: Double...) -> Double { array(values, .int) }
  func floats(_ values: Double...) -> Double { array(values) }
  func strings(_ values: String...) -> Double { array(values.map(text), .text) }

  func text(_ text: String) -> Double { texts.made(text) }
  func string(_ text: Double) -> String { TextRef(exactly: text).map(texts.arena.string) ?? "na" }

  /// The elements of an array or a slice; empty, and the fault stays, for none.
  func values(_ array: Double) -> [Double] { heap.span(array).map { Array(heap.elements($0)) } ?? [] }

  /// Why the newest call failed; it may then go on.
  func fault() -> ObjectFault.Kind? {
    defer { heap.fault = nil }
    return heap.fault?.kind
  }
}
