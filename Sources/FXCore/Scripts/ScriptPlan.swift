import CFxaot
import Market
import StrategyVM

/// The plan of a script's native code, before any engine runs the script.
public enum ScriptPlan {
  /// The plan's bytes and their hash, of a script given as `Program.encoded` on bars of an instrument.
  /// Equal to those of the running script if that reads no other instrument. FXAOT_BAD_INSTRUMENT,
  /// FXAOT_BAD_TIMEFRAME, else as `Engine.addScript`; FXAOT_BAD_SCRIPT too for a script that reads other
  /// instruments. O(program).
  public static func encoded(
    _ bytes: UnsafeRawBufferPointer, on terms: fxaot_instrument, _ timeframe: fxaot_timeframe,
    parameters: [(name: String, value: ParameterValue)]
  ) throws(EngineRefusal) -> (bytes: [UInt8], hash: [UInt8]) {
    let program = try Engine.program(bytes)
    guard let instrument = Instrument(terms) else { throw EngineRefusal(FXAOT_BAD_INSTRUMENT, "") }
    guard let period = Timeframe(timeframe)?.period else {
      throw EngineRefusal(FXAOT_BAD_TIMEFRAME, "")
    }
    do throws(ScriptError) {
      let environment = ScriptEnvironment(instrument, period)
      return try ScriptRunner(program, environment: environment, parameters: parameters)
        .encodedPlan()
    } catch {
      throw EngineRefusal(error)
    }
  }
}
