import Research
import StrategyIR
import StrategyLanguage

/// Takes what a script draws bar by bar while it runs.
struct DrawnRecord {
  /// The plots that the script names as such, by their numbers.
  let named: [Int]
  private let calls: [DrawnCall]
  private let isOverlay: Bool
  /// Of each plot of the program, bar by bar; empty where nobody wants to see them.
  private var values: [[Double]]

  init(_ program: Program, _ script: Compilation) {
    calls = script.drawn
    isOverlay = script.isOverlay
    let recorded = Set(script.drawn.flatMap(\.recorded))
    named = program.plots.indices.filter { !recorded.contains($0) }
    values = script.drawn.isEmpty ? [] : program.plots.map { _ in [] }
  }

  /// The plots of one more bar of the report.
  mutating func note(_ plots: UnsafeBufferPointer<Double>) {
    for (place, value) in plots.enumerated() where values.indices.contains(place) { values[place].append(value) }
  }

  /// All that is drawn over the bars of a report.
  func series(_ record: RunRecord) -> [DrawnSeries] {
    var drawn = calls.map { DrawnSeries($0, recorded: values, bars: record.bars.count) }
    DrawnPanes.place(&drawn, record, isOverlay: isOverlay)
    return drawn
  }
}
