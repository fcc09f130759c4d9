import CFxaot
import Libc
import Market
import Trading

/// Carries out what a journal has recorded, as the engine that recorded it did.
extension Engine {
  /// A record of a type that an engine knows; others, such as the application's, are skipped. The events that it causes
  /// have been told before, or never will be: they are forgotten, but counted.
  public mutating func apply(
    _ type: UInt8, _ payload: UnsafeRawBufferPointer, _ refs: JournalRefs, _ make: @escaping JournalRefs.Maker
  ) throws(JournalFault) {
    guard let record = JournalRecord(rawValue: type) else { throw JournalFault("a record of the unknown type \(type)") }
    switch record {
    case .quotes: try applyQuotes(payload)
    case .advance: try applyAdvance(payload)
    case .input: try applyInput(payload, refs, make)
    case .items: try applyItems(payload, refs, make)
    case .begin, .end, .term, .snapshot, .gap: return
    }
    clearEvents()
  }

  private mutating func applyQuotes(_ payload: UnsafeRawBufferPointer) throws(JournalFault) {
    let size = MemoryLayout<fxaot_quote>.size
    guard let start = payload.baseAddress, payload.count > 1, (payload.count - 1) % size == 0, payload[0] <= 1 else {
      throw JournalFault("a record of quotes that is no whole number of them")
    }
    let before = isReplaying
    isReplaying = payload[0] == 1
    ticks(start + 1, count: (payload.count - 1) / size)
    isReplaying = before
  }

  private mutating func applyAdvance(_ payload: UnsafeRawBufferPointer) throws(JournalFault) {
    guard payload.count == 8 else { throw JournalFault("an advance without a time") }
    advance(to: Int64(littleEndian: payload.loadUnaligned(as: Int64.self)))
  }

  private mutating func applyInput(
    _ payload: UnsafeRawBufferPointer, _ refs: JournalRefs, _ make: @escaping JournalRefs.Maker
  ) throws(JournalFault) {
    guard let kind = payload.first, let input = Input(rawValue: kind) else {
      throw JournalFault("an input of an unknown kind")
    }
    var reader = InputReader(UnsafeRawBufferPointer(rebasing: payload.dropFirst()))
    var context = Applying(refs: refs, make: make)
    try carryOut(input, &reader, &context)
    if !reader.isWhole || context.isUnnamed { throw JournalFault("a damaged input: \(input)") }
  }

  private struct Applying {
    let refs: JournalRefs
    let make: JournalRefs.Maker
    var isUnnamed = false

    mutating func ref(_ old: UInt64) -> UInt64 {
      guard let new = refs.find(old) else {
        isUnnamed = true
        return 0
      }
      return new
    }
  }

  private mutating func carryOut(_ input: Input, _ reader: inout InputReader, _ context: inout Applying)
    throws(JournalFault)
  {
    switch input {
    case .name:
      let (old, name) = (reader.number(UInt64.self), reader.text())
      if reader.isValid {
        guard context.refs.learn(old, name, context.make) else {
          throw JournalFault("a name that this node cannot have")
        }
        // The next snapshot has to know it too.
        if let new = context.refs.find(old) { journal.name(new, ofLoaded: name) }
      }
    case .instrument: try addInstrument(&reader, &context)
    case .terms: try setTerms(&reader, &context)
    case .account: try set(reader.plain()) { (engine, terms) throws(EngineError) in try engine.setAccount(terms) }
    case .risk: try set(reader.plain()) { (engine, limits) throws(EngineError) in try engine.setRisk(limits) }
    case .venue: try set(reader.plain()) { (engine, venue) throws(EngineError) in try engine.setVenue(venue) }
    case .gateway:
      let (link, incarnation) = (reader.number(UInt32.self), reader.number(UInt64.self))
      try tried { (engine) throws(EngineError) in try engine.setGateway(link, incarnation: incarnation) }
    case .strategy: try addStrategy(&reader, &context)
    case .script: try addScript(&reader, &context)
    case .remove:
      let ref = context.ref(reader.number(UInt64.self))
      try tried { (engine) throws(EngineError) in try engine.removeStrategy(ref: ref) }
    case .swap: try replaceStrategy(&reader, &context)
    case .submit, .modify, .cancel, .cancelAll, .closeSymbol, .closeTicket, .closeBy, .cash:
      request(input, &reader, &context)
    case .report:
      guard let report: fxaot_report = reader.plain() else { return }
      _ = self.report(report)
    case .acknowledged:
      _ = requests(
        after: reader.number(UInt64.self), into: UnsafeMutableBufferPointer(start: nil, count: 0))
    case .state: setState(reader.number(UInt32.self))
    case .applyState: _ = applyState()
    case .fillRest: _ = fillRest()
    }
  }

  /// A client's request. It has been answered; a refusal then is one now.
  private mutating func request(_ input: Input, _ reader: inout InputReader, _ context: inout Applying) {
    switch input {
    case .submit:
      guard var request: fxaot_order_request = reader.plain() else { return }
      request.symbol_ref = context.refs.findAny(request.symbol_ref, context.make)
      request.strategy_ref = context.refs.findAny(request.strategy_ref, context.make)
      _ = submit(request)
    case .modify:
      guard let id: fxaot_id = reader.plain(), let change: fxaot_order_change = reader.plain() else { return }
      _ = modify(id, change)
    case .cancel:
      guard let id: fxaot_id = reader.plain() else { return }
      _ = cancel(id)
    case .cancelAll:
      let symbol = context.ref(reader.number(UInt64.self))
      let strategy = context.ref(reader.number(UInt64.self))
      if !context.isUnnamed { _ = cancelAll(symbolRef: symbol, strategyRef: strategy) }
    case .closeSymbol:
      let symbol = context.ref(reader.number(UInt64.self))
      _ = close(symbolRef: symbol, quantity: reader.number(Int64.self))
    case .closeTicket:
      guard let ticket: fxaot_id = reader.plain() else { return }
      _ = close(ticket: ticket, quantity: reader.number(Int64.self))
    case .closeBy:
      guard let ticket: fxaot_id = reader.plain(), let other: fxaot_id = reader.plain() else { return }
      _ = close(ticket: ticket, by: other)
    default: _ = cash(reader.number(Int64.self))
    }
  }

