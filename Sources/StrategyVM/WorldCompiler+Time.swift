import Calendar
import StrategyIR

extension WorldCompiler {
  /// A function of time as a query; nil for other functions. Its timeframe, session and zone must
  /// be constants.
  mutating func timeQuery(
    _ function: Function, _ arguments: [ExpressionRef]
  ) -> (query: TimeQuery, input: Int)? {
    switch function {
    case .time, .timeClose:
      guard let zone = zone(arguments[2]), let kind = periodKind(function, arguments[0]) else {
        return nil
      }
      let query = TimeQuery(
        kind, zone: zone, calendar: environment.calendar, session: session(arguments[1]))
      let input = kind.isClose ? use(.timeClose) : use(.time)
      return (query, input)
    case .timestamp:
      guard let zone = zone(arguments[0]) else { return nil }
      return (query(.timestamp, zone), row(Array(arguments[1...])))
    case .textFormatTime:
      guard let zone = zone(arguments[2]) else { return nil }
      return (query(.text, zone), row(Array(arguments[..<2])))
    case .timeframeSeconds, .timeframeFromSeconds:
      fail(.notConstant(line: Int(line), what: "\(function)"))
      return nil
    default:
      guard let field = Self.field(function), let zone = zone(arguments[1]) else { return nil }
      return (query(.field(field), zone), value(arguments[0]))
    }
  }

  private func query(_ kind: TimeQuery.Kind, _ zone: ZoneRules) -> TimeQuery {
    TimeQuery(kind, zone: zone, calendar: environment.calendar)
  }

  /// Asks for the start of the period that a time lies in.
  mutating func periodStart(_ text: Double) -> TimeQuery? {
    guard let period = period(text) else { return nil }
    return query(.periodStart(period), environment.symbol.zone)
  }

  /// Of the world's own bars: their own times.
  private mutating func periodKind(
    _ function: Function, _ timeframe: ExpressionRef
  ) -> TimeQuery.Kind? {
    guard let text = text(timeframe, "timeframe") else { return nil }
    if text.isEmpty || Period(text) == environment.timeframe {
      return function == .time ? .itself : .itselfClose
    }
    guard let period = Period(text) else {
      fail(.unknownTimeframe(text))
      return nil
    }
    return function == .time ? .periodStart(period) : .periodEnd(period)
  }

  private mutating func period(_ text: Double) -> Period? {
    guard let ref = TextRef(exactly: text) else { return nil }
    let name = arena.string(ref)
    if name.isEmpty { return environment.timeframe }
    guard let period = Period(name) else {
      fail(.unknownTimeframe(name))
      return nil
    }
    return period
  }

  private mutating func session(_ e: ExpressionRef) -> Session? {
    guard let text = text(e, "session"), !text.isEmpty else { return nil }
    guard let session = Session(text) else {
      fail(.badSession(text))
      return nil
    }
    return session
  }

  private mutating func zone(_ e: ExpressionRef) -> ZoneRules? {
    guard let name = text(e, "timezone") else { return nil }
    guard let zone = environment.rules(named: name) else {
      fail(.unknownZone(name))
      return nil
    }
    return zone
  }

  /// A constant text; na counts as the empty one.
  private mutating func text(_ e: ExpressionRef, _ what: String) -> String? {
    switch program.expressions[e.index] {
    case .text(let ref): return arena.string(ref)
    case .number(let x) where x != x: return ""
    default:
      fail(.notConstant(line: Int(line), what: what))
      return nil
    }
  }

  private static func field(_ function: Function) -> BarField? {
    switch function {
    case .year: .year
    case .month: .month
    case .weekOfYear: .weekOfYear
    case .dayOfMonth: .dayOfMonth
    case .dayOfWeek: .dayOfWeek
    case .hour: .hour
    case .minute: .minute
    case .second: .second
    default: nil
    }
  }
}

extension ScriptEnvironment {
  /// Of the symbol: when its days begin, and which are traded.
  public var calendar: TradingCalendar {
    guard let session = Session(symbol.session) else { return TradingCalendar(zone: symbol.zone) }
    return TradingCalendar(zone: symbol.zone, session: session)
  }

  /// nil when the symbol always trades, or says nothing readable of it.
  var tradingHours: Session? {
    guard let session = Session(symbol.session), session != .always else { return nil }
    return session
  }

  /// "" is the symbol's zone.
  func rules(named name: String) -> ZoneRules? {
    if name.isEmpty || name == symbol.timezone { return symbol.zone }
    return ZoneRules(fixed: name) ?? zone(name)
  }
}
