import CFxaot
import Market
import StrategyIR
import StrategyVM
import Trading

/// The reason, as a sentence, why an engine refused a script, another version or native code.
public struct EngineRefusal: Error {
  public let status: fxaot_status
  /// One sentence.
  public let message: String
  /// The wrong parameter, and its range if the value lies outside of it; else nan.
  public var parameter: String?
  public var minimum = Double.nan
  public var maximum = Double.nan
  /// The index of the wrong parameter; UInt64.max when `parameter` names it, or no parameter is wrong.
  public var parameterIndex = UInt64.max

  init(_ status: fxaot_status, _ message: String) {
    self.status = status
    self.message = message
  }

  init(_ error: EngineError) {
    self.init(error.status, "")
    parameterIndex = error.parameter
  }

  init(_ error: ScriptError) {
    switch error {
    case .unknownParameter(let name):
      self.init(FXAOT_UNKNOWN_PARAMETER, error.sentence)
      parameter = name
    case .parameterType(let name), .parameterOption(let name):
      self.init(FXAOT_BAD_PARAMETER, error.sentence)
      parameter = name
    case .parameterRange(let name, let minimum, let maximum):
      self.init(FXAOT_PARAMETER_RANGE, error.sentence)
      parameter = name
      self.minimum = minimum
      self.maximum = maximum
    default: self.init(FXAOT_BAD_SCRIPT, error.sentence)
    }
  }
}

/// Scripts as strategies: start, steps, orders, failure and end.
extension Engine {
  /// What a script is deployed with.
  public struct ScriptDeployment {
    public var symbolRef: UInt64
    public var timeframe: fxaot_timeframe
    /// FXAOT_MID …: of the bars, and of the quotes at which priced orders trigger.
    public var price: UInt32
    public var parameters: [(name: String, value: ParameterValue)] = []

    public init(symbolRef: UInt64, timeframe: fxaot_timeframe, price: UInt32) {
      self.symbolRef = symbolRef
      self.timeframe = timeframe
      self.price = price
    }
  }

  /// Starts a script, given as `Program.encoded`, under a new ref. Refuses damaged bytes.
  /// An error changes nothing. O(program).
  public mutating func addScript(
    _ bytes: UnsafeRawBufferPointer, _ deployment: ScriptDeployment, ref: UInt64
  ) throws(EngineRefusal) {
    let program = try Self.program(bytes)
    do throws(EngineError) {
      try check(deployment, ref)
    } catch {
      throw EngineRefusal(error)
    }
    let slot = byInstrumentRef.slot(of: deployment.symbolRef)
    guard let timeframe = Timeframe(deployment.timeframe), let period = timeframe.period else {
      throw EngineRefusal(FXAOT_BAD_TIMEFRAME, "")
    }
    let others = instruments(besides: slot)
    let environment = ScriptEnvironment(
      instruments.base[slot].instrument, period, others: others)
    let script: LiveScript
    do throws(ScriptError) {
      let version = try ScriptVersion(
        program, encoded: bytes, environment: environment, others: others, parameters: deployment.parameters)
      try checkAccount(of: version, slot)
      script = LiveScript(version, environment: environment)
    } catch {
      throw EngineRefusal(error)
    }
    guard scripts.reserve(1) else { throw .outOfMemory }
    let place = scripts.add(Unmanaged.passRetained(script))
    do throws(EngineError) {
      try start(
        StrategyState(
          ref: ref, instrumentSlot: slot, content: .script(place), timeframe: timeframe,
          basis: Int(deployment.price)))
    } catch {
      throw EngineRefusal(error)
    }
    note(.script) { journal in
      journal.add(ref)
      journal.add(bytes, deployment)
    }
  }

  /// Checks that money can be converted once there are quotes.
  private func checkAccount(of version: ScriptVersion, _ slot: Int) throws(ScriptError) {
    guard let account = version.account else { return }
    let conversions = Conversions(instruments: instruments.elements, account: account)
    let instrument = instruments.base[slot].instrument
    guard !conversions.hasRoute(from: instrument.quote) else { return }
    throw .noRate(from: CurrencyName.text(instrument.quote), to: version.accountName)
  }

  /// Larger programs are refused unread. A script of 1 MB compiles to less.
  static let programLimit = 16 << 20

  /// Decodes a strategy's program from untrusted bytes.
  static func program(_ bytes: UnsafeRawBufferPointer) throws(EngineRefusal) -> Program {
    guard bytes.count <= programLimit, let program = Program(encoded: Array(bytes)) else {
      throw EngineRefusal(FXAOT_BAD_SCRIPT, "not a compiled script of this version")
    }
    guard program.settings.isStrategy else {
      throw EngineRefusal(
        FXAOT_BAD_SCRIPT, "the script is an indicator; only a strategy() places orders")
    }
    return program
  }

  private func check(_ deployment: ScriptDeployment, _ ref: UInt64) throws(EngineError) {
    guard ref != 0, deployment.price <= UInt32(FXAOT_ASK) else {
      throw EngineError(FXAOT_BAD_ARGUMENT)
    }
    guard byStrategyRef.slot(of: ref) < 0 else { throw EngineError(FXAOT_ALREADY_EXISTS) }
    guard byInstrumentRef.slot(of: deployment.symbolRef) >= 0 else {
      throw EngineError(FXAOT_UNKNOWN_SYMBOL)
    }
  }

