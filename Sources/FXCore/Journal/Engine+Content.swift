import CFxaot
import Market
import Records
import StrategyIR
import StrategyVM
import Trading

/// What a strategy runs: a table or a script, with parameters and state. A hot swap replaces it, and nothing else.
extension Engine {
  struct LoadedContent {
    enum Content {
      case table(TableVersion)
      case script(LiveScript)
    }

    let timeframe: Timeframe
    let basis: Int
    let content: Content
  }

  /// The content of one strategy, and its count of versions: what a swap leaves. FXAOT_NOT_FOUND.
  public func saveStrategy(ref: UInt64) throws(EngineRefusal) -> Snapshot {
    let slot = byStrategyRef.slot(of: ref)
    guard slot >= 0 else { throw EngineRefusal(FXAOT_NOT_FOUND, "") }
    var saver = StateSaver()
    SnapshotHeader.write(&saver)
    var version = strategies.base[slot].version
    saver(&version)
    saveContent(strategies.base[slot], &saver)
    return Snapshot(saver)
  }

  /// Replaces the content of a strategy by a saved one, as the swap did. Position, orders and counts stay. An error
  /// changes nothing: FXAOT_NOT_FOUND, else as `load`.
  public mutating func loadStrategy(
    ref: UInt64, _ bytes: UnsafeRawBufferPointer, tables: @escaping Tables = Engine.registered
  ) throws(EngineRefusal) {
    let slot = byStrategyRef.slot(of: ref)
    guard slot >= 0 else { throw EngineRefusal(FXAOT_NOT_FOUND, "") }
    guard let format = SnapshotHeader.format(bytes), (StateFormat.oldest...StateFormat.newest).contains(format) else {
      throw .damaged("these bytes are no strategy's state")
    }
    var loader = StateLoader(
      UnsafeRawBufferPointer(rebasing: bytes.dropFirst(SnapshotHeader.byteCount)), format: format)
    var version: UInt32 = 0
    loader(&version)
    let context = Loading(refs: JournalRefs(), make: { _ in 0 }, tables: tables)
    let loaded = try loadContent(&loader, strategies.base[slot].instrumentSlot, context)
    do throws(EngineRefusal) {
      guard loader.isValid, loader.isAtEnd, loaded.basis == strategies.base[slot].basis else { throw .damaged() }
      try replace(slot, loaded)
    } catch {
      if case .table(let table) = loaded.content { table.release() }
      throw error
    }
    strategies.base[slot].version = version
  }

  private mutating func replace(_ slot: Int, _ loaded: LoadedContent) throws(EngineRefusal) {
    let before = strategies.base[slot].content
    switch (loaded.content, before) {
    case (.table(let new), .table(let old)):
      try change(slot, loaded.timeframe, .table(new))
      old.release()
    case (.script(let new), .script(let place)):
      guard let old = script(of: strategies.base[slot]), old.version.hasSameSources(as: new.version) else {
        throw .damaged()
      }
      try change(slot, loaded.timeframe, before)
      scripts.replace(place, by: Unmanaged.passRetained(new))
      setAwake(slot, needs: new.needsQuotes)
    default: throw .damaged()
    }
  }

  func loadContent(_ loader: inout StateLoader, _ slot: Int, _ context: Loading) throws(EngineRefusal) -> LoadedContent
  {
    guard let timeframe = Timeframe.persist(nil, &loader) else { throw .damaged() }
    var (basis, kind) = (UInt32(0), UInt8(0))
    loader(&basis)
    loader(&kind)
    guard loader.isValid, basis <= UInt32(FXAOT_ASK), kind <= 1 else { throw .damaged() }
    let content: LoadedContent.Content =
      if kind == 0 {
        .table(try loadTable(&loader, timeframe, context))
      } else {
        .script(try loadScript(&loader, timeframe, slot))
      }
    return LoadedContent(timeframe: timeframe, basis: Int(basis), content: content)
  }

  private func loadTable(_ loader: inout StateLoader, _ timeframe: Timeframe, _ context: Loading)
    throws(EngineRefusal) -> TableVersion
  {
    var (name, values, bytes): (String, [Double], Int) = ("", [], 0)
    loader(&name)
    loader.list(&values, fresh: 0) { $0(&$1) }
    loader.count(&bytes)
    let state = loader.slice(bytes)
    guard loader.isValid else { throw .damaged() }
    guard let table = context.tables(name) else {
      throw EngineRefusal(FXAOT_UNKNOWN_STRATEGY, "the snapshot has the strategy \(name), which is not registered here")
    }
    guard Self.feeds(table).allSatisfy({ Timeframe(timeframe.raw, multiple: $0) != nil }) else { throw .damaged() }
    do throws(EngineError) {
      return try TableVersion(table, values, state: state)
    } catch {
      guard error.status != FXAOT_OUT_OF_MEMORY else { throw .outOfMemory }
      throw EngineRefusal(error.status, "the snapshot has the strategy \(name) in another form than is registered here")
    }
  }

  private static func version(
    _ program: [UInt8], _ parameters: [(name: String, value: ParameterValue)], _ others: [Instrument],
    _ environment: ScriptEnvironment
  ) throws(EngineRefusal) -> ScriptVersion {
    let made: Result<ScriptVersion, EngineRefusal> = program.withUnsafeBytes { bytes in
      do throws(EngineRefusal) {
        let program = try Self.program(bytes)
        do throws(ScriptError) {
          return .success(
            try ScriptVersion(program, encoded: bytes, environment: environment, others: others, parameters: parameters)
          )
        } catch {
          return .failure(EngineRefusal(error))
        }
      } catch {
        return .failure(error)
      }
    }
    return try made.get()
  }

  private func loadScript(_ loader: inout StateLoader, _ timeframe: Timeframe, _ slot: Int)
    throws(EngineRefusal) -> LiveScript
  {
    guard let (bytes, parameters, others) = ScriptSource.load(&loader), let period = timeframe.period else {
      throw .damaged()
    }
    let environment = ScriptEnvironment(instruments.base[slot].instrument, period, others: others)
    let version = try Self.version(bytes, parameters, others, environment)
    version.persist(&loader)
    guard loader.isValid else { throw .damaged() }
    let script = LiveScript(version, environment: environment)
    script.broker.persist(&loader)
    guard loader.isValid, script.knowsItsTexts else { throw .damaged() }
    script.broker.sealTrades()
    return script
  }
}

extension LiveScript {
  /// Whether all texts of its book and rules are texts of its version.
  fileprivate var knowsItsTexts: Bool {
    let count = version.runner.textCount
    var isKnown = version.rules.allSatisfy { $0.message < count }
    broker.forEachText { if $0 >= count { isKnown = false } }
    return isKnown
  }
}
