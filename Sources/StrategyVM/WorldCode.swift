import StrategyIR

/// A program ready to run: instructions, and the layout of its state block.
///
///     state   header: StateHeader
///             registers: doubles, bar fields first
///             series: SeriesHeader and ring, for each variable or field whose past is read
///             kernels' states, 16-byte aligned
///
/// The block has no pointers: a copy of its bytes is a snapshot.
package struct WorldCode {
  var instructions: [Instruction] = []
  /// Source line of each instruction.
  var lines: [Int32] = []
  /// The registers at the start.
  var registers: [Double] = []
  var series: [SeriesSlot] = []
  var kernels: [KernelSlot] = []
  var orders: [OrderSlot] = []
  var risks: [RiskSlot] = []
  var times: [TimeQuery] = []
  /// The fields that are read, and the series that keep their past.
  var fields: [BarField] = []
  var fieldSeries: [(field: BarField, offset: Int)] = []
  var plotCount = 0
  /// Whether it has functions over objects.
  var usesObjects = false
  var languageVersion: UInt8 = 6
  /// Drawings that stay, by kind.
  var mostDrawings: [Int] = []
  var stateBytes = 0
  /// Registers of `.request(r, k)`, by request.
  var requestRegisters: [[RequestRegister]] = []
  /// Registers of the results, of a request's world.
  var results: [Int] = []
  /// Registers of `varip` variables that hold no reference.
  var withinBar: [Int] = []

  package static let headerBytes = 16

  /// Where the series and kernels may begin.
  static func registersEnd(_ count: Int) -> Int { (headerBytes + 8 * count + 15) & ~15 }
}

struct RequestRegister {
  let result: Int
  let register: Int
  let type: ValueType
}

/// At the start of the state.
struct StateHeader {
  /// Bars begun, from 1 on the first.
  var bar: Int
  var reserved: Int
}

/// At the start of a series; a ring of `mask + 1` doubles follows.
package struct SeriesHeader {
  /// Values pushed.
  var count: Int
  var mask: Int
  /// The bar of the newest push, where that matters.
  var stamp: Int
  var reserved: Int

  package static let bytes = 32
}

package struct SeriesSlot: Sendable {
  package let offset: Int
  /// A power of two.
  package let capacity: Int
  /// The past before the first bar: nan, or 0 for bools.
  package let empty: Double
  package var holdsReferences = false

  var bytes: Int { SeriesHeader.bytes + 8 * capacity }
}

/// Registers of an order call's arguments, −1 for one that is left out.
struct OrderSlot {
  let kind: OrderCommand.Kind
  var id = -1, direction = -1, fromEntry = -1, quantity = -1, quantityPercent = -1
  var limit = -1, stop = -1, profit = -1, loss = -1
  var trailPrice = -1, trailPoints = -1, trailOffset = -1, ocaName = -1, oca = -1
  var comment = -1, commentProfit = -1, commentLoss = -1, commentTrailing = -1
  var immediately = -1

  init(_ kind: OrderCommand.Kind) { self.kind = kind }

  /// In the order of `OrderCall.arguments`.
  var registers: [Int] {
    [
      id, direction, fromEntry, quantity, quantityPercent, limit, stop, profit, loss, trailPrice,
      trailPoints, trailOffset, ocaName, oca, comment, commentProfit, commentLoss, commentTrailing,
      immediately,
    ]
  }
}

struct RiskSlot {
  let call: RiskCall
  let value: Int
  let message: Int
}
