import Indicators
import StrategyIR

/// A drawing of a script as it is after the newest bar.
public struct ScriptDrawing: Equatable, Sendable {
  public enum Value: Equatable, Sendable {
    /// na.
    case none
    case number(Double)
    case text(String)
    case flag(Bool)
    /// 0xRRGGBBAA.
    case color(UInt32)
    /// Another drawing, by its place among those of its kind.
    case drawing(DrawingKind, Int)
    case points([Point])
    /// Of a table.
    case cells([Cell])
  }

  public struct Field: Equatable, Sendable {
    public let name: String
    public let value: Value
  }

  public struct Point: Equatable, Sendable {
    public let time, index, price: Double
  }

  public struct Cell: Equatable, Sendable {
    public let column, row: Int
    public let fields: [Field]
  }

  public let kind: DrawingKind
  /// In the order of the arguments of its `new`.
  public let fields: [Field]
}

extension ScriptRunner {
  /// The drawings that are there, by kind, oldest first. O(drawings).
  public var drawings: [ScriptDrawing] {
    guard let heap = world.heap else { return [] }
    let reader = DrawingReader(heap: heap, texts: texts.arena)
    return DrawingKind.allCases.flatMap { kind in heap.drawings(of: kind).map { reader.drawing(kind, $0) } }
  }
}

private struct DrawingReader {
  let heap: ObjectHeap
  let texts: TextArena

  func drawing(_ kind: DrawingKind, _ slot: Int) -> ScriptDrawing {
    let fields = Catalogue.fields(of: kind)
    var made = self.fields(slot, fields)
    if kind == .table { made.append(ScriptDrawing.Field(name: "cells", value: .cells(cells(slot, fields.count)))) }
    return ScriptDrawing(kind: kind, fields: made)
  }

  private func fields(_ slot: Int, _ parameters: [SignatureParameter]) -> [ScriptDrawing.Field] {
    let object = heap.slots[slot]
    return parameters.prefix(Int(object.count)).enumerated().map { number, parameter in
      ScriptDrawing.Field(
        name: parameter.name, value: value(heap.cells[Int(object.start) + number], parameter))
    }
  }

  private func value(_ x: Double, _ parameter: SignatureParameter) -> ScriptDrawing.Value {
    guard x == x else { return .none }
    switch parameter.type {
    case .one(.text), .any: return .text(texts.string(World.text(x)))
    case .one(.bool): return .flag(x != 0)
    case .one(.color): return .color(UInt32(exactly: x) ?? 0)
    case .one(.figure(let kind)):
      let slot = Pine.Reference.slot(x, of: heap.slotCount)
      return heap.drawings(of: kind).firstIndex(of: slot).map { .drawing(kind, $0) } ?? .none
    case .array: return .points(points(x))
    default: return .number(x)
    }
  }

  private func points(_ array: Double) -> [ScriptDrawing.Point] {
    (0..<max(heap.memory.pointee.count(array), 0)).compactMap { i in
      let cell = heap.memory.pointee.arrayCell(array, Double(i))
      let first = cell < 0 ? -1 : heap.memory.pointee.fieldCell(heap.cells[cell], 0)
      guard first >= 0, heap.memory.pointee.fieldCell(heap.cells[cell], 2) >= 0 else { return nil }
      return ScriptDrawing.Point(time: heap.cells[first], index: heap.cells[first + 1], price: heap.cells[first + 2])
    }
  }

  /// The map of a table's cells is its last field.
  private func cells(_ slot: Int, _ place: Int) -> [ScriptDrawing.Cell] {
    let object = heap.slots[slot]
    guard place < Int(object.count) else { return [] }
    let map = Pine.Reference.slot(heap.cells[Int(object.start) + place], of: heap.slotCount)
    guard map >= 0, heap.slots[map].kind == ObjectHeap.Slot.map else { return [] }
    let first = Int(heap.slots[map].start)
    return (0..<Int(heap.slots[map].count)).compactMap { pair in
      let key = Int(exactly: heap.cells[first + 2 * pair]) ?? -1
      let cell = Pine.Reference.slot(heap.cells[first + 2 * pair + 1], of: heap.slotCount)
      guard key >= 0, cell >= 0, heap.slots[cell].kind == ObjectHeap.Slot.record else { return nil }
      return ScriptDrawing.Cell(
        column: key / Catalogue.mostRows, row: key % Catalogue.mostRows, fields: fields(cell, Catalogue.cellFields))
    }
  }
}
