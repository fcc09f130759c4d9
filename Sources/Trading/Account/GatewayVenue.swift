import CFxaot
import Messaging
import Records

/// The gateway venue: what has been asked of a broker, and which of its answers are known.
///
///     send ─▶ new ──(accepted)──▶ accepted ──▶ ended: filled, cancelled, rejected, expired
///              └──────(fill)───────┘
///
/// The orders wait among the account's, as those of the paper venue do; here stands what is on its way to the broker.
/// A request stays until whoever hands it over has acknowledged it. Ended orders are remembered, so that a late report
/// finds its order and an execution is never booked twice.
package struct GatewayVenue: ~Copyable {
  /// `down`: new orders are refused, all other requests wait.
  package enum Link: UInt32, BitwiseCopyable { case none, down, up }

  /// What a report was.
  package enum Verdict: UInt32, BitwiseCopyable {
    case taken
    /// The execution has been booked before, or the order is in that state already.
    case duplicate
    /// The order has ended. A fill is booked all the same: the broker is right.
    case late
    /// It answers nothing that was asked, or comes after what it should have come before.
    case outOfOrder
    case unknown
  }

  /// The terms of an order that can be changed. The quantity is all of it, what is filled included.
  struct Change: BitwiseCopyable, Equatable {
    var quantity, limit, stop, trail, activation, expires: Int64

    init(_ order: AccountOrder) {
      quantity = order.filled + order.order.quantity
      (limit, stop) = (order.order.limit, order.order.stop)
      (trail, activation) = (order.trail.distance, order.trail.activation)
      expires = order.expires
    }
  }

  /// An order that has been sent.
  struct Entry: BitwiseCopyable {
    /// As it was sent, or as it has ended.
    var order: AccountOrder
    var isAccepted = false
    var isEnded = false
    /// fxaot_cancel, while a cancel is on its way; 0: none is.
    var cancel: UInt32 = 0
    /// The change that is on its way, and the one that goes when that is answered.
    var change: Change?
    var next: Change?
    /// The place of its newest execution; −1: none.
    var execution = -1
    var executions = 0
  }

  struct Execution: BitwiseCopyable {
    var id: fxaot_id
    /// The order's one before, or the next free place.
    var link: Int
  }

  package private(set) var link = Link.none
  /// Stands in the names that the account gives, so that a broker which remembers the orders of an earlier engine
  /// never sees one of them twice; 0: in none.
  private(set) var incarnation: UInt64
  /// Until when no stop-out is tried again, after the broker has refused its liquidation or its cancel.
  var liquidatesFrom = Int64.min
  var cancelsFrom = Int64.min
  package var counts = fxaot_gateway_stats()
  private(set) var requests = Slab<fxaot_gateway_request>()
  private(set) var entries = Slab<Entry>()
  private var executions = Slab<Execution>()
  private var freeExecution = -1
  private var endedCount = 0
  private let endedLimit: Int

  /// Of one order.
  private static let executionLimit = 65_536

  static let refusedWait: Int64 = 1_000_000_000

  package init(endedLimit: Int = 4_096, incarnation: UInt64 = 0) {
    self.endedLimit = max(endedLimit, 2)
    self.incarnation = incarnation
  }

  package var isOn: Bool { link != .none }

  package mutating func set(_ link: Link) { self.link = link }

  // MARK: - Requests

  /// Numbers a request and keeps it; false when there is no memory. Amortised O(1).
  mutating func ask(_ kind: Int, _ request: fxaot_gateway_request) -> Bool {
    var request = request
    request.kind = UInt32(kind)
    request.sequence = counts.requests &+ 1
    guard requests.append(request) else { return false }
    counts.requests &+= 1
    return true
  }

  /// Forgets the requests up to a number: they have been handed over. O(requests).
  package mutating func acknowledge(_ sequence: UInt64) {
    counts.acknowledged = max(counts.acknowledged, min(sequence, counts.requests))
    requests.removeAll { $0.sequence <= sequence }
  }

  // MARK: - Orders

  /// The place of an order by its number, the newest first; nil for one that was never sent, or is forgotten.
  func place(of id: Int64) -> Int? {
    var place = entries.count - 1
    while place >= 0, entries.base[place].order.id != id { place -= 1 }
    return place >= 0 ? place : nil
  }

  /// False when there is no memory.
  mutating func add(_ order: AccountOrder) -> Bool {
    if endedCount >= endedLimit { forget() }
    return entries.append(Entry(order: order))
  }

  mutating func change(_ place: Int, _ body: (inout Entry) -> Void) { body(&entries.base[place]) }

  /// Takes out an order that has just been added.
  mutating func removeNewest() { entries.keepFirst(entries.count - 1) }

  mutating func end(_ place: Int, _ order: AccountOrder) {
    if !entries.base[place].isEnded { endedCount += 1 }
    entries.base[place].isEnded = true
    entries.base[place].cancel = 0
    entries.base[place].change = nil
    entries.base[place].next = nil
    entries.base[place].order = order
  }

  func isCancelling(_ id: Int64) -> Bool {
    guard isOn, let place = place(of: id) else { return false }
    return entries.base[place].cancel != 0
  }

  /// The terms that an order has once all changes that are on their way have been made.
  func wanted(_ id: Int64) -> Change? {
    guard let place = place(of: id) else { return nil }
    return entries.base[place].next ?? entries.base[place].change
  }

  /// A strategy has gone: its orders are nobody's.
  mutating func disown(_ strategySlot: Int) {
    for place in 0..<entries.count where entries.base[place].order.strategySlot == strategySlot {
      entries.base[place].order.strategySlot = -1
    }
  }

  mutating func renumberRecords(_ newPlace: (Int) -> Int) {
    for place in 0..<entries.count where entries.base[place].order.record >= 0 {
      entries.base[place].order.record = newPlace(entries.base[place].order.record)
    }
  }

  /// The older half of the ended orders, with their executions. O(orders).
  private mutating func forget() {
    var spare = endedLimit / 2
    var kept = 0
    for place in 0..<entries.count {
      let entry = entries.base[place]
      if entry.isEnded, spare > 0 {
        spare -= 1
        endedCount -= 1
        free(entry.execution)
        continue
      }
      entries.base[kept] = entry
      kept += 1
    }
    entries.keepFirst(kept)
  }

  // MARK: - Executions

  /// Whether an order's execution has been booked. O(executions of the order).
  func has(_ execution: fxaot_id, _ place: Int) -> Bool {
    var index = entries.base[place].execution
    while index >= 0 {
      if executions.base[index].id.isEqual(execution) { return true }
      index = executions.base[index].link
    }
    return false
  }

  /// Keeps an execution of an order; false when there is no memory, or the order has too many.
  mutating func keep(_ execution: fxaot_id, _ place: Int) -> Bool {
    guard entries.base[place].executions < Self.executionLimit else { return false }
    let fresh = Execution(id: execution, link: entries.base[place].execution)
    var index = freeExecution
    if index >= 0 {
      freeExecution = executions.base[index].link
      executions.base[index] = fresh
    } else {
      index = executions.count
      guard executions.append(fresh) else { return false }
    }
    entries.base[place].execution = index
    entries.base[place].executions += 1
    return true
  }

  private mutating func free(_ newest: Int) {
    var index = newest
    while index >= 0 {
      let before = executions.base[index].link
      executions.base[index].link = freeExecution
      freeExecution = index
      index = before
    }
  }
}

