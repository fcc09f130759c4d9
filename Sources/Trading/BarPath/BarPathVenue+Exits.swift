import Market
import StrategyIR
import StrategyVM

/// `strategy.exit`: one leg for each entry that it exits, with a share of that entry.
extension BarPathVenue {
  /// At a bar's close, with this position.
  func placeExit(_ command: OrderCommand, at close: Double, _ position: Double) {
    guard !(command.quantity <= 0) else { return }
    if !lots.isEmpty {
      let levels = ExitLevels(command, direction: lots[0].direction, prices)
      var cursor = lots(of: command.fromEntry)
      while let index = next(&cursor) {
        setLeg(command, levels, index, startingAt: close, isFill: false)
      }
    }
    if command.fromEntry == 0, position != 0 {
      standingExits.removeAll { $0.id == command.id }
      standingExits.append(command)
    }
    for index in orders.indices
    where orders[index].opens && isTarget(orders[index], of: command, position) {
      var bound = command
      bound.fromEntry = orders[index].id
      awaitExit(bound)
    }
  }

  /// Without `from_entry` an exit holds for pending entries too, except for one that reverses the
  /// position.
  private func isTarget(_ order: PendingOrder, of command: OrderCommand, _ position: Double) -> Bool {
    if command.fromEntry != 0 { return order.id == command.fromEntry }
    return position * order.direction >= 0
  }

  private func awaitExit(_ command: OrderCommand) {
    let place = awaitingExits.firstIndex {
      $0.id == command.id && $0.fromEntry == command.fromEntry
    }
    if let place {
      awaitingExits[place] = command
    } else {
      awaitingExits.append(command)
    }
  }

  /// Drops exits whose entry is no longer pending.
  func dropLapsedExits() {
    guard !awaitingExits.isEmpty else { return }
    awaitingExits.removeAll { exit in
      !orders.contains { $0.opens && $0.id == exit.fromEntry }
    }
  }

  /// Makes the legs of exits that waited for a lot's entry. They wait on while only a part of it has filled.
  func bindExits(to index: Int, isLast: Bool) {
    let lot = lots[index]
    for exit in awaitingExits.indices where awaitingExits[exit].fromEntry == lot.id {
      bind(awaitingExits[exit], to: index)
    }
    for exit in standingExits.indices where !isAwaited(standingExits[exit].id, by: lot) {
      bind(standingExits[exit], to: index)
    }
    if isLast { forgetAwaited(by: lot.id) }
  }

  func forgetAwaited(by entry: TextRef) { awaitingExits.removeAll { $0.fromEntry == entry } }

  func bind(_ command: OrderCommand, to index: Int) {
    let levels = ExitLevels(command, direction: lots[index].direction, prices)
    setLeg(command, levels, index, startingAt: price, isFill: true)
  }

  private func isAwaited(_ exit: TextRef, by lot: EntryLot) -> Bool {
    awaitingExits.contains { $0.fromEntry == lot.id && $0.id == exit }
  }

  /// Makes the leg of an exit for a lot, or gives it new prices (where all are na, none). A leg
  /// that has filled stays so. O(legs of the lot).
  private func setLeg(
    _ command: OrderCommand, _ levels: ExitLevels, _ index: Int, startingAt start: Double,
    isFill: Bool
  ) {
    let lot = lots.base + index
    let place = legs.find(command.id, of: lot.pointee)
    if let place, legs.pointer(place).pointee.isConsumed { return }
    let reserved = share(command, lot.pointee, except: place)
    guard reserved > 0 else { return }
    let prices = levels.prices(entry: lot.pointee.price)
    let sequence = nextSequence()
    guard let place else {
      var leg = ExitLeg(
        command: command, lot: lot.pointee.serial, direction: lot.pointee.direction,
        reserved: reserved)
      leg.prices = prices
      leg.sequence = sequence
      leg.serial = sequence
      startTrail(&leg, at: start, isFill: isFill)
      return legs.append(leg, to: lot)
    }
    let leg = legs.pointer(place)
    let (hasSameTrail, hasSamePrices) = (
      prices.hasSameTrail(as: leg.pointee.prices), prices.isSame(as: leg.pointee.prices)
    )
    if !hasSamePrices || reserved != leg.pointee.reserved { leg.pointee.sequence = sequence }
    // Without a distance it is another kind of order.
    if (prices.offset > 0) != (leg.pointee.prices.offset > 0) { leg.pointee.serial = sequence }
    leg.pointee.command = command
    leg.pointee.reserved = reserved
    leg.pointee.ended = 0
    leg.pointee.refused = 0
    leg.pointee.prices = prices
    if !hasSameTrail {
      leg.pointee.best = .nan
      startTrail(&leg.pointee, at: start, isFill: isFill)
    }
  }

