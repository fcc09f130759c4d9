import StrategyIR

extension Lowering {
  /// `strategy.entry(…)` and the other order calls.
  func order(
    _ kind: OrderCommand.Kind, _ bound: BoundArguments, at range: Range<Int>
  ) -> Value {
    guard checkIsStrategy(bound.signature.name, at: range) else { return .void }
    var call = OrderCall(kind)
    call.id = given("id", bound)
    call.direction = given("direction", bound)
    call.fromEntry = given("from_entry", bound)
    call.quantity = given("qty", bound)
    call.quantityPercent = given("qty_percent", bound)
    call.limit = given("limit", bound)
    call.stop = given("stop", bound)
    call.profit = given("profit", bound)
    call.loss = given("loss", bound)
    call.trailPrice = given("trail_price", bound)
    call.trailPoints = given("trail_points", bound)
    call.trailOffset = given("trail_offset", bound)
    call.ocaName = given("oca_name", bound)
    call.oca = given("oca_type", bound)
    call.comment = given("comment", bound)
    call.commentProfit = given("comment_profit", bound)
    call.commentLoss = given("comment_loss", bound)
    call.commentTrailing = given("comment_trailing", bound)
    call.immediately = given("immediately", bound)
    if kind == .exit {
      checkExit(bound, at: range)
      if tree.version < 6 { preferPrices(&call) }
    }
    guard let when = bound["when"] else {
      b.order(call)
      return .void
    }
    if tree.version >= 6 {
      error("'when' is not part of version 6", at: bound.range("when"), expected: "an 'if' around the call")
    }
    let evaluated = call.mapped { evaluatedNow($0) }
    b.branch(when.ref, block { b.order(evaluated) })
    return .void
  }

  /// An argument is evaluated whether the order is made or not: `ta.*` in it counts every bar.
  private func evaluatedNow(_ argument: ExpressionRef) -> ExpressionRef {
    guard !argument.isNone else { return argument }
    switch b.program.expressions[argument.index] {
    case .number, .text, .parameter, .bar: return argument
    default: return b.eager(argument)
    }
  }

  /// Version 5 ignores a distance in ticks where the call also gives the price. A price that is na on a bar is not
  /// given there.
  private func preferPrices(_ call: inout OrderCall) {
    call.profit = distance(call.profit, besides: &call.limit)
    call.loss = distance(call.loss, besides: &call.stop)
    call.trailPoints = distance(call.trailPoints, besides: &call.trailPrice)
  }

  private func distance(_ distance: ExpressionRef, besides price: inout ExpressionRef) -> ExpressionRef {
    guard !price.isNone, !distance.isNone else { return distance }
    price = evaluatedNow(price)
    return b.select(b.unary(.isNA, price), evaluatedNow(distance), b.na(.float))
  }

  private func given(_ name: String, _ bound: BoundArguments) -> ExpressionRef {
    guard let value = bound[name] else { return .none }
    if let number = value.number, number.isNaN { return .none }
    return value.ref
  }

  /// An exit that names nothing that could trigger it is a mistake. One whose prices are all na
  /// does nothing. A trailing stop takes both a distance and a beginning: one alone has no effect.
  private func checkExit(_ bound: BoundArguments, at range: Range<Int>) {
    let beginnings = ["trail_price", "trail_points"].filter { bound.isWritten($0) }
    let trails = bound.isWritten("trail_offset") && !beginnings.isEmpty
    if trails || ["profit", "limit", "loss", "stop"].contains(where: { bound.isWritten($0) }) {
      if trails { return }
      for name in beginnings + ["trail_offset"] where bound.isWritten(name) {
        ignore(name, at: bound.range(name))
      }
      return
    }
    error(
      "'strategy.exit' has no trigger", at: range,
      expected: "profit, limit, loss, stop, or trail_points or trail_price with trail_offset")
  }

  private func checkIsStrategy(_ name: String, at range: Range<Int>) -> Bool {
    if isDeclared, !b.program.settings.isStrategy {
      error(
        "'\(name)' works only in a strategy", at: range,
        expected: "strategy(…) instead of indicator(…)")
      return false
    }
    return true
  }

  func risk(_ kind: RiskRule.Kind, _ bound: BoundArguments, at range: Range<Int>) -> Value {
    guard checkIsStrategy(bound.signature.name, at: range) else { return .void }
    guard let value = bound.values.first.flatMap({ $0 }) else { return .void }
    var call = RiskCall(kind, value: value.ref)
    if let unit = bound["type"]?.text {
      switch unit {
      case "percent_of_equity": call.isPercent = true
      case "cash": call.isPercent = false
      default:
        error(
          "'\(unit)' is not a unit of a risk rule", at: bound.range("type"),
          expected: "strategy.percent_of_equity or strategy.cash")
      }
    }
    call.message = bound["alert_message"]?.ref ?? .none
    b.risk(call)
    return .void
  }
}