  /// A bar has closed for a script.
  mutating func stepScript(_ strategySlot: Int, _ place: Int, _ bar: fxaot_bar) {
    guard let script = scripts[place] else { return }
    strategies.base[strategySlot].bars &+= 1
    if settings.emitsBars {
      var event = event(FXAOT_EVENT_BAR, strategySlot, at: bar.end_time_ns)
      event.bar = bar
      log.append(event)
    }
    strategies.base[strategySlot].steppedAt = counts.accepted
    let isRunning = script._withUnsafeGuaranteedRef { run($0, strategySlot, bar) }
    if isRunning {
      want(strategySlot, fillsFrom: nextQuote)
    } else {
      stopScript(strategySlot, failedAt: script._withUnsafeGuaranteedRef { $0.version.failedLine })
    }
  }

  /// Runs a script on a bar; false when it has stopped on it.
  private func run(_ script: LiveScript, _ strategySlot: Int, _ bar: fxaot_bar) -> Bool {
    if let account = script.version.account {
      let slot = strategies.base[strategySlot].instrumentSlot
      script.convert(
        at: Conversions(instruments: instruments.elements, account: account)
          .rate(from: instruments.base[slot].instrument.quote))
    }
    showOthers(strategySlot, script, by: bar.end_time_ns)
    return script.step(bar)
  }

  /// A bar of the past, see `warm`.
  mutating func warmScript(_ strategySlot: Int, _ place: Int, _ bar: fxaot_bar) {
    guard let script = scripts[place] else { return }
    let isRunning = script._withUnsafeGuaranteedRef {
      showOthers(strategySlot, $0, by: bar.end_time_ns)
      return $0.warm(bar)
    }
    if !isRunning { stopScript(strategySlot, failedAt: script._withUnsafeGuaranteedRef { $0.version.failedLine }) }
  }

  /// A script has failed: cancels its orders and never runs it again. Its position stays.
  private mutating func stopScript(_ strategySlot: Int, failedAt line: Int) {
    cancelOrders(strategySlot)
    setAwake(strategySlot, needs: false)
    raiseAlarm(FXAOT_ALARM_SCRIPT_STOPPED, strategySlot, quantity: Int64(line))
  }

  /// A quote for the scripts of an instrument that wait for one.
  mutating func wakeScripts(_ slot: Int) {
    let instrument = instruments.base + slot
    guard let builders = instrument.pointee.builders, let listeners = instrument.pointee.listeners
    else { return }
    let grid = instrument.pointee.instrument.grid
    for index in 0..<instrument.pointee.builderCount {
      let first = builders[index].firstListener
      for listener in first..<(first &+ builders[index].listenerCount)
      where listeners[listener].feed != Listener.otherSymbol {
        let strategySlot = listeners[listener].strategySlot
        let strategy = strategies.base + strategySlot
        guard strategy.pointee.isAwake, case .script(let place) = strategy.pointee.content else {
          continue
        }
        let price = instrument.pointee.quote.price(strategy.pointee.basis, on: grid)
        scripts[place]?._withUnsafeGuaranteedRef { $0.take(quote: price) }
        want(strategySlot, fillsFrom: nextQuote)
      }
    }
    carryOutWants()
    refreshScriptRange(slot)
  }

  /// The prices at which none of the instrument's scripts need see a quote. O(its scripts, with their orders and trades).
  private mutating func refreshScriptRange(_ slot: Int) {
    guard let builders = instruments.base[slot].builders, let listeners = instruments.base[slot].listeners
    else { return }
    var range = QuietRange.always
    for index in 0..<instruments.base[slot].builderCount {
      let first = builders[index].firstListener
      for listener in first..<(first &+ builders[index].listenerCount)
      where listeners[listener].feed != Listener.otherSymbol {
        let strategySlot = listeners[listener].strategySlot
        if strategies.base[strategySlot].isAwake { range = range.intersection(quietRange(strategySlot)) }
      }
    }
    instruments.base[slot].market.scriptRange = range
  }

  /// The prices at which a script need not see a quote.
  private func quietRange(_ strategySlot: Int) -> QuietRange {
    let strategy = strategies.base[strategySlot]
    guard case .script(let place) = strategy.content,
      let span = scripts[place]?._withUnsafeGuaranteedRef({ $0.broker.quietSpan })
    else { return .never }
    return QuietRange(
      low: span.low, high: span.high, basis: strategy.basis,
      on: instruments.base[strategy.instrumentSlot].instrument.grid)
  }

  /// Keeps count of the instrument's scripts that wait for a price, and narrows the quiet prices to those of this one.
  mutating func setAwake(_ strategySlot: Int, needs: Bool) {
    if needs {
      let slot = strategies.base[strategySlot].instrumentSlot
      instruments.base[slot].market.scriptRange = instruments.base[slot].market.scriptRange
        .intersection(quietRange(strategySlot))
    }
    guard needs != strategies.base[strategySlot].isAwake else { return }
    strategies.base[strategySlot].isAwake = needs
    instruments.base[strategies.base[strategySlot].instrumentSlot].market.watchers += needs ? 1 : -1
  }

  /// Cancels a strategy's orders: it is removed, or has stopped, and wants to hear nothing of them.
  mutating func cancelOrders(_ strategySlot: Int) {
    journal.isDirty = true
    accountState.cancelAll(FXAOT_CANCEL_STRATEGY) { $0.strategySlot == strategySlot }
    accountState.forgetLost(of: strategySlot)
    // With a gateway an order lives until the broker says that it does not.
    strategies.base[strategySlot].waiting = accountState.waitingUnits(of: strategySlot)
  }
}

extension QuoteSteps {
  /// As the bars of a basis (FXAOT_MID …) are made of it.
  func price(_ basis: Int, on grid: PriceGrid) -> Double {
    basis == FXAOT_MID ? mid(on: grid) : grid.price(basis == FXAOT_ASK ? ask : bid)
  }
}
