import CFxaot
import Libc
import Market
import Messaging
import Records
import Trading

/// An engine from a snapshot.
///
/// The bytes may come from anywhere: whatever they are, loading ends with an engine that keeps all its invariants, or
/// with a refusal. It takes no more memory than the bytes could fill, or a deployment of what is in them would take.
extension Engine {
  public typealias Tables = (_ name: String) -> UnsafePointer<fxaot_strategy>?

  /// The engine that goes on as the captured one does, event by event. Scripts run on the VM.
  /// - FXAOT_BAD_RECORD for bytes that are no snapshot, or a damaged one,
  /// - FXAOT_UNKNOWN_STRATEGY, with its name, for one that `tables` does not know,
  /// - FXAOT_OUT_OF_MEMORY; else as the calls do that would deploy its scripts.
  ///
  /// `refs` gives the refs of this node for the names in the snapshot; a ref without a name stays. Without `make` the
  /// snapshot is of this process, and all refs stay.
  public static func load(
    _ bytes: UnsafeRawBufferPointer, _ refs: JournalRefs, _ make: JournalRefs.Maker?,
    tables: @escaping Tables = Engine.registered
  ) throws(EngineRefusal) -> Engine {
    guard let format = SnapshotHeader.format(bytes) else { throw .damaged("these bytes are no snapshot") }
    guard (StateFormat.oldest...StateFormat.newest).contains(format) else {
      throw .damaged("the snapshot is of another version of this library")
    }
    var loader = StateLoader(
      UnsafeRawBufferPointer(rebasing: bytes.dropFirst(SnapshotHeader.byteCount)), format: format,
      refs: { ref in make.map { refs.findAny(ref, $0) } ?? ref })
    var config = Engine.defaultConfig
    Settings.persist(&config, &loader)
    guard loader.isValid else { throw .damaged() }
    var engine: Engine
    do throws(EngineError) { engine = try Engine(config) } catch { throw .damaged(error) }
    try engine.fill(&loader, Loading(refs: refs, make: make, tables: tables))
    return engine
  }

  /// Built in, or registered from C.
  public static func registered(_ name: String) -> UnsafePointer<fxaot_strategy>? {
    name.withCString { StrategyRegistry.find($0) }
  }

  struct Loading {
    let refs: JournalRefs
    let make: JournalRefs.Maker?
    let tables: Tables

    func ref(_ old: UInt64) -> UInt64 { refs.find(old) ?? old }
  }

  private mutating func fill(_ loader: inout StateLoader, _ context: Loading) throws(EngineRefusal) {
    try loadNames(&loader, context)
    loader(&isReplaying)
    counts.persist(&loader)
    var count = 0
    loader.count(&count, bytes: 64)
    guard count <= Self.instrumentLimit, instruments.reserve(count) else { throw .damaged() }
    for _ in 0..<count { try loadInstrument(&loader, context) }
    connectAccount()
    do throws(EngineError) {
      bySymbolKey = try Self.index(byKey: instruments.elements)
      byInstrumentRef = try Self.index(byRef: instruments.elements)
    } catch { throw .damaged(error) }
    try loadStrategies(&loader, context)
    accountState.persist(&loader)
    loadWants(&loader)
    guard loader.isValid, loader.isAtEnd, areScriptsCounted, accountState.knowsStrategies(strategies.count) else {
      throw .damaged()
    }
  }

  private mutating func loadNames(_ loader: inout StateLoader, _ context: Loading) throws(EngineRefusal) {
    var count = 0
    loader.count(&count, bytes: 16)
    for _ in 0..<count {
      var (old, text): (UInt64, [UInt8]) = (0, [])
      loader(&old)
      loader(&text)
      guard loader.isValid, context.make.map({ context.refs.learn(old, text, $0) }) ?? true else {
        throw .damaged("a name that this node cannot have")
      }
      journal.name(context.ref(old), ofLoaded: text)
    }
  }

  private mutating func loadInstrument(_ loader: inout StateLoader, _ context: Loading) throws(EngineRefusal) {
    guard let instrument = Instrument.persist(nil, &loader) else { throw .damaged() }
    var (ref, aliases) = (UInt64(0), InstrumentAliases())
    loader(&ref)
    aliases.persist(&loader) { context.ref($0) }
    ref = context.ref(ref)
    guard loader.isValid, ref != 0, ref != QuoteMessage.replayed,
      instruments.append(InstrumentState(instrument: instrument, ref: ref, aliases: aliases))
    else { throw .damaged() }
    let state = instruments.base + (instruments.count - 1)
    state.pointee.jump.persist(&loader)
    state.pointee.gap = BarGap.persist(nil, &loader)
    var count = 0
    loader.count(&count, bytes: 8)
    guard count <= Self.buildersPerInstrument, let builders = Self.room(count, for: BarBuilder.self) else {
      throw .damaged()
    }
    state.pointee.builders = builders
    for _ in 0..<count {
      guard let timeframe = Timeframe.persist(nil, &loader) else { throw .damaged() }
      var builder = BarBuilder(timeframe)
      builder.persist(&loader)
      (builders + state.pointee.builderCount).initialize(to: builder)
      state.pointee.builderCount += 1
    }
    try loadBars(state, &loader)
  }

