import CFxaot
import StrategyIR

/// The host of native code: a step's input, and the host's functions.
extension World {
  /// The parts of a host that stay the same.
  func introduceHost() {
    host.initialize(to: fxaot_native_host())
    host.pointee.plots = output.pointee.plots
    host.pointee.budget = Int64(budget)
    host.pointee.context = Unmanaged.passUnretained(self).toOpaque()
    if let heap { host.pointee.objects = UnsafeMutableRawPointer(heap.memory) }
    host.pointee.function = { context, function, texts, arguments, count in
      guard let world = World.of(context), let arguments else { return .nan }
      let inputs = UnsafeBufferPointer(start: arguments, count: Int(count))
      let answer = world.evaluate(
        UInt8(truncatingIfNeeded: function), inputs, texts: UInt16(truncatingIfNeeded: texts))
      if world.texts.isFull { world.host.pointee.stopped = UInt32(FXAOT_STEP_TEXTS) }
      return answer
    }
    host.pointee.object = { context, function, arguments, count in
      guard let world = World.of(context), let arguments, let heap = world.heap else { return .nan }
      let inputs = UnsafeBufferPointer(start: arguments, count: Int(count))
      let answer = heap.evaluate(UInt8(truncatingIfNeeded: function), inputs)
      if heap.fault != nil { world.host.pointee.stopped = UInt32(FXAOT_STEP_OBJECT) }
      return answer
    }
    host.pointee.time = { context, query, inputs in
      guard let world = World.of(context), let inputs, query < world.code.times.count else {
        return .nan
      }
      return world.times[Int(query)].answer(inputs, world.texts)
    }
    host.pointee.trade = { context, isOpen, field, index in
      guard let world = World.of(context), let book = world.output.pointee.book else { return .nan }
      return isOpen != 0
        ? world.trade(book.pointee.openTrades, book.pointee.openCount, index, Int(field))
        : world.trade(book.pointee.closedTrades, book.pointee.closedCount, index, Int(field))
    }
    host.pointee.order = { context, call in
      guard let context else { return }
      // Borrowed: the world calls the step that calls this.
      Unmanaged<World>.fromOpaque(context)._withUnsafeGuaranteedRef { world in
        guard call < world.code.orders.count else { return }
        if !world.order(world.orders + Int(call), world.registers) { world.refuseOrder() }
      }
    }
    host.pointee.risk = { context, call in
      guard let world = World.of(context), call < world.code.risks.count else { return }
      if !world.risk(world.code.risks[Int(call)], world.registers) { world.refuseOrder() }
    }
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> World? {
    context.map { Unmanaged<World>.fromOpaque($0).takeUnretainedValue() }
  }

  private func refuseOrder() { host.pointee.stopped = UInt32(FXAOT_STEP_ORDERS) }

  /// One step in native code; false when it fails. Fields that need a calendar are put into their registers first; the
  /// others the code takes from the bar.
  @inline(__always)
  func runNative(
    _ step: fxaot_native_step, _ bar: UnsafePointer<ScriptBar>, _ place: BarPlace,
    _ book: UnsafePointer<BookView>
  ) -> Bool {
    if hasPlainFields { return runPlain(step, bar, place, book) }
    showHost(place, book)
    begin(bar.pointee, place)
    return end(step(state, nil, host))
  }

  /// The same where all fields follow from the bar and its place.
  @inline(__always)
  func runPlain(
    _ step: fxaot_native_step, _ bar: UnsafePointer<ScriptBar>, _ place: BarPlace,
    _ book: UnsafePointer<BookView>
  ) -> Bool {
    showHost(place, book)
    // The two structs are one and the same: see fxaot.h.
    return end(step(state, UnsafeRawPointer(bar).assumingMemoryBound(to: fxaot_script_bar.self), host))
  }

  @inline(__always)
  func showHost(_ place: BarPlace, _ book: UnsafePointer<BookView>) {
    output.pointee.book = book
    let host = host
    host.pointee.book = book.pointee.numbers
    host.pointee.position_entry_name = Double(book.pointee.positionEntryName)
    host.pointee.last_index = Int64(place.lastIndex)
    host.pointee.last_time = place.lastTime
    host.pointee.is_history = place.isHistory ? 1 : 0
    host.pointee.stopped = 0
  }

  @inline(__always)
  private func end(_ status: Int64) -> Bool {
    output.pointee.book = nil
    return status == FXAOT_STEP_OK || fails(status)
  }

  @inline(never)
  func fails(_ status: Int64) -> Bool {
    fail(failure(status, host.pointee.value))
    return false
  }

  /// The next steps are native code's; nil: the VM's.
  func take(native step: fxaot_native_step?) {
    output.pointee.native = step
    output.pointee.plainNative = hasPlainFields && heap == nil ? step : nil
  }

  private func failure(_ status: Int64, _ value: Double) -> ScriptFailure {
    let line = Int(status >> 8)
    switch Int(status & 255) {
    case Int(FXAOT_STEP_BUDGET): return .budget(line: line)
    case Int(FXAOT_STEP_HISTORY): return .history(line: line, offset: value)
    case Int(FXAOT_STEP_LENGTH): return .length(line: line, value: value)
    case Int(FXAOT_STEP_FOR): return .step(line: line, value: value)
    case Int(FXAOT_STEP_ERROR):
      return .error(line: line, message: texts.arena.string(Self.text(value)))
    case Int(FXAOT_STEP_TEXTS): return .texts(line: line)
    case Int(FXAOT_STEP_OBJECT):
      return .object(line: line, heap?.fault ?? ObjectFault(function: .arrayNew, kind: .room))
    default: return .orders(line: line)
    }
  }
}

extension BarField {
  /// Whether it follows from the bar and its place alone, without a calendar or a session.
  package var isPlain: Bool {
    switch self {
    case .timeTradingDay, .isMarket, .isSessionFirst, .isSessionLast, .year, .month, .weekOfYear,
      .dayOfMonth, .dayOfWeek, .hour, .minute, .second:
      false
    default: true
    }
  }
}
