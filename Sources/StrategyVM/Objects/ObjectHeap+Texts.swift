import Indicators
import StrategyIR

/// Objects as texts, and texts as arrays.
extension ObjectHeap {
  func join(_ span: ArraySpan, _ separator: Double) -> Double {
    made(
      texts.joined(
        UnsafeBufferPointer(elements(span)), ValueType(rawValue: element(of: span)) ?? .float, separator: separator))
  }

  /// A fault when there was no room for the text.
  private func made(_ text: Double) -> Double { texts.isFull ? fail(.texts) : text }

  /// `[1, 2]`; a matrix has a line for each row; any other object, and na, is `NaN`.
  func text(of reference: Double, format: Double) -> Double {
    let slot = Pine.Reference.slot(reference, of: slotCount)
    guard slot >= 0 else { return texts.made("NaN") }
    let object = slots[slot]
    let type = ValueType(rawValue: object.element) ?? .float
    switch object.kind {
    case Slot.array, Slot.slice:
      guard let span = span(reference) else { return .nan }
      return made(texts.listed(UnsafeBufferPointer(elements(span)), type, columns: span.count, format: format))
    case Slot.matrix:
      let all = UnsafeBufferPointer(start: cells + Int(object.start), count: Int(object.count))
      return made(texts.listed(all, type, columns: Int(object.detail), format: format))
    default: return texts.made("NaN")
    }
  }

  /// Of na an array without elements.
  func split(_ text: Double, _ separator: Double) -> Double {
    let parts = texts.parts(of: text, separator: separator)
    guard !texts.isFull else { return fail(.texts) }
    guard spend(parts.count) else { return .nan }
    return parts.withUnsafeBufferPointer { makeArray(ValueType.text.rawValue, $0) }
  }
}
