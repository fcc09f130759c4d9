import Records
import StrategyIR
import StrategyVM

/// A script's book and orders as bytes: see StateArchive. Settings and grids are given by the program and its instrument.
extension BarBroker {
  package func persist(_ archive: inout some StateArchive) {
    book.persist(&archive)
    venue.persist(&archive)
    risk.persist(&archive)
    live.persist(&archive)
    bar.persist(&archive)
    archive(&barIndex)
    archive(&barPosition)
    archive(&barEquity)
    archive(&closedSide)
    archive(&openedSide)
    archive(&lastFill)
    if archive.isLoading { sealTrades() }
  }

  /// So that the next snapshot copies few.
  package func sealTrades() {
    if book.sealsTrades { book.sealTrades() }
  }
}

extension RiskState {
  fileprivate mutating func persist(_ archive: inout some StateArchive) {
    archive(&rules.allowedDirection)
    archive(&rules.maxPositionSize)
    archive(&rules.maxFilledOrders)
    archive(&rules.maxDrawdown)
    archive(&rules.isDrawdownPercent)
    archive(&rules.maxIntradayLoss)
    archive(&rules.isIntradayLossPercent)
    archive(&rules.maxLossDays)
    archive(&day)
    archive(&filledOrders)
    archive(&dayEquity)
    archive(&lossDays)
    archive(&isHalted)
    archive(&isDayOver)
    archive(&isCloseDue)
    archive(&dueAfter)
    archive(&hasClosedInBar)
  }
}

extension LiveState {
  fileprivate mutating func persist(_ archive: inout some StateArchive) {
    archive(&isOn)
    resting.persist(&archive)
    var isThere = execution != nil
    archive(&isThere)
    if isThere {
      var execution = execution ?? .forced(0, .order)
      execution.persist(&archive)
      self.execution = execution
    } else {
      execution = nil
    }
    archive(&isBuy)
    archive(&whole)
    archive(&opposite)
    archive(&isNew)
    archive.choice(&recall, of: [.none, .wanted, .asked])
    var isDue = dueClose != nil
    archive(&isDue)
    var due = dueClose ?? .order
    archive(&due)
    dueClose = isDue ? due : nil
    archive(&isMarginRefused)
    archive(&time)
    archive(&lastBar.equity)
    archive(&lastBar.lowest)
    archive(&lastBar.realised)
    archive(&lastBar.isInMarket)
  }
}

extension Execution {
  fileprivate mutating func persist(_ archive: inout some StateArchive) {
    var kind: UInt8 =
      switch self {
      case .opening: 0
      case .close: 1
      case .leg: 2
      case .forced: 3
      }
    archive(&kind)
    var quantity = quantity
    archive(&quantity)
    switch kind {
    case 0:
      var order = PendingOrder(.entry, id: 0, direction: 1, quantity: 0)
      if case .opening(let its, _) = self { order = its }
      order.persist(&archive)
      self = .opening(order, total: quantity)
    case 1:
      var (share, closing, side): (LotShare, ScriptBook.Closing, Double) = (.oldest, .none, 0)
      if case .close(_, let itsShare, let itsClosing, let itsSide) = self {
        (share, closing, side) = (itsShare, itsClosing, itsSide)
      }
      share.persist(&archive)
      closing.persist(&archive)
      archive(&side)
      self = .close(quantity, share, closing, side: side)
    case 2:
      var (lot, closing, name): (Int64, ScriptBook.Closing, TextRef) = (0, .none, 0)
      if case .leg(_, let itsLot, let itsClosing, let itsName) = self {
        (lot, closing, name) = (itsLot, itsClosing, itsName)
      }
      archive(&lot)
      closing.persist(&archive)
      archive(&name)
      self = .leg(quantity, lot: lot, closing, ocaName: name)
    case 3:
      var reason = TradeRecord.ExitReason.order
      if case .forced(_, let its) = self { reason = its }
      archive(&reason)
      self = .forced(quantity, reason)
    default: archive.fail()
    }
  }
}

extension LotShare {
  fileprivate mutating func persist(_ archive: inout some StateArchive) {
    var (kind, value): (UInt8, Int64) =
      switch self {
      case .oldest: (0, 0)
      case .lot(let serial): (1, serial)
      case .entries(let id): (2, Int64(id))
      }
    archive(&kind)
    archive(&value)
    switch kind {
    case 0: self = .oldest
    case 1: self = .lot(value)
    case 2: self = .entries(TextRef(truncatingIfNeeded: value))
    default: archive.fail()
    }
  }
}

extension ScriptBook.Closing {
  fileprivate static var none: ScriptBook.Closing { ScriptBook.Closing(id: 0, comment: 0, reason: .order) }

  fileprivate mutating func persist(_ archive: inout some StateArchive) {
    archive(&id)
    archive(&comment)
    archive(&reason)
  }
}

extension ScriptBar {
  fileprivate mutating func persist(_ archive: inout some StateArchive) {
    archive(&time)
    archive(&timeClose)
    archive(&open)
    archive(&high)
    archive(&low)
    archive(&close)
    archive(&volume)
  }
}
