import Calendar
import FXCore
import StrategyIR
import StrategyVM

/// Where a script that is compiled ahead of time will run, as an engine would have it.
struct ScriptPlace {
  let environment: ScriptEnvironment

  init(symbol: String, decimals: Int?, timeframe: String) throws(ToolError) {
    let choice = try InstrumentChoice(symbol, decimals: decimals)
    guard let instrument = Instrument(choice.terms) else {
      throw .failed("\(symbol) has terms that no instrument can have")
    }
    environment = ScriptEnvironment(instrument, try ChartPeriod.parse(timeframe))
  }

  /// The steps of a script with these values of its inputs.
  func plan(
    of program: Program, _ path: String, parameters: [String]
  ) throws(ToolError) -> NativePlan {
    let values = try ScriptInputs.values(parameters, of: program)
    do {
      return try ScriptRunner(program, environment: environment, parameters: values).plan
    } catch {
      throw .failed("\(path): \(error.sentence)")
    }
  }
}
