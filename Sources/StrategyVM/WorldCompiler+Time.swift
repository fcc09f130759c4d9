import Calendar
import StrategyIR

extension WorldCompiler {
  /// A function of time as a query; nil for other functions.
  mutating func timeQuery(
    _ function: Function, _ arguments: [ExpressionRef]
  ) -> (query: TimeQuery, input: Int)? {
    switch function {
    case .time, .timeClose:
      return query(function == .time ? .time : .timeClose, of: [.field(.time), .field(.timeClose)], arguments)
    case .timestamp: return query(.timestamp, of: arguments[1...].map(Input.value), [arguments[0]])
    case .textFormatTime: return query(.text, of: arguments[..<2].map(Input.value), [arguments[2]])
    case .timeframeSeconds: return query(.seconds, of: [], arguments)
    default:
      guard let field = Self.field(function) else { return nil }
      return query(.field(field), of: [.value(arguments[0])], [arguments[1]])
    }
  }

  /// Asks for the start of the period that the bar lies in, of a timeframe by its text.
  mutating func periodStart(_ timeframe: ExpressionRef) -> (query: TimeQuery, input: Int)? {
    query(.periodStart, of: [.field(.time)], [timeframe])
  }

  /// Puts the answer into the register. Texts that are none of their kind stop the script.
  mutating func ask(_ asked: (query: TimeQuery, input: Int), into target: Int) {
    emit(Instruction(.time, target, asked.input, code.times.count))
    code.times.append(asked.query)
    guard case .asked(_, let complaint) = asked.query.kind else { return }
    let goesOn = emit(Instruction(.unlessLess, constant(.greatestFiniteMagnitude), target))
    emit(Instruction(.fail, 0, constant(arena.intern(complaint).map(Double.init) ?? .nan)))
    land(goesOn)
  }

  /// An input of a query that is no text.
  private enum Input {
    case field(BarField)
    case value(ExpressionRef)
  }

  /// The query for texts that are constants, else one that looks at them on each bar.
  private mutating func query(
    _ function: TimeFunction, of numbers: [Input], _ texts: [ExpressionRef]
  ) -> (query: TimeQuery, input: Int)? {
    let known = texts.compactMap(text)
    guard known.count == texts.count else {
      let kind = TimeQuery.Kind.asked(AskedTime(function, environment), function.complaint)
      let query = TimeQuery(kind, zone: environment.symbol.zone, calendar: environment.calendar)
      return (query, row(numbers, texts))
    }
    do throws(ScriptError) {
      let query = try environment.timeQuery(function, known)
      switch numbers.first {
      case .field: return (query, use(query.kind.isClose ? .timeClose : .time))
      case .value: return (query, row(numbers.compactMap { if case .value(let e) = $0 { e } else { nil } }))
      case nil: return (query, 0)
      }
    } catch {
      fail(error)
      return nil
    }
  }

  /// Inputs and texts in a row of their own.
  private mutating func row(_ inputs: [Input], _ texts: [ExpressionRef]) -> Int {
    let start = initial.count
    for input in inputs + texts.map(Input.value) {
      if case .value(let e) = input { _ = lasting(known(e) ?? .nan) } else { _ = lasting(.nan) }
    }
    for (i, input) in (inputs + texts.map(Input.value)).enumerated() {
      switch input {
      case .field(let field): emit(Instruction(.move, start + i, use(field)))
      case .value(let e): if known(e) == nil { evaluate(e, into: start + i) }
      }
    }
    return start
  }

  /// A constant text; na counts as the empty one.
  private func text(_ e: ExpressionRef) -> String? {
    switch program.expressions[e.index] {
    case .text(let ref): arena.string(ref)
    case .number(let x) where x != x: ""
    default: nil
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
