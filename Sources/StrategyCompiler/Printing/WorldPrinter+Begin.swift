import StrategyIR
import StrategyVM

/// The head of a step: the old bar's fields go to their histories, the new bar's into locals.
extension WorldPrinter {
  mutating func openFunction(_ name: String) {
    let pointer = "UnsafeMutableRawPointer"
    switch form {
    case .hosted:
      out.open("private func \(name)(")
      out.line("_ state: \(pointer)?, _ bar: UnsafePointer<fxaot_script_bar>?,")
      out.close("  _ host: UnsafeMutablePointer<fxaot_native_host>?")
      out.open(") -> Int64 {")
      out.line("guard let state, let host else { return 0 }")
      out.line("var status: Int64 = 0")
    case .signal:
      out.open("private func \(name)(")
      out.line("_ parameters: UnsafePointer<Double>?, _ state: \(pointer)?, _ feed: UInt32,")
      out.close("  _ bar: UnsafePointer<fxaot_bar>?")
      out.open(") -> Double {")
      out.line("guard let state, let bar else { return 0 }")
      out.line("var signal = Double.nan")
    }
    out.line("let r = (state + \(WorldCode.headerBytes)).assumingMemoryBound(to: Double.self)")
  }

  mutating func printBegin() {
    guard world.fields.allSatisfy({ Self.expression($0, form) != nil }) else {
      out.line("let number = state.load(as: Int.self)")
      for field in world.fields { out.line("let r\(field.rawValue) = r[\(field.rawValue)]") }
      return note()
    }
    for field in world.fields { out.line("let r\(field.rawValue): Double") }
    let isOptional = form == .hosted
    if isOptional {
      out.line("let number: Int")
      out.open("if let bar {")
    }
    out.line("let before = state.load(as: Int.self)")
    out.line("\(isOptional ? "" : "let ")number = before &+ 1")
    out.line("state.storeBytes(of: number, as: Int.self)")
    printHistories()
    for field in world.fields {
      let n = field.rawValue
      if let expression = Self.expression(field, form) { out.line("r\(n) = \(expression)") }
    }
    // The next bar reads them there, or the host.
    let kept = Set(world.fieldSeries.map { Int32($0.field.rawValue) } + world.results)
    for field in world.fields where kept.contains(Int32(field.rawValue)) {
      out.line("r[\(field.rawValue)] = r\(field.rawValue)")
    }
    if isOptional {
      out.turn("} else {")
      out.line("number = state.load(as: Int.self)")
      for field in world.fields { out.line("r\(field.rawValue) = r[\(field.rawValue)]") }
      out.close()
    }
    note()
  }

  private mutating func printHistories() {
    guard !world.fieldSeries.isEmpty else { return }
    out.open("if before > 0 {")
    for series in world.fieldSeries {
      out.line(
        "\(past(at: series.offset)).push(state + \(series.offset), r[\(series.field.rawValue)])")
    }
    out.close()
  }

  private mutating func note() { fieldLocals = Set(world.fields.map { Int($0.rawValue) }) }

  /// As `BarClock` has it; nil where a step of this form cannot tell: hosted, that is what needs a
  /// calendar (`BarField.isPlain`); its host puts all fields into their registers itself.
  static func expression(_ field: BarField, _ form: Form) -> String? {
    let bar = "bar.pointee"
    switch field {
    case .open: return "\(bar).open"
    case .high: return "\(bar).high"
    case .low: return "\(bar).low"
    case .close: return "\(bar).close"
    case .volume: return "\(bar).volume"
    case .hl2: return "(\(bar).high + \(bar).low) / 2"
    case .hlc3: return "(\(bar).high + \(bar).low + \(bar).close) / 3"
    case .ohlc4: return "(\(bar).open + \(bar).high + \(bar).low + \(bar).close) / 4"
    case .hlcc4: return "(\(bar).high + \(bar).low + \(bar).close + \(bar).close) / 4"
    case .index: return "Double(before)"
    case .isFirst: return "Pine.number(before == 0)"
    case .isNew, .isConfirmed: return "1.0"
    case .isPremarket, .isPostmarket: return "0.0"
    default: return form == .hosted ? placed(field) : timed(field)
    }
  }

  private static func placed(_ field: BarField) -> String? {
    switch field {
    case .time: "Double(bar.pointee.time)"
    case .timeClose, .now: "Double(bar.pointee.time_close)"
    case .lastIndex: "Double(host.pointee.last_index)"
    case .lastTime: "Double(host.pointee.last_time)"
    case .isLast: "Pine.number(before >= Int(host.pointee.last_index))"
    case .isHistory: "Pine.number(host.pointee.is_history != 0)"
    case .isRealtime: "Pine.number(host.pointee.is_history == 0)"
    case .isLastConfirmedHistory:
      "Pine.number(host.pointee.is_history != 0 && before == Int(host.pointee.last_index))"
    default: nil
    }
  }

  private static func timed(_ field: BarField) -> String? {
    switch field {
    case .time: "Double(bar.pointee.open_time_ns / 1_000_000)"
    case .timeClose, .now: "Double(bar.pointee.end_time_ns / 1_000_000)"
    default: nil
    }
  }
}
