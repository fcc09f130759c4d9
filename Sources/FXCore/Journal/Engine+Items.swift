import CFxaot
import Records
import Trading

/// A journal without quotes: instead of what the engine takes in it holds what becomes of its account.
///
///     account     what lives, and what is new of records and trades
///     strategies  book and counts of each, and of a script its own book and orders
///
/// So money, orders and books come back as they were, while the states of strategies stand where the snapshot has them.
extension Engine {
  /// Adds the items to the journal, where something may have changed.
  mutating func noteItems() {
    guard journal.scope == .account, journal.isDirty || accountState.gate.isUnsaved, !journal.isBroken else { return }
    journal.isDirty = false
    var saver = StateSaver()
    accountState.persistItems(&saver)
    var count = strategies.elements.count { $0.ref != 0 }
    saver.count(&count)
    for slot in 0..<strategies.count where strategies.base[slot].ref != 0 {
      saver(&strategies.base[slot].ref)
      strategies.base[slot].persist(&saver)
      script(of: strategies.base[slot])?.broker.persist(&saver)
    }
    let bytes = saver.bytes()
    bytes.withUnsafeBytes { journal.items($0) }
  }

  mutating func applyItems(_ payload: UnsafeRawBufferPointer, _ refs: JournalRefs, _ make: @escaping JournalRefs.Maker)
    throws(JournalFault)
  {
    // What follows moves the clocks.
    for slot in 0..<instruments.count { openGap(slot) }
    var loader = StateLoader(payload, format: StateFormat.newest, refs: { refs.findAny($0, make) })
    accountState.persistItems(&loader)
    var count = 0
    loader.count(&count, bytes: 64)
    for _ in 0..<count where loader.isValid {
      var ref: UInt64 = 0
      loader.ref(&ref)
      let slot = byStrategyRef.slot(of: ref)
      guard slot >= 0 else { throw JournalFault("items of a strategy that is not there") }
      strategies.base[slot].persist(&loader)
      script(of: strategies.base[slot])?.broker.persist(&loader)
    }
    guard loader.isValid, loader.isAtEnd, areScriptsCounted, accountState.knowsStrategies(strategies.count) else {
      throw JournalFault("damaged items of the account")
    }
    connectAccount()
    // Its orders fill from a number of quotes on.
    let unseen = accountState.quoteNumber.subtractingReportingOverflow(counts.accepted)
    if !unseen.overflow {
      counts.accepted &+= unseen.partialValue
      counts.quotes &+= unseen.partialValue
    }
    for slot in 0..<instruments.count { instruments.base[slot].gap?.to = instruments.base[slot].clock }
  }
}
