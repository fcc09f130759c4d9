import StrategyIR

/// Functions that are made of others.
extension Lowering {
  /// A function that is written in the language itself; nil where there is none of the name.
  func preludeCall(_ name: String, _ list: NodeList, at range: Range<Int>, wanted: Bool) -> Value? {
    guard let entry = Builtins.prelude[name] else { return nil }
    let number = preludeModules[name] ?? load(entry.text, as: name)
    guard let id = tree.names.find(entry.function), let candidates = modules[number].functions[id] else {
      return nil
    }
    return callUser(candidates, arguments(list), at: range, wanted: wanted)
  }

  /// A function of a text that was made for the call.
  func preludeCall(
    _ function: String, of text: String, as name: String, _ given: [EvaluatedArgument], at range: Range<Int>
  ) -> Value? {
    let number = preludeModules[name] ?? load(text, as: name)
    guard let id = tree.names.find(function), let candidates = modules[number].functions[id] else { return nil }
    return callUser(candidates, given, at: range, wanted: function != "sort")
  }

  private func load(_ text: String, as name: String) -> Int {
    let number = tree.adopt(FrontEnd.parse(SourceText(name: name, text: text), into: tree).0, as: name)
    modules.append(Module(version: tree.modules[number - 1].version, isDefined: true))
    preludeModules[name] = number
    inModule(number) { defineModule(tree.modules[number - 1]) }
    return number
  }

  // MARK: math.random

  /// The minimal standard generator of Park and Miller with the multiplier 48271 (Communications of the ACM 36, 1993):
  /// all its states are whole numbers below 2³¹, so every tier calculates the same. Each call has a sequence of its
  /// own; where no seed is given, that of its place in the script.
  func random(_ bound: BoundArguments) -> Value {
    let least = bound["min"]?.ref ?? b.float(0)
    let greatest = bound["max"]?.ref ?? b.float(1)
    randomCalls += 1
    let seed = bound["seed"]?.ref ?? b.int(randomCalls * 1_000_003)
    let state = b.variable("", .float)
    let start = b.binary(.remainder, b.function(.abs, [seed]), b.float(2_147_483_646))
    let begin = b.binary(.add, b.function(.nz, [start, b.float(0)]), b.float(1))
    // The first states of seeds next to each other are alike.
    b.declareOnce(state, next(next(next(begin))))
    b.assign(state, next(b.read(state)))
    let share = b.binary(.divide, b.read(state), b.float(2_147_483_647))
    let value = b.binary(.add, least, b.binary(.multiply, b.binary(.subtract, greatest, least), share))
    return Value(b.eager(value), .float, .series)
  }

  private func next(_ state: ExpressionRef) -> ExpressionRef {
    b.binary(.remainder, b.binary(.multiply, state, b.float(48_271)), b.float(2_147_483_647))
  }

  // MARK: strategy.default_entry_qty

  /// What an entry without a quantity would buy at the price; as the book sizes it, cut to the smallest quantity.
  func defaultQuantity(_ bound: BoundArguments) -> Value {
    guard let price = bound["fill_price"]?.ref else { return .unknown }
    let broker = b.program.settings.broker
    if broker.sizing == .fixed { return Value(b.float(broker.defaultQuantity), .float, .series) }
    var money = b.float(broker.defaultQuantity)
    if broker.sizing == .percentOfEquity {
      money = b.binary(.multiply, b.book(.equity), b.float(broker.defaultQuantity / 100))
    }
    var unit = b.binary(.multiply, b.binary(.multiply, price, b.symbol(.pointValue)), b.book(.accountRate))
    // As `ScriptBook.units` has it, which pays the commission from the share.
    if broker.sizing == .percentOfEquity {
      let commission = b.float(broker.commissionValue)
      switch broker.commission {
      case .percent: unit = b.binary(.multiply, unit, b.float(1 + broker.commissionValue / 100))
      case .cashPerContract: unit = b.binary(.add, unit, commission)
      case .cashPerOrder: money = b.function(.max, [b.float(0), b.binary(.subtract, money, commission)])
      }
    }
    let least = b.symbol(.minContract)
    let steps = b.binary(.divide, b.binary(.divide, money, unit), least)
    let whole = b.function(.floor, [b.binary(.add, steps, b.float(1e-9))])
    return Value(b.binary(.multiply, whole, least), .float, .series)
  }

  // MARK: The visible bars

  /// All bars are visible.
  func visibleBarTime(_ name: String) -> Value? {
    switch name {
    case "chart.right_visible_bar_time": return Value(b.bar(.lastTime), .int, .series)
    case "chart.left_visible_bar_time":
      let first = b.variable("", .int)
      b.declareOnce(first, b.bar(.time))
      return Value(b.read(first), .int, .series)
    default: return nil
    }
  }

  // MARK: Data that there is not

  /// A variable of which no file of bars has the data: na, and said so.
  func missingData(_ name: String, at range: Range<Int>) -> Value? {
    guard let type = Builtins.missingData[name] else { return nil }
    ignore(name, at: range)
    return Value(b.na(type.valueType), type, .series)
  }
}
