import StrategyIR

/// A world as native code must know it. The order calls, time queries and requests themselves stay
/// with the host; of them it has the registers.
package struct PlannedWorld {
  package var instructions: [Instruction] = []
  /// Source line of each instruction.
  package var lines: [Int32] = []
  /// The registers at the start.
  package var registers: [Double] = []
  package var series: [SeriesSlot] = []
  package var kernels: [KernelSlot] = []
  /// The registers that each order call reads, then each risk call.
  package var orders: [[Int32]] = []
  package var risks: [[Int32]] = []
  /// How many inputs each time query has.
  package var times: [Int] = []
  package var fields: [BarField] = []
  package var fieldSeries: [(field: BarField, offset: Int)] = []
  package var plotCount = 0
  package var stateBytes = 0
  /// Registers that a host writes before a step, and those that it reads after one.
  package var given: [Int32] = []
  package var results: [Int32] = []

  init(_ code: WorldCode) {
    instructions = code.instructions
    lines = code.lines
    registers = code.registers
    series = code.series
    kernels = code.kernels
    orders = code.orders.map { $0.registers.map { Int32(truncatingIfNeeded: $0) } }
    risks = code.risks.map {
      [Int32(truncatingIfNeeded: $0.value), Int32(truncatingIfNeeded: $0.message)]
    }
    times = code.times.map(\.kind.inputCount)
    fields = code.fields
    fieldSeries = code.fieldSeries
    plotCount = code.plotCount
    stateBytes = code.stateBytes
    given = code.requestRegisters.joined().map { Int32(truncatingIfNeeded: $0.register) }
    results = code.results.map { Int32(truncatingIfNeeded: $0) }
  }
}

extension TimeQuery.Kind {
  var inputCount: Int {
    switch self {
    case .timestamp: 6
    case .text: 2
    case .seconds: 0
    case .asked(let asked, _): asked.inputCount
    default: 1
    }
  }
}
