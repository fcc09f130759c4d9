import CFxaot
import FXCore

/// An account and its terms without a story: the lines account, instrument, risk and venue of the scenario format.
public struct TradingSetup {
  public struct Instrument {
    public let name: String
    public let raw: fxaot_instrument
    public let terms: fxaot_terms
  }

  public let currency: String
  public let balanceMicro: Int64
  public let account: fxaot_account_terms
  /// Those that have a line.
  public let instruments: [Instrument]
  public let risk: fxaot_risk?
  public let venue: fxaot_venue?

  /// Refuses any other line.
  public static func read(
    _ bytes: [UInt8], defaults: fxaot_account_terms
  ) throws(ScenarioFault) -> TradingSetup {
    try TradingSetup(try ScenarioReader.read(bytes, defaults: defaults), defaults)
  }

  private init(_ scenario: Scenario, _ defaults: fxaot_account_terms) throws(ScenarioFault) {
    var (currency, balance, account) = (AccountLine.currency, AccountLine.balanceMicro, defaults)
    var (risk, venue): (fxaot_risk?, fxaot_venue?) = (nil, nil)
    for line in scenario.lines {
      for step in line.steps {
        switch step {
        case .account(let name, let micro, let terms): (currency, balance, account) = (name, micro, terms)
        case .add, .terms: break
        case .risk(let limits): risk = limits
        case .venue(let settings): venue = settings
        default:
          throw ScenarioFault(
            line.number, "an account's file has the lines account, instrument, risk and venue alone")
        }
      }
    }
    self.currency = currency
    balanceMicro = balance
    self.account = account
    instruments = scenario.symbols.map { Instrument(name: $0.name, raw: $0.raw, terms: $0.terms) }
    self.risk = risk
    self.venue = venue
  }

  /// An engine with this account and one instrument, under the ref 1. Fails as the engine does.
  public func engine(_ raw: fxaot_instrument, _ terms: fxaot_terms?) throws(EngineError) -> Engine {
    var config = Engine.defaultConfig
    _ = currency.set(&config.account_currency)
    config.balance_micro = balanceMicro
    config.bar_events = 1
    var engine = try Engine(config)
    engine.isReplaying = true
    try engine.setAccount(account)
    try engine.addInstrument(raw, ref: 1)
    if let terms { try engine.setTerms(terms, symbolRef: 1) }
    if let risk { try engine.setRisk(risk) }
    if let venue { try engine.setVenue(venue) }
    return engine
  }
}

/// The words of the scenario format for codes of the engine.
public enum TradingWords {
  public static func refusal(_ code: UInt32) -> String { Names.word(code, Names.rejects) }
  public static func cancel(_ code: UInt32) -> String { Names.word(code, Names.cancels) }
}
