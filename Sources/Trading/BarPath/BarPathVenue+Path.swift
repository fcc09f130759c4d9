import StrategyIR

/// The price's path through a bar, and the orders that it reaches.
extension BarPathVenue {
  /// The first order or leg that a stretch of the path reaches.
  struct Reached {
    enum What { case stop, limit, arm, exitStop, exitTrail, exitLimit }
    var what: What
    var index: Int
    /// The price that triggers it, and how far that is.
    var at: Double
    var distance: Double
    var sequence: Int64
  }

  /// The price has reached the end of a stretch: trailing exits follow it.
  func arrive(at target: Double) {
    price = target
    if legs.isEmpty { return }
    for index in legs.indices {
      let leg = legs.pointer(index)
      if !leg.pointee.isConsumed, !leg.pointee.activation.isNaN { follow(index, target) }
    }
  }

  func firstReached(on target: Double) -> Reached? {
    var best: Reached?
    // Orders that the open has passed fill at one instant: entries first, then exits.
    let later: Int64 = isAtOpen ? 1 << 60 : 0
    func consider(_ what: Reached.What, _ index: Int, _ at: Double?, _ sequence: Int64) {
      guard let at else { return }
      let distance = abs(at - price)
      let reached = Reached(
        what: what, index: index, at: at, distance: distance, sequence: sequence)
      if let best, !goes(reached, before: best) { return }
      best = reached
    }
    for index in orders.indices where !orders[index].isMarket && !orders[index].isSent {
      let order = orders[index]
      let buys = order.direction > 0
      if !order.stop.isNaN, order.order.state != .triggered {
        let at = meeting(order.stop, rising: buys, target)
        consider(order.limit.isNaN ? .stop : .arm, index, at, order.sequence)
      } else if !order.limit.isNaN {
        let at = meeting(verified(order.limit, buys: buys), rising: !buys, target)
        consider(.limit, index, at, order.sequence)
      }
    }
    for index in legs.indices {
      let leg = legs.pointer(index)
      if leg.pointee.isConsumed { continue }
      let isLong = leg.pointee.direction > 0
      let turn = leg.pointee.sequence &+ later
      consider(.exitStop, index, meeting(leg.pointee.stop, rising: !isLong, target), turn)
      if !leg.pointee.activation.isNaN {
        consider(.exitTrail, index, meetingTrail(leg.pointee, target), turn)
      }
      let limit = verified(leg.pointee.limit, buys: !isLong)
      consider(.exitLimit, index, meeting(limit, rising: isLong, target), turn)
    }
    return best
  }

  /// The nearer one goes first, of equally near ones the one that was placed first, but for two
  /// cases at a bar's open, which TradingView's lists show.
  private func goes(_ one: Reached, before other: Reached) -> Bool {
    if isAtOpen, one.distance == 0, other.distance == 0 {
      if let first = isFirstAtOpen(one, other) { return first }
      if let first = isFirstAtOpen(other, one) { return !first }
    }
    return (one.distance, one.sequence) < (other.distance, other.sequence)
  }

  /// Of two stop entries whose levels the open touches exactly, the one that buys goes first. An exit's
  /// stop goes before a priced order that reverses its position: the order's closing quantity was fixed when
  /// it was placed, so both sell (or buy). nil: neither case.
  private func isFirstAtOpen(_ one: Reached, _ other: Reached) -> Bool? {
    guard other.what == .stop || other.what == .limit else { return nil }
    let order = orders[other.index]
    switch one.what {
    case .stop:
      let buys = orders[one.index]
      let isTie =
        other.what == .stop && buys.direction > 0 && order.direction < 0
        && buys.stop == price && order.stop == price
      return isTie ? true : nil
    case .exitStop, .exitTrail, .exitLimit:
      return legs[one.index].direction * order.direction < 0 && order.reversal > 0 ? true : nil
    default: return nil
    }
  }

  /// The price at which the path to `target` meets a level, upwards (`rising`) or downwards; the current
  /// price if it is already beyond the level.
  private func meeting(_ level: Double, rising: Bool, _ target: Double) -> Double? {
    if rising {
      if price >= level { return price }
      return target >= level ? level : nil
    }
    if price <= level { return price }
    return target <= level ? level : nil
  }

  private func meetingTrail(_ leg: ExitLeg, _ target: Double) -> Double? {
    let isLong = leg.direction > 0
    if !leg.best.isNaN { return meeting(trailingStop(leg), rising: !isLong, target) }
    // With no distance to fall back, the activation itself is the exit.
    return leg.offset == 0 ? meeting(leg.activation, rising: isLong, target) : nil
  }

  private func trailingStop(_ leg: ExitLeg) -> Double {
    prices.nearest(leg.best - leg.direction * leg.offset)
  }

  /// The price that must trade before a limit counts as filled.
  func verified(_ limit: Double, buys: Bool) -> Double {
    guard limitVerification > 0 else { return limit }
    return prices.nearest(limit + (buys ? -limitVerification : limitVerification) * prices.tick)
  }

  /// Takes out the reached order or leg; nil if a stop has become a limit, so nothing fills.
  func take(_ reached: Reached) -> Fill? {
    switch reached.what {
    case .arm:
      orders[reached.index].order.state = .triggered
      return nil
    case .stop:
      return .order(orders.remove(at: reached.index), level: price, slips: true)
    case .limit:
      let order = orders.remove(at: reached.index)
      let level = limitFill(order.limit, buys: order.direction > 0)
      return .order(order, level: level, slips: false)
    case .exitStop:
      let leg = consume(reached.index)
      return .leg(leg, level: price, slips: true, comment: leg.command.commentLoss)
    case .exitTrail:
      let leg = consume(reached.index)
      return .leg(leg, level: price, slips: true, comment: leg.command.commentTrailing)
    case .exitLimit:
      let leg = consume(reached.index)
      let level = limitFill(leg.limit, buys: leg.direction < 0)
      return .leg(leg, level: level, slips: false, comment: leg.command.commentProfit)
    }
  }

  private func consume(_ index: Int) -> ExitLeg {
    legs[index].isConsumed = true
    return legs[index]
  }

  /// A limit fills at its price or better; a verified limit at its price.
  private func limitFill(_ limit: Double, buys: Bool) -> Double {
    if limitVerification > 0, price == verified(limit, buys: buys) { return limit }
    return buys ? min(price, limit) : max(price, limit)
  }

  /// Updates one trailing exit with the price `target`.
  private func follow(_ index: Int, _ target: Double) {
    let isLong = legs[index].direction > 0
    if legs[index].best.isNaN {
      let activation = legs[index].activation
      guard isLong ? target >= activation : target <= activation else { return }
      legs[index].best = target
    } else {
      let best = legs[index].best
      legs[index].best = isLong ? max(best, target) : min(best, target)
    }
  }
}
