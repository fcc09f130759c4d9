import StrategyIR

/// The effects of fills on the book.
extension ScriptBook {
  /// Where and when a fill is booked.
  struct FillPoint {
    let price: Double
    let bar: Int64
    /// Milliseconds since 1970.
    let time: Int64
  }

  /// The exit of a trade, for its record.
  struct Closing {
    var id: TextRef
    var comment: TextRef
    var reason: TradeRecord.ExitReason
  }

  /// The entry of a trade, for its record.
  struct Opening {
    let id: TextRef
    let comment: TextRef
    /// +1 long, −1 short.
    let direction: Double
  }

  /// Opens a trade of `quantity` units. `orderQuantity` is that of the whole order, which shares out a
  /// commission per order. O(open trades).
  func open(_ quantity: Double, at fill: FillPoint, _ opening: Opening, orderQuantity: Double) {
    var trade = TradeRecord()
    trade.entryID = opening.id
    trade.entryComment = opening.comment
    trade.entryBar = fill.bar
    trade.entryTime = fill.time
    trade.entryPrice = fill.price
    trade.size = opening.direction * quantity
    trade.commission = commission(quantity, at: fill.price, ofOrder: orderQuantity)
    openTrades.append(trade)
    position = quantities.snap(position + opening.direction * quantity)
    updateAverage()
    totals.noteHeld(position)
  }

  /// Takes `quantity` (at most the position's) out of the position: from the oldest trade on, or, with
  /// `close_entries_rule = "ANY"`, from the oldest of `entry` on. False when there was nothing to close.
  func close(
    _ quantity: Double, of entry: TextRef?, at fill: FillPoint, _ closing: Closing, orderQuantity: Double
  ) -> Bool {
    var left = quantity
    var hasClosed = false
    while left > 0, let index = nextTrade(of: entry) {
      let part = min(left, abs(openTrades[index].size))
      close(part, ofTrade: index, at: fill, closing, orderQuantity)
      left = quantities.snap(left - part)
      hasClosed = true
    }
    let sign: Double = position > 0 ? 1 : -1
    position = quantities.snap(position - sign * quantity)
    if openTrades.isEmpty || position == 0 { position = 0 }
    updateAverage()
    return hasClosed
  }

  private func nextTrade(of entry: TextRef?) -> Int? {
    guard !openTrades.isEmpty else { return nil }
    guard settings.closeEntriesAny, let entry else { return 0 }
    return openTrades.firstIndex { $0.entryID == entry } ?? 0
  }

  private func close(
    _ part: Double, ofTrade index: Int, at fill: FillPoint, _ closing: Closing, _ orderQuantity: Double
  ) {
    markTrade(index, at: fill.price)
    let rest = openTrades.base + index
    let size = abs(rest.pointee.size)
    let fraction = part >= size ? 1 : part / size
    if sealsTrades { sealTrades() }
    closedTrades.append(rest.pointee)
    let closed = closedTrades.base + (closedTrades.count - 1)
    closed.pointee.size = rest.pointee.size > 0 ? part : -part
    closed.pointee.exitID = closing.id
    closed.pointee.exitComment = closing.comment
    closed.pointee.exitReason = closing.reason
    closed.pointee.exitBar = fill.bar
    closed.pointee.exitTime = fill.time
    closed.pointee.exitPrice = fill.price
    closed.pointee.rate = rate
    closed.pointee.commission =
      rest.pointee.commission * fraction + commission(part, at: fill.price, ofOrder: orderQuantity)
    closed.pointee.profit =
      (fill.price - rest.pointee.entryPrice) * closed.pointee.size * unitValue - closed.pointee.commission
    closed.pointee.maxRunup = rest.pointee.maxRunup * fraction
    closed.pointee.maxDrawdown = rest.pointee.maxDrawdown * fraction
    totals.add(closed, pointValue: unitValue, initialCapital: settings.initialCapital)
    if fraction == 1 {
      openTrades.remove(at: index)
    } else {
      rest.pointee.size = quantities.snap(rest.pointee.size - closed.pointee.size)
      rest.pointee.commission *= 1 - fraction
      rest.pointee.maxRunup *= 1 - fraction
      rest.pointee.maxDrawdown *= 1 - fraction
    }
  }

  private func updateAverage() {
    hasTraded = true
    changes &+= 1
    safePrices = .nowhere
    guard position != 0 else {
      averagePrice = .nan
      return
    }
    var value = 0.0
    var size = 0.0
    for index in 0..<openTrades.count {
      value += openTrades[index].entryPrice * openTrades[index].size
      size += openTrades[index].size
    }
    averagePrice = size == 0 ? .nan : value / size
  }

  /// Shifts bar numbers for another version of the script, which counts from another bar. O(trades).
  func shiftBars(by shift: Int64) {
    sealedTrades = []
    for index in 0..<openTrades.count { openTrades.base[index].entryBar &+= shift }
    for index in 0..<closedTrades.count {
      closedTrades.base[index].entryBar &+= shift
      closedTrades.base[index].exitBar &+= shift
    }
  }

  /// Calls `body` with every text that a trade refers to, by the closed trades from this index on; it may
  /// give another number: closed trades from there on are sealed anew. O(trades).
  func forEachText(closedTradesFrom first: Int, _ body: (inout TextRef) -> Void) {
    for index in 0..<openTrades.count { (openTrades.base + index).pointee.forEachText(body) }
    var firstChanged = Int.max
    for index in min(max(first, 0), closedTrades.count)..<closedTrades.count {
      (closedTrades.base + index).pointee.forEachText { number in
        let before = number
        body(&number)
        if number != before { firstChanged = min(firstChanged, index) }
      }
    }
    let sealed = firstChanged / SealedTrades.count
    if sealed < sealedTrades.count { sealedTrades.removeLast(sealedTrades.count - sealed) }
  }
}

extension ScriptBook.Closing {
  mutating func forEachText(_ body: (inout TextRef) -> Void) {
    body(&id)
    body(&comment)
  }
}

extension TradeRecord {
  fileprivate mutating func forEachText(_ body: (inout TextRef) -> Void) {
    body(&entryID)
    body(&exitID)
    body(&entryComment)
    body(&exitComment)
  }
}
