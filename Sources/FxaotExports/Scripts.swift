import CFxaot
import FXCore
import Market
import StrategyVM

// Scripts as C sees them: bytes of a program, and named values for its inputs.

@_cdecl("fxaot_engine_add_script")
public func exportAddScript(
  _ pointer: OpaquePointer?, _ script: UnsafePointer<fxaot_script>?, _ ref: UInt64,
  _ out: UnsafeMutablePointer<fxaot_engine_refusal>?
) -> Int32 {
  out?.pointee = .none
  guard let pointer, let script = script?.pointee, let program = script.program,
    let length = Int(exactly: script.length), script.params != nil || script.param_count == 0,
    let parameters = parameters(script)
  else { return status(FXAOT_BAD_ARGUMENT) }
  var deployment = Engine.ScriptDeployment(
    symbolRef: script.symbol_ref, timeframe: script.timeframe, price: script.price)
  deployment.parameters = parameters
  let engine = UnsafeMutablePointer<Engine>(pointer)
  do throws(EngineRefusal) {
    try engine.pointee.addScript(
      UnsafeRawBufferPointer(start: program, count: length), deployment, ref: ref)
    return status(FXAOT_OK)
  } catch {
    out?.pointee.tell(error, parameters)
    return status(error.status)
  }
}

/// nil if a name or a text is missing, or a kind is unknown.
func parameters(_ script: fxaot_script) -> [(name: String, value: ParameterValue)]? {
  var values: [(name: String, value: ParameterValue)] = []
  for raw in UnsafeBufferPointer(start: script.params, count: Int(script.param_count)) {
    guard let name = raw.name else { return nil }
    let value: ParameterValue
    switch Int(raw.kind) {
    case FXAOT_NUMBER: value = .number(raw.number)
    case FXAOT_BOOL: value = .bool(raw.number != 0)
    case FXAOT_TEXT:
      guard let text = raw.text else { return nil }
      value = .text(String(cString: text))
    default: return nil
    }
    values.append((String(cString: name), value))
  }
  return values
}

extension fxaot_engine_refusal {
  static var none: fxaot_engine_refusal {
    var error = fxaot_engine_refusal()
    error.param = .max
    error.minimum = .nan
    error.maximum = .nan
    return error
  }

  /// Writes a refusal for C.
  mutating func tell(
    _ refusal: EngineRefusal, _ parameters: [(name: String, value: ParameterValue)] = []
  ) {
    param = refusal.parameterIndex
    if let name = refusal.parameter, let index = parameters.firstIndex(where: { $0.name == name }) {
      param = UInt64(index)
    }
    minimum = refusal.minimum
    maximum = refusal.maximum
    tell(refusal.message)
  }

  /// A sentence that is too long is cut between two characters.
  mutating func tell(_ sentence: String) {
    var text: [UInt8] = []
    for character in sentence {
      guard text.count + character.utf8.count < Int(FXAOT_MESSAGE_BYTES) else { break }
      text += character.utf8
    }
    withUnsafeMutableBytes(of: &message) { $0.copyBytes(from: text) }
  }
}