  private mutating func addInstrument(_ reader: inout InputReader, _ context: inout Applying) throws(JournalFault) {
    let ref = context.ref(reader.number(UInt64.self))
    guard var raw: fxaot_instrument = reader.plain(), raw.alias_count <= FXAOT_MOST_ALIASES else { return }
    var aliases: [fxaot_alias] = []
    for _ in 0..<Int(raw.alias_count) {
      guard var alias: fxaot_alias = reader.plain() else { return }
      alias.ref = context.ref(alias.ref)
      aliases.append(alias)
    }
    if context.isUnnamed { return }
    try aliases.withUnsafeBufferPointer { (list) throws(JournalFault) in
      raw.aliases = list.baseAddress
      let instrument = raw
      try tried { (engine) throws(EngineError) in try engine.addInstrument(instrument, ref: ref) }
    }
  }

  private mutating func setTerms(_ reader: inout InputReader, _ context: inout Applying) throws(JournalFault) {
    let ref = context.ref(reader.number(UInt64.self))
    guard var raw: fxaot_terms = reader.plain(), raw.holiday_count <= FXAOT_MOST_HOLIDAYS else { return }
    var days: [Int32] = []
    for _ in 0..<Int(raw.holiday_count) { days.append(reader.number(Int32.self)) }
    if !reader.isValid || context.isUnnamed { return }
    try days.withUnsafeBufferPointer { (list) throws(JournalFault) in
      raw.holidays = list.baseAddress
      let terms = raw
      try tried { (engine) throws(EngineError) in try engine.setTerms(terms, symbolRef: ref) }
    }
  }

  private mutating func addStrategy(_ reader: inout InputReader, _ context: inout Applying) throws(JournalFault) {
    let ref = context.ref(reader.number(UInt64.self))
    let name = reader.text()
    var deployment = fxaot_deployment()
    deployment.symbol_ref = context.ref(reader.number(UInt64.self))
    guard let timeframe: fxaot_timeframe = reader.plain() else { return }
    deployment.timeframe = timeframe
    deployment.price = reader.number(UInt32.self)
    var values: [(name: [UInt8], value: Double)] = []
    for _ in 0..<reader.count(bytes: 12) { values.append((reader.text(), reader.plain() ?? 0)) }
    if !reader.isValid || context.isUnnamed { return }
    let texts = ([name] + values.map(\.name)).map { strdup(String(decoding: $0, as: UTF8.self)) }
    defer { for text in texts { free(text) } }
    deployment.strategy = UnsafePointer(texts[0])
    let params = values.enumerated().map { fxaot_param_value(name: texts[$0.offset + 1], value: $0.element.value) }
    try params.withUnsafeBufferPointer { (list) throws(JournalFault) in
      deployment.params = list.baseAddress
      deployment.param_count = UInt32(list.count)
      do throws(EngineError) {
        try addStrategy(deployment, ref: ref)
      } catch {
        guard error.status == FXAOT_UNKNOWN_STRATEGY else { throw JournalFault(error) }
        throw JournalFault("the strategy \(String(decoding: name, as: UTF8.self)) is not registered here")
      }
    }
  }

  private mutating func addScript(_ reader: inout InputReader, _ context: inout Applying) throws(JournalFault) {
    let ref = context.ref(reader.number(UInt64.self))
    let symbol = context.ref(reader.number(UInt64.self))
    guard let timeframe: fxaot_timeframe = reader.plain() else { return }
    var deployment = ScriptDeployment(symbolRef: symbol, timeframe: timeframe, price: reader.number(UInt32.self))
    deployment.parameters = reader.parameters()
    let program = reader.slice(reader.count(bytes: 1))
    if !reader.isValid || context.isUnnamed { return }
    do throws(EngineRefusal) {
      try addScript(program, deployment, ref: ref)
    } catch {
      throw JournalFault("a script that starts no more: \(error.message)")
    }
  }

  /// A hot swap: what the strategy was after it.
  private mutating func replaceStrategy(_ reader: inout InputReader, _ context: inout Applying) throws(JournalFault) {
    let ref = context.ref(reader.number(UInt64.self))
    let bytes = reader.slice(reader.count(bytes: 1))
    if !reader.isValid || context.isUnnamed { return }
    do throws(EngineRefusal) {
      try loadStrategy(ref: ref, bytes)
    } catch {
      throw JournalFault("a version of a strategy that cannot run here: \(error.message)")
    }
  }

  private mutating func set<Terms>(_ terms: Terms?, _ body: (inout Engine, Terms) throws(EngineError) -> Void)
    throws(JournalFault)
  {
    guard let terms else { return }
    do throws(EngineError) { try body(&self, terms) } catch { throw JournalFault(error) }
  }

  private mutating func tried(_ body: (inout Engine) throws(EngineError) -> Void) throws(JournalFault) {
    do throws(EngineError) { try body(&self) } catch { throw JournalFault(error) }
  }
}

extension JournalFault {
  init(_ error: EngineError) { self.init("an input that was taken is refused now (status \(error.status.rawValue))") }
}