  private func loadBars(_ state: UnsafeMutablePointer<InstrumentState>, _ loader: inout StateLoader)
    throws(EngineRefusal)
  {
    var count = 0
    loader.count(&count, bytes: 32)
    guard count <= 3 * Self.buildersPerInstrument, let kept = Self.room(count, for: KeptBars.self) else {
      throw .damaged()
    }
    state.pointee.kept = kept
    for _ in 0..<count {
      guard var series = KeptBars.load(&loader) else { throw .damaged() }
      let isWhole = series.fill(&loader)
      (kept + state.pointee.keptCount).initialize(to: series)
      state.pointee.keptCount += 1
      if !isWhole { throw .damaged() }
    }
  }

  private mutating func loadStrategies(_ loader: inout StateLoader, _ context: Loading) throws(EngineRefusal) {
    var (slots, count) = (0, 0)
    // Free ones take no bytes.
    loader(&slots)
    loader.count(&count, bytes: 64)
    guard loader.isValid, (0...Self.strategyLimit).contains(slots), count <= slots, strategies.reserve(slots),
      wants.reserve(slots)
    else { throw .damaged() }
    let none = StrategyContent.script(.max)
    for _ in 0..<slots {
      guard let timeframe = Timeframe(fxaot_timeframe(kind: UInt32(FXAOT_TF_TICK), count: 1)) else { break }
      _ = strategies.append(StrategyState(ref: 0, instrumentSlot: 0, content: none, timeframe: timeframe, basis: 0))
    }
    for _ in 0..<count { try loadStrategy(&loader, context) }
    for slot in 0..<instruments.count {
      do throws(EngineError) { try rebuildBuilders(slot) } catch { throw .damaged(error) }
    }
  }

  private mutating func loadStrategy(_ loader: inout StateLoader, _ context: Loading) throws(EngineRefusal) {
    var (slot, ref, instrument) = (0, UInt64(0), 0)
    loader(&slot)
    loader(&ref)
    loader(&instrument)
    ref = context.ref(ref)
    guard loader.isValid, strategies.elements.indices.contains(slot), strategies.base[slot].ref == 0, ref != 0,
      byStrategyRef.slot(of: ref) < 0, instruments.elements.indices.contains(instrument), scripts.reserve(1)
    else { throw .damaged() }
    let loaded = try loadContent(&loader, instrument, context)
    let content: StrategyContent =
      switch loaded.content {
      case .table(let table): .table(table)
      case .script(let script): .script(scripts.add(Unmanaged.passRetained(script)))
      }
    strategies.base[slot] = StrategyState(
      ref: ref, instrumentSlot: instrument, content: content, timeframe: loaded.timeframe, basis: loaded.basis)
    strategies.base[slot].persist(&loader)
    if !loader.isValid { throw .damaged() }
    do throws(EngineError) { try byStrategyRef.insert(ref, slot) } catch { throw .damaged(error) }
  }

  private mutating func loadWants(_ loader: inout StateLoader) {
    var count = 0
    loader.count(&count, bytes: 16)
    for _ in 0..<count {
      var (slot, quote) = (0, UInt64(0))
      loader(&slot)
      loader(&quote)
      guard strategies.elements.indices.contains(slot), strategies.base[slot].ref != 0,
        !strategies.base[slot].isWanting
      else { return loader.fail() }
      want(slot, fillsFrom: quote)
    }
  }

  /// Whether the instruments' counts of scripts that wait for a price are those of their scripts.
  var areScriptsCounted: Bool {
    var awake = Array(repeating: 0, count: instruments.count)
    for strategy in strategies.elements where strategy.ref != 0 && strategy.isAwake {
      if strategy.scriptPlace == nil { return false }
      awake[strategy.instrumentSlot] += 1
    }
    return instruments.elements.indices.allSatisfy { instruments.base[$0].market.watchers == awake[$0] }
  }
}

extension EngineRefusal {
  static func damaged(_ why: String = "the snapshot is damaged") -> EngineRefusal {
    EngineRefusal(FXAOT_BAD_RECORD, why)
  }

  /// What a checked engine would not have let in.
  static func damaged(_ error: EngineError) -> EngineRefusal {
    error.status == FXAOT_OUT_OF_MEMORY ? .outOfMemory : damaged()
  }
}

extension KeptBars {
  /// Without its bars, and then with them.
  fileprivate static func load(_ loader: inout StateLoader) -> KeptBars? {
    guard let timeframe = Timeframe.persist(nil, &loader) else { return nil }
    var (basis, limit) = (UInt32(0), UInt32(0))
    loader(&basis)
    loader(&limit)
    guard loader.isValid, basis <= UInt32(FXAOT_ASK), (1...UInt32(FXAOT_MAX_KEPT_BARS)).contains(limit) else {
      return nil
    }
    return KeptBars(timeframe, basis: Int(basis), limit: Int(limit))
  }

  fileprivate mutating func fill(_ loader: inout StateLoader) -> Bool {
    var (oldest, count) = (0, 0)
    loader(&oldest)
    loader.count(&count, bytes: MemoryLayout<fxaot_bar>.size)
    guard loader.isValid, count <= limit, (0...Int.max / 4).contains(oldest) else { return false }
    let bars = loader.slice(count * MemoryLayout<fxaot_bar>.size)
    return fill(
      (0..<count).map { bars.loadUnaligned(fromByteOffset: $0 * MemoryLayout<fxaot_bar>.size, as: fxaot_bar.self) },
      oldest: oldest)
  }
}
