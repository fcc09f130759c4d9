import StrategyIR
import StrategyVM
import Trading

/// A look at a script that runs, for the tool's run with an account.
extension Engine {
  package struct RunningScript {
    package let broker: BarBroker
    /// Its symbol, timeframe and calendar.
    package let environment: ScriptEnvironment
    /// Why it has stopped, and the line; nil while it runs.
    package let failure: (line: Int, sentence: String)?
    /// A text by its number in an order or a trade.
    package let text: (TextRef) -> String
    /// Its plots on the newest bar, nan where nothing is plotted.
    package let plots: () -> UnsafeBufferPointer<Double>
    /// Its drawings after the newest bar.
    package let drawings: () -> [ScriptDrawing]
  }

  /// nil for a ref of no script.
  package func runningScript(ref: UInt64) -> RunningScript? {
    let slot = byStrategyRef.slot(of: ref)
    guard slot >= 0, let script = script(of: strategies.base[slot]) else { return nil }
    let version = script.version
    let strategy = strategies.base[slot]
    let instrument = instruments.base[strategy.instrumentSlot].instrument
    guard let period = strategy.timeframe.period else { return nil }
    return RunningScript(
      broker: script.broker, environment: ScriptEnvironment(instrument, period),
      failure: version.reason.map { (version.failedLine, String(cString: $0)) },
      text: { version.runner.text($0) }, plots: { version.runner.plots }, drawings: { version.runner.drawings })
  }

  /// Shows the next quote of an instrument to its scripts, also where it is quiet for them, so that their books see
  /// each price.
  package mutating func showNextQuote(symbolRef: UInt64) {
    let slot = byInstrumentRef.slot(of: symbolRef)
    if slot >= 0 { instruments.base[slot].market.scriptRange = .never }
  }
}
