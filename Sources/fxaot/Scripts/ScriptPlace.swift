import Calendar
import FXCore
import Market
import StrategyCompiler
import StrategyIR
import StrategyVM

/// Where a script that is compiled ahead of time will run, as an engine would have it.
struct ScriptPlace {
  let environment: ScriptEnvironment

  init(symbol: String, decimals: Int?, timeframe: String) throws(ToolError) {
    let choice = try InstrumentChoice(symbol, decimals: decimals)
    guard let instrument = Instrument(choice.terms) else {
      throw .failed("\(symbol) has invalid terms")
    }
    environment = ScriptEnvironment(
      instrument, try ChartPeriod.parse(timeframe), others: try Self.others(symbol))
  }

  /// The built-in symbols that a script may read in addition to its own.
  private static func others(_ symbol: String) throws(ToolError) -> [Instrument] {
    var others: [Instrument] = []
    for name in BuiltInInstruments.symbols.map({ "\($0)" }) where name != symbol {
      if let other = Instrument(try InstrumentChoice(name, decimals: nil).terms) {
        others.append(other)
      }
    }
    return others
  }

  /// The steps of a script with these values of its inputs; with `hasArrays` what else can be
  /// printed of it.
  func plan(
    of program: Program, _ path: String, parameters: [String], hasArrays: Bool
  ) throws(ToolError) -> (plan: NativePlan, sections: PrintedSections) {
    let values = try ScriptInputs.values(parameters, of: program)
    do {
      let runner = try ScriptRunner(program, environment: environment, parameters: values)
      guard hasArrays else { return (runner.plan, PrintedSections()) }
      let sections = try PrintedSections(program, environment: environment, parameters: values)
      return (runner.plan, sections)
    } catch {
      throw .failed("\(path): \(error.sentence)")
    }
  }
}