extension GatewayVenue {
  mutating func persist(_ archive: inout some StateArchive) {
    archive(&link)
    archive(&incarnation)
    archive(&liquidatesFrom)
    archive(&cancelsFrom)
    archive.plain(&counts)
    archive.slab(&requests, fresh: fxaot_gateway_request(), bytes: 200) { archive, request in
      archive.plain(&request)
      guard archive.isLoading else { return }
      request.order.symbol_ref = archive.translated(request.order.symbol_ref)
      request.order.strategy_ref = archive.translated(request.order.strategy_ref)
    }
    archive.slab(&entries, fresh: Entry(order: .blank), bytes: 200) { $1.persist(&$0) }
    archive.slab(&executions, fresh: Execution(id: fxaot_id(), link: -1), bytes: 72) { archive, execution in
      archive.plain(&execution.id)
      archive(&execution.link)
    }
    archive(&freeExecution)
    archive(&endedCount)
    let places = -1..<executions.count
    // Chains that could run in a circle are damage: a link leads to an older place, or to a free one.
    if !places.contains(freeExecution) || endedCount < 0 || endedCount > entries.count
      || !executions.elements.allSatisfy({ places.contains($0.link) })
      || !entries.elements.allSatisfy({ places.contains($0.execution) && $0.executions >= 0 }) || isCircular
    {
      archive.fail()
    }
  }

  /// Whether some chain of executions never ends. O(executions).
  private var isCircular: Bool {
    var seen = Array(repeating: false, count: executions.count)
    for start in entries.elements.map(\.execution) + [freeExecution] {
      var place = start
      while place >= 0 {
        if seen[place] { return true }
        seen[place] = true
        place = executions.base[place].link
      }
    }
    return false
  }
}

extension GatewayVenue.Entry {
  fileprivate mutating func persist(_ archive: inout some StateArchive) {
    order.persist(&archive)
    archive(&isAccepted)
    archive(&isEnded)
    archive(&cancel)
    for change in [\Self.change, \Self.next] {
      var isThere = self[keyPath: change] != nil
      archive(&isThere)
      if !isThere {
        self[keyPath: change] = nil
        continue
      }
      var terms = self[keyPath: change] ?? GatewayVenue.Change(order)
      archive(&terms.quantity)
      archive(&terms.limit)
      archive(&terms.stop)
      archive(&terms.trail)
      archive(&terms.activation)
      archive(&terms.expires)
      let steps = -(1 << 53)...(1 << 53) as ClosedRange<Int64>
      if !(0...(1 << 61)).contains(terms.quantity)
        || ![terms.limit, terms.stop, terms.trail, terms.activation].allSatisfy(steps.contains)
      {
        return archive.fail()
      }
      self[keyPath: change] = terms
    }
    archive(&execution)
    archive(&executions)
  }
}
