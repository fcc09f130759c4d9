import CFxaot
import TestTerms
import Testing

@testable import Market
@testable import Trading

/// An account with instruments of its own, for tests.
final class TestAccount {
  var account: Account
  private let instruments: UnsafeMutablePointer<TradedInstrument>
  private let count: Int
  private var number: UInt64 = 0

  /// Instruments as "EURUSD"; those that end in the account's currency, or begin with it, can be converted.
  init(_ symbols: [String], currency: String = "USD", balance: Int64 = 10_000) throws {
    count = symbols.count
    instruments = .allocate(capacity: symbols.count)
    for (slot, symbol) in symbols.enumerated() {
      let (base, quote) = (String(symbol.prefix(3)), String(symbol.suffix(3)))
      let terms = Terms.make(base, quote, decimals: quote == "JPY" ? 3 : 5)
      let instrument = try #require(Instrument(terms))
      (instruments + slot).initialize(to: TradedInstrument(instrument: instrument, ref: UInt64(slot + 1)))
      instruments[slot].isRouted = true
      if quote == currency { instruments[slot].conversion = .identity }
      let isOwn = base == currency
      if isOwn {
        instruments[slot].conversion = Conversion(
          kind: .quotes, first: Conversion.Leg(instrumentSlot: slot, isInverted: true))
      }
    }
    account = Account(
      currency: Terms.key(currency), balance: balance * Money.microPerUnit, gate: RiskGate())
    account.markets = Markets(
      UnsafeMutableRawPointer(instruments), stride: MemoryLayout<TradedInstrument>.stride, count: count)
  }

  deinit { instruments.deallocate() }

  func change(_ slot: Int, _ body: (inout TradedInstrument) -> Void) { body(&instruments[slot]) }

  /// A quote, as an engine handles it when it is not quiet.
  func quote(_ slot: Int, _ bid: Double, _ ask: Double, at time: Int64 = start) {
    number += 1
    account.quoteNumber = number
    account.pass(to: time)
    guard let steps = instruments[slot].instrument.grid.quote(bid, ask) else { return }
    instruments[slot].quote = steps
    instruments[slot].quoteTime = time
    instruments[slot].clock = time
    var event = account.event(slot, number: number, bidSize: 0, askSize: 0)
    while account.nextFill(on: &event) != nil {}
    account.finish(slot)
  }

  func order(_ slot: Int, _ quantity: Int64, id: String = "", _ change: (inout fxaot_order_request) -> Void = { _ in })
    -> Account.Answer
  {
    var request = fxaot_order_request()
    request.id = Self.id(id)
    request.symbol_ref = UInt64(slot + 1)
    request.side = UInt32(quantity < 0 ? FXAOT_SELL : FXAOT_BUY)
    request.quantity = Int64(clamping: quantity.magnitude)
    (request.price, request.limit, request.trail_activation) = (.nan, .nan, .nan)
    (request.stop_loss, request.take_profit) = (.nan, .nan)
    change(&request)
    return account.submit(request, slot: slot < count ? slot : -1, strategySlot: -1, own: nil)
  }

  static func id(_ text: String) -> fxaot_id {
    var id = fxaot_id()
    withUnsafeMutableBytes(of: &id.text) { $0.copyBytes(from: Array(text.utf8).prefix($0.count)) }
    id.length = UInt32(text.utf8.count)
    return id
  }

  func state(_ id: String) -> fxaot_order_state? {
    account.order(Self.id(id)).map { fxaot_order_state($0.state) }
  }
}
