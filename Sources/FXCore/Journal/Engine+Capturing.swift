import CFxaot
import Market
import Messaging
import Records
import Trading

/// A snapshot: the whole state of an engine, from which `Engine.load` makes one that goes on as this one does.
///
///     header       "FXAOTSNP", u32 format
///     settings     of the engine's configuration
///     names        of refs, which are other numbers in another node
///     counts       that tell of trading, not of this process
///     instruments  terms, aliases, open bars, kept bars
///     strategies   in the order in which they were added, each with its slot, parameters and state
///     account      its money, orders, positions, venue, gate
///     wants        scripts whose turn to order has come
///
/// Look-ups, listeners and sums are made anew.
extension Engine {
  /// While the engine waits. Bars, closed trades and programs are taken by reference: their bytes are put together when
  /// those of the saver are asked for, and the engine may go on meanwhile. O(state without them).
  public mutating func capture() -> Snapshot {
    mendJournal()
    var saver = StateSaver(room: 1 << 16)
    SnapshotHeader.write(&saver)
    settings.save(&saver)
    journal.names.save(&saver)
    saver(&isReplaying)
    counts.persist(&saver)
    var count = instruments.count
    saver.count(&count)
    for slot in 0..<count { save(slot, &saver) }
    saveStrategies(&saver)
    accountState.persist(&saver)
    saveWants(&saver)
    return Snapshot(saver)
  }

  private func save(_ slot: Int, _ saver: inout StateSaver) {
    let state = instruments.base[slot]
    var (ref, aliases, jump) = (state.ref, state.aliases, state.jump)
    _ = Instrument.persist(state.instrument, &saver)
    saver(&ref)
    aliases.persist(&saver) { $0 }
    jump.persist(&saver)
    // Bars that have had a quote since go on after the gap.
    _ = BarGap.persist(state.gap.flatMap { $0.to == state.clock ? $0 : nil }, &saver)
    var builders = state.builders == nil ? 0 : state.builderCount
    saver.count(&builders)
    for index in 0..<builders {
      guard var builder = state.builders?[index] else { break }
      _ = Timeframe.persist(builder.timeframe, &saver)
      builder.persist(&saver)
    }
    let kept = state.keptSeries
    var series = kept.count
    saver.count(&series)
    for bars in kept { bars.save(&saver) }
  }

  private mutating func saveStrategies(_ saver: inout StateSaver) {
    var (slots, running) = (strategies.count, strategies.elements.indices.filter { strategies.base[$0].ref != 0 })
    running.sort { strategies.base[$0].birth < strategies.base[$1].birth }
    saver.count(&slots)
    var count = running.count
    saver.count(&count)
    for slot in running {
      var (place, ref, instrument) = (slot, strategies.base[slot].ref, strategies.base[slot].instrumentSlot)
      saver(&place)
      saver(&ref)
      saver(&instrument)
      saveContent(strategies.base[slot], &saver)
      strategies.base[slot].persist(&saver)
    }
  }

  private func saveWants(_ saver: inout StateSaver) {
    var count = wants.count
    saver.count(&count)
    for want in wants.elements {
      var (slot, quote) = (want.strategySlot, want.fillsFrom)
      saver(&slot)
      saver(&quote)
    }
  }

  /// What a swap replaces: timeframe, price, table or script with parameters and state.
  func saveContent(_ strategy: StrategyState, _ saver: inout StateSaver) {
    var basis = UInt32(strategy.basis)
    _ = Timeframe.persist(strategy.timeframe, &saver)
    saver(&basis)
    switch strategy.content {
    case .table(let version):
      var kind: UInt8 = 0
      saver(&kind)
      version.save(&saver)
    case .script:
      var kind: UInt8 = 1
      saver(&kind)
      guard let script = script(of: strategy) else { return }
      saver.later(script.version.source)
      script.version.persist(&saver)
      script.broker.persist(&saver)
    }
  }
}

/// What `Engine.capture` has taken. Any thread may ask for its bytes, once.
public struct Snapshot: @unchecked Sendable {
  private let saver: StateSaver

