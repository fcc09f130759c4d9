import Calendar
import StrategyIR

/// A function of time whose timeframe, session or zone is a text that changes from bar to bar. Each combination of
/// texts becomes a `TimeQuery` of its own when it is first asked for.
final class AskedTime {
  /// The answer for a text that is no timeframe, no session, no zone of this system.
  static let bad = Double.infinity
  /// Combinations that are kept.
  private static let mostKept = 64

  private struct Key: Equatable {
    var first: TextRef = 0
    var second: TextRef = 0
    var third: TextRef = 0
  }

  private let function: TimeFunction
  private let environment: ScriptEnvironment
  /// nil: bad texts.
  @exclusivity(unchecked) private var kept: [(key: Key, query: TimeQuery?)] = []

  init(_ function: TimeFunction, _ environment: ScriptEnvironment) {
    (self.function, self.environment) = (function, environment)
  }

  var inputCount: Int { function.numberCount + function.textCount }

  /// The answer for the numbers from `inputs` on, and the texts behind them. O(combinations kept).
  func answer(_ inputs: UnsafePointer<Double>, _ texts: TextFunctions) -> Double {
    let asked = inputs + function.numberCount
    let key = Key(
      first: World.text(asked[0]), second: function.textCount > 1 ? World.text(asked[1]) : 0,
      third: function.textCount > 2 ? World.text(asked[2]) : 0)
    let place = kept.firstIndex { $0.key == key } ?? add(key, texts.arena)
    guard var query = kept[place].query else { return Self.bad }
    let answer = query.answer(query.kind.isClose ? inputs + 1 : inputs, texts)
    kept[place].query = query
    return answer
  }

  private func add(_ key: Key, _ arena: TextArena) -> Int {
    if kept.count == Self.mostKept { kept = [] }
    let given = [key.first, key.second, key.third].prefix(function.textCount).map { arena.string($0) }
    var query: TimeQuery?
    do throws(ScriptError) { query = try environment.timeQuery(function, given) } catch {}
    kept.append((key, query))
    return kept.count - 1
  }
}

/// What is asked of time, and which texts say more about it.
enum TimeFunction {
  /// Of the bar's time and close; timeframe, session and zone.
  case time, timeClose
  /// Of the bar's time; the timeframe.
  case periodStart
  /// The timeframe alone.
  case seconds
  /// Of six numbers, of a time and a format, of a time; the zone.
  case timestamp, text
  case field(BarField)

  var numberCount: Int {
    switch self {
    case .time, .timeClose, .text: 2
    case .periodStart, .field: 1
    case .seconds: 0
    case .timestamp: 6
    }
  }

  var textCount: Int {
    switch self {
    case .time, .timeClose: 3
    default: 1
    }
  }

  /// What is wrong with bad texts, for people.
  var complaint: String {
    switch self {
    case .time: "time: no such timeframe, session or time zone"
    case .timeClose: "time_close: no such timeframe, session or time zone"
    case .periodStart: "timeframe.change: no such timeframe"
    case .seconds: "timeframe.in_seconds: no such timeframe"
    case .timestamp, .text, .field: "no such time zone"
    }
  }
}

extension ScriptEnvironment {
  /// The query for given texts.
  func timeQuery(_ function: TimeFunction, _ texts: [String]) throws(ScriptError) -> TimeQuery {
    switch function {
    case .time, .timeClose:
      let zone = try zoneRules(texts[2])
      let hours = try session(texts[1])
      return TimeQuery(try periodKind(function, texts[0]), zone: zone, calendar: calendar, session: hours)
    case .periodStart:
      return TimeQuery(.periodStart(try period(texts[0])), zone: symbol.zone, calendar: calendar)
    case .seconds:
      return TimeQuery(.seconds(try period(texts[0]).seconds), zone: .utc, calendar: calendar)
    case .timestamp: return TimeQuery(.timestamp, zone: try zoneRules(texts[0]), calendar: calendar)
    case .text: return TimeQuery(.text, zone: try zoneRules(texts[0]), calendar: calendar)
    case .field(let field): return TimeQuery(.field(field), zone: try zoneRules(texts[0]), calendar: calendar)
    }
  }

  /// Of the world's own bars: their own times.
  private func periodKind(_ function: TimeFunction, _ text: String) throws(ScriptError) -> TimeQuery.Kind {
    let isClose = if case .timeClose = function { true } else { false }
    let period = try period(text)
    if period == timeframe { return isClose ? .itselfClose : .itself }
    return isClose ? .periodEnd(period) : .periodStart(period)
  }

  /// "" is the world's own.
  private func period(_ text: String) throws(ScriptError) -> Period {
    if text.isEmpty { return timeframe }
    guard let period = Period(text) else { throw .unknownTimeframe(text) }
    return period
  }

  private func session(_ text: String) throws(ScriptError) -> Session? {
    if text.isEmpty { return nil }
    guard let session = Session(text) else { throw .badSession(text) }
    return session
  }

  private func zoneRules(_ name: String) throws(ScriptError) -> ZoneRules {
    guard let zone = rules(named: name) else { throw .unknownZone(name) }
    return zone
  }
}
