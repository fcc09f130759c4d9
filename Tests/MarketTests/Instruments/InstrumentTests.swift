import CFxaot
import TestTerms
import Testing

@testable import Market

struct InstrumentTests {
  private let good = Terms.make("ABC", "USD", decimals: 4, quantityStep: 10, maximum: 1_000)

  private func changed(_ change: (inout fxaot_instrument) -> Void) -> Instrument? {
    var terms = good
    change(&terms)
    return Instrument(terms)
  }

  @Test func `good terms make an instrument`() throws {
    let instrument = try #require(Instrument(good))
    #expect(instrument.base == 0x43_42_41)
    #expect(instrument.quote == 0x44_53_55)
    #expect(instrument.quantityStep == 10)
    #expect(instrument.grid.price(12_345) == 1.2345)
  }

  @Test func `names that are none are refused`() {
    #expect(changed { $0.symbol.0 = 0 } == nil)
    #expect(changed { $0.base.0 = 0 } == nil)
    #expect(changed { $0.quote.0 = 0 } == nil)
    #expect(changed { $0.base.1 = 32 } == nil)
    #expect(changed { $0.quote = $0.base } == nil)
    #expect(changed { withUnsafeMutableBytes(of: &$0.symbol) { $0.update(0x41) } } == nil)
    #expect(changed { withUnsafeMutableBytes(of: &$0.base) { $0.update(0x41) } } == nil)
  }

  @Test func `an invalid grid is refused`() {
    #expect(changed { $0.price_decimals = 9 } != nil)
    #expect(changed { $0.price_decimals = 10 } == nil)
    #expect(changed { $0.price_decimals = .max } == nil)
    #expect(changed { $0.step_units = 0 } == nil)
    #expect(changed { $0.step_units = 1_000_000 } != nil)
    #expect(changed { $0.step_units = 1_000_001 } == nil)
    #expect(changed { $0.pip_steps = 0 } == nil)
  }

  @Test func `hours of its own go before those of its market`() throws {
    let euro = Terms.make("EUR", "USD")
    func hours(_ session: String, _ timezone: String) -> (String, String)? {
      var terms = euro
      Terms.copy(session, into: &terms.session)
      Terms.copy(timezone, into: &terms.timezone)
      return Instrument(terms).map { ($0.hours.session, $0.hours.timezone) }
    }
    #expect(try #require(hours("", "")) == ("1700-1700:23456", "America/New_York"))
    #expect(try #require(hours("", "UTC")) == ("24x7", "UTC"))
    #expect(try #require(hours("0300-0300", "")) == ("0300-0300", "America/New_York"))
    #expect(try #require(hours("0900-1730:23456", "Europe/Paris")) == ("0900-1730:23456", "Europe/Paris"))
    #expect(hours("never", "") == nil)
    #expect(hours("", "Mars/Olympus") == nil)
    #expect(changed { withUnsafeMutableBytes(of: &$0.session) { $0.update(0x41) } } == nil)
    #expect(changed { withUnsafeMutableBytes(of: &$0.timezone) { $0.update(0x41) } } == nil)
  }

  @Test func `the same hours are one entry`() {
    let (session, timezone) = ("0800-1600:23456", "Europe/London")
    #expect(MarketHours(session: session, timezone: timezone) == MarketHours(session: session, timezone: timezone))
    #expect(MarketHours(session: "24x7", timezone: "UTC") == .always)
  }

  @Test func `quantities out of order are refused`() {
    #expect(changed { $0.quantity_step = 0 } == nil)
    #expect(changed { $0.quantity_step = -10 } == nil)
    #expect(changed { $0.quantity_step = .min } == nil)
    #expect(changed { $0.minimum_quantity = 0 } == nil)
    #expect(changed { $0.minimum_quantity = 15 } == nil)
    #expect(changed { $0.minimum_quantity = 1_010 } == nil)
    #expect(changed { $0.maximum_quantity = 1_005 } == nil)
    #expect(changed { $0.maximum_quantity = 1_000_000_000_000 } != nil)
    #expect(changed { $0.maximum_quantity = 1_000_000_000_010 } == nil)
    #expect(changed { $0.maximum_quantity = .max } == nil)
    #expect(changed { $0.lot = 0 } == nil)
    #expect(changed { $0.lot = .max } == nil)
  }
}

struct BuiltInInstrumentTests {
  private func find(_ name: String) -> fxaot_instrument? {
    Array(name.utf8).withUnsafeBytes { BuiltInInstruments.find($0) }
  }

  @Test func `there are the 28 pairs of the majors gold and silver`() throws {
    let majors = ["EUR", "GBP", "AUD", "NZD", "USD", "CHF", "CAD", "JPY"]
    let symbols = BuiltInInstruments.symbols.map { "\($0)" }
    #expect(symbols.count == 30)
    #expect(Set(symbols).count == 30)
    for a in 0..<8 {
      for b in a + 1..<8 {
        let found = symbols.filter { $0 == majors[a] + majors[b] || $0 == majors[b] + majors[a] }
        #expect(found.count == 1, "\(majors[a]) and \(majors[b])")
      }
    }
    #expect(symbols.suffix(2) == ["XAUUSD", "XAGUSD"])
  }

  @Test func `each is a good instrument of its two currencies`() throws {
    for symbol in BuiltInInstruments.symbols.map({ "\($0)" }) {
      let terms = try #require(find(symbol))
      let instrument = try #require(Instrument(terms), "\(symbol)")
      #expect(instrument.key == Terms.key(symbol))
      #expect(instrument.base == Terms.key(String(symbol.prefix(3))))
      #expect(instrument.quote == Terms.key(String(symbol.suffix(3))))
    }
  }

  @Test(arguments: [
    ("EURUSD", 5, 100_000), ("USDJPY", 3, 100_000), ("CADJPY", 3, 100_000),
    ("EURGBP", 5, 100_000), ("XAUUSD", 2, 100), ("XAGUSD", 3, 5_000),
  ])
  func `steps and lots`(symbol: String, decimals: UInt32, lot: Int64) throws {
    let terms = try #require(find(symbol))
    #expect(terms.price_decimals == decimals)
    #expect(terms.step_units == 1)
    #expect(terms.lot == lot)
    #expect(terms.quantity_step == 1)
    #expect(terms.minimum_quantity == 1)
    #expect(terms.maximum_quantity == lot * 1_000)
  }

  @Test(arguments: ["", "EUR", "USDEUR", "eurusd", "EURUSD ", "EURUSDX", "XAU"])
  func `other names are not built in`(name: String) {
    #expect(find(name) == nil)
  }
}

extension UnsafeMutableRawBufferPointer {
  fileprivate func update(_ byte: UInt8) {
    for index in indices { self[index] = byte }
  }
}
