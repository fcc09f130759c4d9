import Records
import StrategyIR

/// Orders and exits whose size the instrument's step has reduced to 0, so that they are never
/// placed.
public struct CutOrders: Sendable {
  /// Calls of the script; each call of an exit counts.
  public internal(set) var count = 0
  /// The id of the first one, and the units that it asked for.
  public internal(set) var firstID: TextRef = 0
  public internal(set) var firstSize = Double.nan

  public init() {}

  mutating func note(_ id: TextRef, size: Double) {
    if count == 0 { (firstID, firstSize) = (id, size) }
    count += 1
  }
}

/// One of them, for the engine that a live broker trades in.
public struct CutOrder: Equatable, Sendable {
  public internal(set) var isBuy: Bool
  /// The units that it asked for.
  public internal(set) var size: Double
}

extension BarPathVenue {
  /// Counts an order of `wanted` units if the step leaves `left` = 0 of them.
  func noteCut(_ id: TextRef, wanted: Double, left: Double, direction: Double) {
    guard left <= 0, wanted > 0 else { return }
    cuts.note(id, size: wanted)
    if tellsCuts { newCuts.append(CutOrder(isBuy: direction > 0, size: wanted)) }
  }

  /// Orders reduced to 0 since the last call, if they are reported.
  func takeCuts() -> [CutOrder] {
    if newCuts.isEmpty { return [] }
    defer { newCuts = [] }
    return newCuts
  }
}

extension CutOrder {
  mutating func persist(_ archive: inout some StateArchive) {
    archive(&isBuy)
    archive(&size)
  }
}