  private func startTrail(_ leg: inout ExitLeg, at start: Double, isFill: Bool) {
    guard !leg.activation.isNaN else { return }
    let gain = (start - leg.activation) * leg.direction
    if gain > 0 || (isFill && gain == 0) { leg.best = start }
  }

  /// The part of a lot that an exit may close: its share, without the parts of other exits.
  private func share(_ command: OrderCommand, _ lot: EntryLot, except place: Int?) -> Double {
    let free = quantities.snap(legs.free(of: lot, without: place))
    guard !command.quantity.isNaN || !command.quantityPercent.isNaN else { return free }
    let wanted =
      command.quantity.isNaN ? lot.initial * command.quantityPercent / 100 : command.quantity
    let part =
      command.quantity.isNaN
      ? quantities.part(lot.initial, percent: command.quantityPercent)
      : quantities.floor(command.quantity)
    if free > 0 { noteCut(command.id, wanted: wanted, left: part, direction: -lot.direction) }
    return min(part, free)
  }

  func removeLegs(where isOut: (ExitLeg) -> Bool) {
    guard !legs.isEmpty else { return }
    for index in lots.indices { legs.remove(from: lots.base + index, where: isOut) }
  }

  /// Whether no leg can fill on a bar, wherever its path goes, and none follows the price. O(legs).
  @usableFromInline
  func areLegsQuiet(on bar: ScriptBar) -> Bool {
    guard bar.isSound else { return false }
    for index in legs.indices {
      let leg = legs.pointer(index)
      if leg.pointee.isConsumed { continue }
      let isLong = leg.pointee.direction > 0
      let limit = verified(leg.pointee.limit, buys: !isLong)
      let isReached =
        isLong
        ? leg.pointee.stop >= bar.low || limit <= bar.high
        : leg.pointee.stop <= bar.high || limit >= bar.low
      if isReached || !leg.pointee.activation.isNaN { return false }
    }
    return true
  }
}

/// An exit's prices on the grid: those of the call for all lots of a direction, and those that
/// lie at a distance from a lot's entry.
struct ExitLevels {
  private let command: OrderCommand
  private let prices: PriceGrid
  private let isLong: Bool
  private var common = ExitPrices()

  init(_ command: OrderCommand, direction: Double, _ prices: PriceGrid) {
    self.command = command
    self.prices = prices
    isLong = direction > 0
    common.limit = prices.reaching(command.limit, rising: isLong)
    common.stop = prices.reaching(command.stop, rising: !isLong)
    guard trails else { return }
    common.activation = prices.reaching(command.trailPrice, rising: isLong)
    let offset = command.trailOffset
    common.offset = offset > 0 ? offset.rounded(.towardZero) * prices.tick : 0
  }

  /// Without a distance there is no trailing stop, wherever it would begin.
  private var trails: Bool { !command.trailOffset.isNaN }

  /// Those of a lot that was entered at `entry`. Of a price and a distance, the one reached first.
  @inline(__always)
  func prices(entry: Double) -> ExitPrices {
    let hasDistance =
      !command.profit.isNaN || !command.loss.isNaN || !command.trailPoints.isNaN
    return hasDistance ? pricesWithDistances(from: entry) : common
  }

  private func pricesWithDistances(from entry: Double) -> ExitPrices {
    let tick = isLong ? prices.tick : -prices.tick
    var own = common
    if !command.profit.isNaN {
      let level = prices.reaching(entry + command.profit * tick, rising: isLong)
      own.limit = sooner(common.limit, level, rising: isLong)
    }
    if !command.loss.isNaN {
      let level = prices.reaching(entry - command.loss * tick, rising: !isLong)
      own.stop = sooner(common.stop, level, rising: !isLong)
    }
    if trails, !command.trailPoints.isNaN {
      let level = prices.reaching(entry + command.trailPoints * tick, rising: isLong)
      own.activation = sooner(common.activation, level, rising: isLong)
    }
    return own
  }

  /// The first of two levels that a rising (falling) price reaches; nan is no level.
  private func sooner(_ a: Double, _ b: Double, rising: Bool) -> Double {
    if a.isNaN { return b }
    if b.isNaN { return a }
    return rising ? min(a, b) : max(a, b)
  }
}
