import CFxaot
import Libc
import StrategyVM

/// The changes of a prepared version, for C.
extension PreparedVersion {
  public var reload: fxaot_reload {
    fxaot_reload(
      warm_bars: UInt64(warmBars), changes: UInt64(changes.count), version: version, reserved: 0)
  }

  /// The differences from the version before. Fills the room that there is, returns the full count. Their
  /// texts are valid as long as this object lives.
  public func changes(into out: UnsafeMutableBufferPointer<fxaot_change>) -> Int {
    for (index, change) in changes.prefix(out.count).enumerated() { out[index] = raw(change) }
    return changes.count
  }

  private func raw(_ change: VersionChange) -> fxaot_change {
    let none = fxaot_value(kind: FXAOT_NO_VALUE, reserved: 0, number: 0, text: nil)
    var raw = fxaot_change(
      name: nil, what: 0, reserved: 0, old_default: none, old_value: none, new_default: none,
      new_value: none)
    switch change {
    case .inputAdded(let new):
      (raw.what, raw.name) = (UInt32(FXAOT_INPUT_ADDED), texts.pointer(new.name))
      (raw.new_default, raw.new_value) = (value(new.initial), value(new.value))
    case .inputRemoved(let old):
      (raw.what, raw.name) = (UInt32(FXAOT_INPUT_REMOVED), texts.pointer(old.name))
      (raw.old_default, raw.old_value) = (value(old.initial), value(old.value))
    case .inputChanged(let old, let new):
      (raw.what, raw.name) = (UInt32(FXAOT_INPUT_CHANGED), texts.pointer(new.name))
      (raw.old_default, raw.old_value) = (value(old.initial), value(old.value))
      (raw.new_default, raw.new_value) = (value(new.initial), value(new.value))
    case .outputAdded(let name):
      (raw.what, raw.name) = (UInt32(FXAOT_OUTPUT_ADDED), texts.pointer(name))
    case .outputRemoved(let name):
      (raw.what, raw.name) = (UInt32(FXAOT_OUTPUT_REMOVED), texts.pointer(name))
    }
    return raw
  }

  private func value(_ value: ParameterValue) -> fxaot_value {
    switch value {
    case .number(let x):
      fxaot_value(kind: UInt32(FXAOT_NUMBER), reserved: 0, number: x, text: nil)
    case .bool(let x):
      fxaot_value(kind: UInt32(FXAOT_BOOL), reserved: 0, number: x ? 1 : 0, text: nil)
    case .text(let text):
      fxaot_value(kind: UInt32(FXAOT_TEXT), reserved: 0, number: 0, text: texts.pointer(text))
    }
  }
}

/// Texts for C, each once, at addresses that stay valid until the end.
final class CTexts {
  private var known: [String: UnsafeMutablePointer<CChar>] = [:]

  deinit { for pointer in known.values { free(pointer) } }

  /// nil without memory. A NUL ends the text.
  func pointer(_ text: String) -> UnsafePointer<CChar>? {
    if let pointer = known[text] { return UnsafePointer(pointer) }
    guard let pointer = strdup(text) else { return nil }
    known[text] = pointer
    return UnsafePointer(pointer)
  }
}
