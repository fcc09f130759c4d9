import CFxaot
import Market
import Messaging
import Trading

/// What an engine records for its journal: see InputJournal. Every public function that changes the engine says so here
/// before it does, or, where it may refuse to change anything, after.
extension Engine {
  /// Begins to record, or (`nothing`) ends. FXAOT_BAD_ARGUMENT for an unknown scope.
  public mutating func startJournal(_ scope: UInt32) throws(EngineError) {
    guard let scope = InputJournal.Scope(rawValue: scope) else { throw EngineError(FXAOT_BAD_ARGUMENT) }
    journal.start(scope)
    accountState.gate.hasNoJournal = false
    accountState.gate.latch(scope == .inputs)
  }

  /// What has been recorded since the last call, in memory that the caller frees, and whether records have been lost
  /// since the last snapshot. O(1); with the scope `account` O(account).
  public mutating func takeJournal() -> (base: UnsafeMutableRawPointer?, count: Int, isBroken: Bool) {
    noteState()
    noteItems()
    let (base, count) = journal.take()
    return (base, count, journal.isBroken)
  }

  /// The journal takes no records: until the next snapshot nothing is recorded, and new orders are refused.
  public mutating func loseJournal() {
    journal.breakOff()
    accountState.gate.hasNoJournal = journal.isOn
  }

  /// A snapshot holds all that has been recorded, and what was lost.
  mutating func mendJournal() {
    journal.mend()
    accountState.gate.hasNoJournal = false
  }

  /// The name of a strategy's ref, before it is added. O(names).
  public mutating func name(_ ref: UInt64, _ text: UnsafePointer<CChar>) {
    journal.name(ref, CText.bytes(text))
  }

  /// An input of any kind.
  @inline(__always)
  mutating func note(_ input: Input, _ body: (inout InputJournal) -> Void) {
    if journal.isOn { noteInput(input, body) }
  }

  @inline(never)
  private mutating func noteInput(_ input: Input, _ body: (inout InputJournal) -> Void) {
    journal.isDirty = true
    guard journal.scope == .inputs || input.isStructural else { return }
    noteState()
    journal.record(input, body)
  }

  /// A quote that `tick` or a batch is about to take; `key` 0: of no known instrument.
  @inline(never)
  mutating func noteQuote(_ quote: fxaot_quote, key: UInt64) {
    guard journal.scope == .inputs else { return }
    noteState()
    var quote = quote
    quote.symbol = key
    journal.quote(quote, isReplay: isReplaying)
  }

  /// A quote of no known instrument, which only counts.
  @inline(never)
  mutating func noteUnknown(_ time: Int64) {
    if !journal.isOn { return }
    noteQuote(fxaot_quote(time_ns: time, symbol: 0, bid: 0, ask: 0, bid_size: 0, ask_size: 0), key: 0)
  }

  @inline(__always)
  mutating func noteAdvance(_ time: Int64) {
    if !journal.isOn { return }
    journal.isDirty = true
    guard journal.scope == .inputs else { return }
    noteState()
    journal.advance(time)
  }

  mutating func noteInstrument(_ raw: fxaot_instrument, _ ref: UInt64) {
    journal.name(ref, raw.symbolText)
    for index in 0..<Int(raw.alias_count) {
      if let alias = raw.aliases?[index] { journal.name(alias.ref, alias.symbolText) }
    }
    note(.instrument) { journal in
      journal.add(ref)
      journal.add(raw)
    }
  }

  /// A swap depends on when its version was prepared, so what it leaves is recorded.
  mutating func noteSwap(_ ref: UInt64) {
    guard journal.isOn, let saved = try? saveStrategy(ref: ref) else { return }
    let bytes = saved.bytes()
    note(.swap) { journal in
      journal.add(ref)
      journal.add(bytes)
    }
  }

  /// The kill switch may be set by any thread at any time. An engine that records its inputs looks at it once before
  /// each input, so that the same inputs find the same state again.
  private mutating func noteState() {
    guard journal.scope == .inputs else { return }
    if let state = accountState.gate.latchNow() { journal.record(.state) { $0.add(state) } }
  }
}

extension Input {
  /// Changes what there is, and not only what the account's items tell.
  fileprivate var isStructural: Bool {
    switch self {
    case .name, .instrument, .account, .risk, .venue, .terms, .gateway, .strategy, .script, .remove, .swap: true
    case .submit, .modify, .cancel, .cancelAll, .closeSymbol, .closeTicket, .closeBy, .cash, .report, .acknowledged,
      .state, .applyState, .fillRest:
      false
    }
  }
}

extension fxaot_instrument {
  fileprivate var symbolText: [UInt8] { withUnsafeBytes(of: symbol) { Array($0.prefix { $0 != 0 }) } }
}

extension fxaot_alias {
  fileprivate var symbolText: [UInt8] { withUnsafeBytes(of: symbol) { Array($0.prefix { $0 != 0 }) } }
}

// MARK: Inputs with more than plain values

extension InputJournal {
  mutating func add(_ raw: fxaot_instrument) {
    var plain = raw
    plain.aliases = nil
    addPlain(plain)
    for index in 0..<Int(raw.alias_count) {
      if let alias = raw.aliases?[index] { addPlain(alias) }
    }
  }

  mutating func add(_ raw: fxaot_terms) {
    var plain = raw
    plain.holidays = nil
    addPlain(plain)
    if let days = raw.holidays, raw.holiday_count > 0 {
      add(UnsafeRawBufferPointer(start: days, count: Int(raw.holiday_count) * MemoryLayout<Int32>.stride))
    }
  }

  mutating func add(_ deployment: fxaot_deployment) {
    add(CText.bytes(deployment.strategy))
    add(deployment.symbol_ref)
    addPlain(deployment.timeframe)
    add(deployment.price)
    add(deployment.param_count)
    for index in 0..<Int(deployment.param_count) {
      let value = deployment.params[index]
      add(CText.bytes(value.name))
      addPlain(value.value)
    }
  }

  mutating func add(_ program: UnsafeRawBufferPointer, _ deployment: Engine.ScriptDeployment) {
    add(deployment.symbolRef)
    addPlain(deployment.timeframe)
    add(deployment.price)
    add(UInt32(truncatingIfNeeded: deployment.parameters.count))
    for (name, value) in deployment.parameters {
      add(Array(name.utf8))
      switch value {
      case .number(let number):
        add(UInt8(FXAOT_NUMBER))
        addPlain(number)
      case .bool(let flag):
        add(UInt8(FXAOT_BOOL))
        add(UInt8(flag ? 1 : 0))
      case .text(let text):
        add(UInt8(FXAOT_TEXT))
        add(Array(text.utf8))
      }
    }
    add(UInt32(truncatingIfNeeded: program.count))
    add(program)
  }
}
