import CFxaot
import FXCore
import Market

/// One strategy over all quotes of some files, in an engine of its own.
struct Replay: ~Copyable {
  private static let batch = 8_192
  private static let ref: UInt64 = 1

  private let strategy: StrategyCatalog.Entry
  private let instrument: InstrumentChoice
  private let timeframe: fxaot_timeframe
  private var engine: Engine
  private var lastTime: Int64 = -1

  /// `parameters` are `name=value` texts; `price` is FXAOT_MID and so on.
  init(
    _ strategy: StrategyCatalog.Entry, parameters: [String], on instrument: InstrumentChoice,
    timeframe: fxaot_timeframe, price: Int
  ) throws(ToolError) {
    let values = try strategy.values(parameters)
    engine = try Replay.engine(strategy, values, instrument, timeframe, price)
    self.strategy = strategy
    self.instrument = instrument
    self.timeframe = timeframe
  }

  private static func engine(
    _ strategy: StrategyCatalog.Entry, _ values: [fxaot_param_value],
    _ instrument: InstrumentChoice, _ timeframe: fxaot_timeframe, _ price: Int
  ) throws(ToolError) -> Engine {
    var config = Engine.defaultConfig
    withUnsafeMutableBytes(of: &config.account_currency) { bytes in
      bytes.initializeMemory(as: UInt8.self, repeating: 0)
      bytes.copyBytes(from: instrument.accountCurrency.utf8.prefix(bytes.count - 1))
    }
    config.bar_events = 1
    do {
      var engine = try Engine(config)
      engine.isReplaying = true
      try engine.addInstrument(instrument.terms, ref: ref)
      try add(strategy, values, timeframe, price, to: &engine)
      return engine
    } catch {
      throw failure(error, strategy, values, instrument)
    }
  }

  private static func add(
    _ strategy: StrategyCatalog.Entry, _ values: [fxaot_param_value],
    _ timeframe: fxaot_timeframe, _ price: Int, to engine: inout Engine
  ) throws(EngineError) {
    let parameters = UnsafeMutableBufferPointer<fxaot_param_value>.allocate(capacity: values.count)
    defer { parameters.deallocate() }
    _ = parameters.initialize(from: values)
    try engine.addStrategy(
      fxaot_deployment(
        strategy: strategy.table.pointee.name, symbol_ref: ref, timeframe: timeframe,
        price: UInt32(price), param_count: UInt32(values.count),
        params: UnsafePointer(parameters.baseAddress)),
      ref: ref)
  }

  private static func failure(
    _ error: EngineError, _ strategy: StrategyCatalog.Entry, _ values: [fxaot_param_value],
    _ instrument: InstrumentChoice
  ) -> ToolError {
    if let index = Int(exactly: error.parameter), values.indices.contains(index) {
      return .failed(
        "\(strategy.name) does not take "
          + "\(String(cString: values[index].name))=\(PlainNumber.text(values[index].value))")
    }
    return switch error.status.rawValue {
    case FXAOT_BAD_TIMEFRAME.rawValue: .failed("\(strategy.name) cannot run on this timeframe")
    case FXAOT_OUT_OF_MEMORY.rawValue: .failed("not enough memory for \(strategy.name)")
    case FXAOT_BAD_INSTRUMENT.rawValue: .failed("\(instrument.symbol) cannot be traded")
    default: .failed("the parameters of \(strategy.name) contradict each other")
    }
  }

  /// Sends every quote of `reader` through the engine, then lets the last open bar end; `onBar`
  /// gets each closed bar with its signal.
  mutating func run(
    _ reader: QuoteReader, progress: Progress,
    onBar: (fxaot_bar, Double) throws(ToolError) -> Void
  ) throws(ToolError) {
    let stride = MemoryLayout<fxaot_quote>.stride
    let quotes = UnsafeMutableRawPointer.allocate(byteCount: Replay.batch * stride, alignment: 64)
    defer { quotes.deallocate() }
    while true {
      try Interrupt.check()
      let count = try reader.next(into: quotes, capacity: Replay.batch)
      if count == 0 { break }
      engine.ticks(quotes, count: count)
      for index in 0..<count {
        let time = (quotes + index * stride).loadUnaligned(as: Int64.self)
        if time > lastTime { lastTime = time }
      }
      try drain(onBar)
      progress.show(quotes: engine.stats.quotes)
    }
    try closeLastBar(onBar)
    progress.clear()
  }

  private mutating func drain(
    _ onBar: (fxaot_bar, Double) throws(ToolError) -> Void
  ) throws(ToolError) {
    for event in engine.events {
      switch Int(event.kind) {
      case FXAOT_EVENT_BAR: try onBar(event.bar, event.strength)
      case FXAOT_EVENT_ALARM where event.code == FXAOT_ALARM_EVENTS_LOST.rawValue:
        throw .failed("not enough memory for the bars of these quotes")
      default: break
      }
    }
    engine.clearEvents()
  }

  private mutating func closeLastBar(
    _ onBar: (fxaot_bar, Double) throws(ToolError) -> Void
  ) throws(ToolError) {
    let length = TimeframeName.length(timeframe)
    guard length > 0, lastTime >= 0 else { return }
    // No bar ends later than its length after its last quote; a day of 25 hours, an hour more.
    let hour: Int64 = 3_600_000_000_000
    _ = engine.advance(to: min(lastTime + length + hour, FXAOT_MAX_TIME_NS))
    try drain(onBar)
  }

  /// The figures of the run so far.
  func summary(_ reader: QuoteReader, seconds: Double) -> RunSummary {
    let stats = engine.stats
    var own = fxaot_strategy_stats()
    withUnsafeMutablePointer(to: &own) {
      _ = engine.strategyStats(into: UnsafeMutableBufferPointer(start: $0, count: 1))
    }
    return RunSummary(
      strategy: strategy.name, symbol: instrument.symbol, files: reader.texts, data: reader.formats + reader.notes,
      quotes: stats.quotes, accepted: stats.accepted, crossed: stats.crossed, late: stats.late,
      refused: stats.bad_price &+ stats.bad_size &+ stats.bad_time, badLines: reader.badLines,
      sorted: reader.unordered, repeated: reader.repeated,
      bars: own.bars, signals: own.signals, orders: own.orders, fills: own.fills,
      rejects: own.rejects, position: own.quantity,
      realised: Double(own.realised_micro) / 1e6, unrealised: Double(own.unrealised_micro) / 1e6,
      currency: instrument.accountCurrency, seconds: seconds,
      quotesPerSecond: seconds > 0 ? Double(stats.quotes) / seconds : 0)
  }
}