  init(_ saver: StateSaver) { self.saver = saver }

  /// None where there was no memory for them. O(bytes).
  public consuming func bytes() -> [UInt8] { saver.bytes() }
}

enum SnapshotHeader {
  private static let magic: UInt64 = 0x504E_5354_4F41_5846  // "FXAOTSNP", first byte lowest
  static let byteCount = 12

  static func write(_ saver: inout StateSaver) {
    var (magic, format) = (magic, StateFormat.newest)
    saver(&magic)
    saver(&format)
  }

  /// The format of a snapshot's bytes; nil for others.
  static func format(_ bytes: UnsafeRawBufferPointer) -> UInt32? {
    guard bytes.count >= byteCount, bytes.loadUnaligned(as: UInt64.self).littleEndian == magic else { return nil }
    return bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self).littleEndian
  }
}

extension Engine.Settings {
  fileprivate func save(_ saver: inout StateSaver) {
    var config = fxaot_config()
    sizer.write(to: &config)
    withUnsafeMutableBytes(of: &config.account_currency) { field in
      withUnsafeBytes(of: currency.littleEndian) { field.copyMemory(from: $0) }
    }
    config.min_strength = minimumStrength
    config.bar_events = emitsBars ? 1 : 0
    config.kept_bars = UInt32(keptBars)
    config.max_time_jump_ns = Int64(clamping: maxTimeJump)
    Self.persist(&config, &saver)
  }

  static func persist(_ config: inout fxaot_config, _ archive: inout some StateArchive) {
    withUnsafeMutableBytes(of: &config.account_currency) { field in
      if let start = field.baseAddress { archive.block(start, field.count) }
    }
    archive(&config.min_strength)
    archive(&config.sizer)
    archive(&config.fixed_quantity)
    archive(&config.equity_percent)
    archive(&config.bar_events)
    archive(&config.kept_bars)
    archive(&config.max_time_jump_ns)
  }
}

extension RefNames {
  fileprivate func save(_ saver: inout StateSaver) {
    var count = list.count
    saver.count(&count)
    for (ref, text) in list {
      var (ref, text) = (ref, text)
      saver(&ref)
      saver(&text)
    }
  }
}

extension fxaot_stats {
  /// Latencies, stages and sums that are made when they are read stay out.
  mutating func persist(_ archive: inout some StateArchive) {
    archive(&quotes)
    archive(&accepted)
    archive(&crossed)
    archive(&late)
    archive(&bad_price)
    archive(&bad_size)
    archive(&bad_time)
    archive(&unknown_symbol)
    archive(&bars)
    archive(&signals)
    archive(&orders)
    archive(&fills)
    archive(&rejects)
    archive(&alarms)
    archive(&time_jump)
    archive(&gaps)
    withUnsafeMutableBytes(of: &rejected) { bytes in
      let codes = bytes.assumingMemoryBound(to: UInt64.self)
      archive.same(UInt32(codes.count))
      for code in codes.indices { archive(&codes[code]) }
    }
  }
}

extension KeptBars {
  fileprivate func save(_ saver: inout StateSaver) {
    var (basis, limit, oldest, count) = (UInt32(basis), UInt32(limit), oldest, count)
    _ = Timeframe.persist(timeframe, &saver)
    saver(&basis)
    saver(&limit)
    saver(&oldest)
    // Without memory it has none.
    let view = count > 0 ? view(from: oldest) : nil
    if view == nil { count = 0 }
    saver.count(&count)
    if let view { saver.later(view) }
  }
}

extension TableVersion {
  fileprivate func save(_ saver: inout StateSaver) {
    var name = CText.bytes(table.pointee.name)
    saver(&name)
    var values = Array(UnsafeBufferPointer(start: params, count: Int(table.pointee.param_count)))
    saver.list(&values, fresh: 0) { $0(&$1) }
    var bytes = Int(table.pointee.state_bytes?(params) ?? 0)
    saver.count(&bytes)
    saver.block(state, bytes)
  }
}
