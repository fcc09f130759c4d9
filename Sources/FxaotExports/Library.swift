import CFxaot
import FXCore
import Market

// Functions without an engine: the library itself, symbols, strategies.

func status(_ status: fxaot_status) -> Int32 { Int32(bitPattern: status.rawValue) }

/// Functions that return a count return the negated status on an error.
func failure(_ status: fxaot_status) -> Int64 { -Int64(status.rawValue) }

func answer(_ body: () throws(EngineError) -> Void) -> Int32 {
  do {
    try body()
    return status(FXAOT_OK)
  } catch {
    return status(error.status)
  }
}

@_cdecl("fxaot_abi_version")
public func exportABIVersion() -> UInt32 { UInt32(FXAOT_ABI_VERSION) }

@_cdecl("fxaot_status_name")
public func exportStatusName(_ status: Int32) -> UnsafePointer<CChar>? {
  let index = Int(status)
  let name = statusNames.indices.contains(index) ? statusNames[index] : "unknown_status"
  return UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
}

/// In the order of fxaot_status.
private let statusNames: [StaticString] = [
  "ok", "unknown_symbol", "bad_price", "bad_size", "bad_time", "time_backwards",
  "unknown_strategy", "unknown_parameter", "parameter_range", "bad_timeframe", "already_exists",
  "not_found", "bad_instrument", "bad_config", "out_of_memory", "limit", "bad_abi", "bad_length",
  "bad_format", "too_many_bad_lines", "bad_argument",
  "full", "stopped", "thread", "busy", "bad_parameter", "bad_script", "bad_artifact", "bad_reload",
  "stale", "time_jump", "bad_order", "rejected", "bad_record",
]

@_cdecl("fxaot_symbol_key")
public func exportSymbolKey(_ symbol: UnsafePointer<CChar>?, _ length: UInt64) -> UInt64 {
  guard let symbol, length <= UInt64(SymbolKey.maximumLength) else { return 0 }
  return SymbolKey.make(UnsafeRawBufferPointer(start: symbol, count: Int(length)))
}

@_cdecl("fxaot_instrument_builtin")
public func exportBuiltIn(
  _ symbol: UnsafePointer<CChar>?, _ out: UnsafeMutablePointer<fxaot_instrument>?
) -> Int32 {
  guard let symbol, let out else { return status(FXAOT_BAD_ARGUMENT) }
  var length = 0
  while length <= SymbolKey.maximumLength && symbol[length] != 0 { length += 1 }
  let name = UnsafeRawBufferPointer(start: symbol, count: length)
  guard let terms = BuiltInInstruments.find(name) else { return status(FXAOT_NOT_FOUND) }
  out.pointee = terms
  return status(FXAOT_OK)
}

@_cdecl("fxaot_instrument_builtin_at")
public func exportBuiltInAt(_ index: UInt64) -> UnsafePointer<CChar>? {
  guard index < UInt64(BuiltInInstruments.symbols.count) else { return nil }
  let name = BuiltInInstruments.symbols[Int(index)]
  return UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
}

@_cdecl("fxaot_strategy_register")
public func exportRegister(_ table: UnsafePointer<fxaot_strategy>?) -> Int32 {
  guard let table else { return status(FXAOT_BAD_ARGUMENT) }
  return status(StrategyRegistry.register(table))
}

@_cdecl("fxaot_strategy_at")
public func exportStrategyAt(_ index: UInt64) -> UnsafePointer<fxaot_strategy>? {
  Int(exactly: index).flatMap { StrategyRegistry.table(at: $0) }
}

@_cdecl("fxaot_strategy_find")
public func exportStrategyFind(_ name: UnsafePointer<CChar>?) -> UnsafePointer<fxaot_strategy>? {
  name.flatMap { StrategyRegistry.find($0) }
}

@_cdecl("fxaot_strategy_params")
public func exportStrategyParams(
  _ table: UnsafePointer<fxaot_strategy>?, _ values: UnsafePointer<fxaot_param_value>?,
  _ count: UInt64, _ out: UnsafeMutablePointer<Double>?, _ badIndex: UnsafeMutablePointer<UInt64>?
) -> Int32 {
  badIndex?.pointee = .max
  guard let table, let out, values != nil || count == 0, count <= UInt64(FXAOT_MAX_PARAMS) * 4,
    table.pointee.params != nil || table.pointee.param_count == 0
  else { return status(FXAOT_BAD_ARGUMENT) }
  var bad = UInt64.max
  let result = StrategyParameters.resolve(
    table, values, count: Int(count), into: out, badIndex: &bad)
  badIndex?.pointee = bad
  return status(result)
}

@_cdecl("fxaot_missing_cpu_features")
public func exportMissingCPUFeatures() -> UnsafePointer<CChar>? { fxaot_cpu_missing() }
