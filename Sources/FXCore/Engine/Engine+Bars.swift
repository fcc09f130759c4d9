import CFxaot
import Market
import StrategyVM

/// Bars and the strategies that read them.
extension Engine {
  /// To all bars, or to those from `first` on.
  @inline(__always)
  func addToBars(
    _ instrument: UnsafeMutablePointer<InstrumentState>, _ quote: QuoteSteps, size: Double, at time: Int64,
    from first: UnsafeMutablePointer<BarBuilder>? = nil
  ) {
    guard let builders = instrument.pointee.builders else { return }
    let end = builders + instrument.pointee.builderCount
    var builder = first ?? builders
    while builder < end {
      if builder.pointee.ticks > 0 || open(instrument, builder, quote, at: time) {
        builder.pointee.extend(quote, size: size, on: instrument.pointee.instrument.grid)
      }
      builder += 1
    }
  }

  /// Opens a bar; false when the market hours allow no bar at this time.
  @inline(never)
  private func open(
    _ instrument: UnsafeMutablePointer<InstrumentState>,
    _ builder: UnsafeMutablePointer<BarBuilder>, _ quote: QuoteSteps, at time: Int64
  ) -> Bool {
    let timeframe = builder.pointee.timeframe
    guard timeframe.isTime else {
      builder.pointee.start(quote, from: time, until: .max)
      return true
    }
    let hours = instrument.pointee.instrument.hours
    guard let bar = instrument.pointee.day.bar(of: timeframe, at: time, hours) else {
      return false
    }
    builder.pointee.start(quote, from: bar.start, until: bar.end)
    instrument.pointee.nextBarEnd = min(instrument.pointee.nextBarEnd, bar.end)
    return true
  }

  /// Closes the time bars that ended at or before `time`: by their end, and those that end together
  /// from the longest to the shortest. O(open bars × bars that close).
  @inline(never)
  mutating func closeEndedBars(_ slot: Int, at time: Int64) {
    let instrument = instruments.base + slot
    guard let builders = instrument.pointee.builders else { return }
    while instrument.pointee.nextBarEnd <= time {
      let end = instrument.pointee.nextBarEnd
      var next = Int64.max
      for index in 0..<instrument.pointee.timeBuilders {
        if builders[index].endTime == end {
          close(slot, builders + index)
        } else {
          next = min(next, builders[index].endTime)
        }
      }
      instrument.pointee.nextBarEnd = next
    }
  }

  /// Closes the tick bars that are full, longest first.
  @inline(never)
  mutating func closeFullBars(_ slot: Int) {
    let instrument = instruments.base + slot
    guard let builders = instrument.pointee.builders else { return }
    for index in instrument.pointee.timeBuilders..<instrument.pointee.builderCount
    where builders[index].isFull {
      close(slot, builders + index)
    }
  }

  private mutating func close(_ slot: Int, _ builder: UnsafeMutablePointer<BarBuilder>) {
    counts.bars &+= 1
    let instrument = instruments.base + slot
    if let listeners = instrument.pointee.listeners {
      for index in 0..<builder.pointee.listenerCount {
        let listener = listeners[builder.pointee.firstListener + index]
        step(slot, listener, builder)
        if !isWarming { carryOutWants() }
      }
    }
    builder.pointee.finish()
  }

  private mutating func step(
    _ slot: Int, _ listener: Listener, _ builder: UnsafeMutablePointer<BarBuilder>
  ) {
    let instrument = instruments.base + slot
    let strategy = strategies.base + listener.strategySlot
    var bar = builder.pointee.bar(
      strategy.pointee.basis, close: instrument.pointee.quote,
      time: instrument.pointee.quoteTime, on: instrument.pointee.instrument.grid)
    if listener.series >= 0, let kept = instrument.pointee.kept { kept[listener.series].push(bar) }
    if isWarming { return warm(slot, listener, bar) }
    switch strategy.pointee.content {
    case .table(let table):
      let answer = table.step(listener.feed, &bar)
      if listener.feed != 0 { return }
      strategy.pointee.bars &+= 1
      onSignal(listener.strategySlot, answer, bar)
    case .script(let place):
      if listener.feed == Listener.otherSymbol {
        scripts.show(place, ScriptBar(bar), of: instrument.pointee.instrument.key)
      } else {
        stepScript(listener.strategySlot, place, bar)
      }
    }
  }

  /// Feed 0's strength for a bar ▶ events, and an order if it is strong enough.
  private mutating func onSignal(_ strategySlot: Int, _ answer: Double, _ bar: fxaot_bar) {
    let strategy = strategies.base + strategySlot
    if case .volatility(_, let bars) = settings.sizer.rule { strategy.pointee.sizing.take(bar, length: bars) }
    if !answer.isFinite { raiseAlarm(FXAOT_ALARM_BAD_SIGNAL, strategySlot) }
    let strength = answer.isFinite ? min(max(answer, -1), 1) : 0
    if settings.emitsBars {
      var event = event(FXAOT_EVENT_BAR, strategySlot, at: bar.end_time_ns)
      event.strength = strength
      event.bar = bar
      log.append(event)
    }
    if strength == 0 { return }
    counts.signals &+= 1
    strategy.pointee.signals &+= 1
    var event = event(FXAOT_EVENT_SIGNAL, strategySlot, at: bar.end_time_ns)
    event.strength = strength
    log.append(event)
    if strength.magnitude > settings.minimumStrength {
      order(strategySlot, strength: strength)
    }
  }

  mutating func raiseAlarm(_ alarm: fxaot_alarm, _ strategySlot: Int, quantity: Int64 = 1) {
    counts.alarms &+= 1
    let clock = instruments.base[strategies.base[strategySlot].instrumentSlot].clock
    var event = event(FXAOT_EVENT_ALARM, strategySlot, at: clock)
    event.code = alarm.rawValue
    event.quantity = quantity
    log.append(event)
  }

  func event(_ kind: Int, _ strategySlot: Int, at time: Int64) -> fxaot_event {
    let strategy = strategies.base[strategySlot]
    var event = fxaot_event()
    event.kind = UInt32(kind)
    event.time_ns = time
    event.strategy_ref = strategy.ref
    event.symbol_ref = instruments.base[strategy.instrumentSlot].ref
    return event
  }
}
