import CFxaot
import Calendar
import Market

/// {"instrument": …}: what an instrument is, and the terms on which it is traded. A built-in one needs no line;
/// a line about it changes what it names.
extension ScenarioReader {
  private static let shape = ["base", "quote", "step", "lot", "quantity_step", "minimum", "maximum"]
  private static let known =
    ["symbol"] + shape + [
      "margin_rate", "margin_tiers", "hours", "triple_day", "swap_mode", "swap_days", "swap_long", "swap_short",
      "swap_rates", "holidays", "commission", "aliases",
    ]

  mutating func instrument(_ value: JSONValue, _ line: Int) throws(ScenarioFault) -> [Scenario.Step] {
    let fields = try Fields(value, "instrument", line: line, known: Self.known)
    let name = try fields.required("symbol", try fields.text("symbol"))
    var steps: [Scenario.Step] = []
    let place: Int
    if let old = self.place(of: name) {
      if let changed = Self.shape.first(where: { fields.has($0) }) {
        throw fields.fault(
          "\(name) is in use since line \(symbols[old].line): set its \(changed) before that", at: changed)
      }
      place = old
    } else {
      place = add(ScenarioSymbol(name: name, raw: try raw(name, fields), line: line), &steps)
    }
    try readAliases(fields, of: place)
    try fields.readTerms(into: &symbols[place].terms)
    if let days = try fields.holidays() { symbols[place].holidays = days }
    return steps + [.terms(place, symbols[place].terms, symbols[place].holidays)]
  }

  /// Other names of the symbol, in this line and later ones.
  private mutating func readAliases(_ fields: Fields, of place: Int) throws(ScenarioFault) {
    guard let value = fields.value("aliases") else { return }
    guard case .array(let values) = value.content else { throw fields.wrong("aliases", "an array") }
    for value in values {
      guard case .text(let name) = value.content, (1...SymbolKey.maximumLength).contains(name.utf8.count),
        name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
      else { throw ScenarioFault(fields.line, value.column, "instrument.aliases must be symbols such as \"EURUSD.r\"") }
      guard use(alias: name, for: place) else {
        throw ScenarioFault(fields.line, value.column, "'\(name)' is another instrument")
      }
    }
  }

  /// As built in, changed by the line; another symbol needs base, quote and step.
  private func raw(_ name: String, _ fields: Fields) throws(ScenarioFault) -> fxaot_instrument {
    let found = Array(name.utf8).withUnsafeBytes { BuiltInInstruments.find($0) }
    var raw = found ?? fxaot_instrument()
    if found == nil {
      guard name.utf8.count < Int(FXAOT_SYMBOL_BYTES), name.set(&raw.symbol) else {
        throw fields.fault("instrument.symbol must have 1 to 31 printable characters", at: "symbol")
      }
      raw.pip_steps = 10
      raw.lot = 100_000
      raw.quantity_step = 1
    }
    try fields.currency("base", &raw.base, isNeeded: found == nil)
    try fields.currency("quote", &raw.quote, isNeeded: found == nil)
    if let step = try found == nil ? fields.required("step", fields.decimal("step")) : fields.decimal("step") {
      guard let (decimals, units) = step.priceStep else {
        throw fields.fault("instrument.step must be 1 to 1000000 × 10^-0 to 10^-9", at: "step")
      }
      (raw.price_decimals, raw.step_units) = (decimals, units)
    }
    raw.lot = try fields.whole("lot") ?? raw.lot
    raw.quantity_step = try fields.whole("quantity_step") ?? raw.quantity_step
    guard (1...Self.largest).contains(raw.lot) else { throw fields.outOfRange("lot") }
    guard (1...Self.largest).contains(raw.quantity_step) else { throw fields.outOfRange("quantity_step") }
    let minimum = try fields.whole("minimum")
    let maximum = try fields.whole("maximum")
    raw.minimum_quantity = minimum ?? raw.quantity_step
    let most = min(raw.lot * 1_000, Self.largest) / raw.quantity_step * raw.quantity_step
    raw.maximum_quantity = maximum ?? max(most, raw.minimum_quantity)
    guard Instrument(raw) != nil else {
      throw fields.fault(
        "the instrument cannot be traded: minimum and maximum must be multiples of quantity_step, "
          + "minimum at most maximum, and base must differ from quote")
    }
    return raw
  }

  private static let largest: Int64 = 1_000_000_000_000
}

extension Fields {
  fileprivate func currency<Text>(_ name: String, _ field: inout Text, isNeeded: Bool) throws(ScenarioFault) {
    guard let text = try isNeeded ? required(name, text(name)) : text(name) else { return }
    guard text.isCurrency, text.set(&field) else {
      throw fault("instrument.\(name) must be a name such as USD", at: name)
    }
  }

  fileprivate func readTerms(into terms: inout fxaot_terms) throws(ScenarioFault) {
    terms.margin_rate = try fraction("margin_rate") ?? terms.margin_rate
    guard (0...1_000_000_000).contains(terms.margin_rate) else { throw outOfRange("margin_rate") }
    try readTiers(into: &terms)
    if let hours = try text("hours") {
      guard hours.isEmpty || hours.set(&terms.hours) else { throw outOfRange("hours") }
    }
    terms.triple_day = try choice("triple_day", Names.weekdays) ?? terms.triple_day
    terms.swap_mode = try choice("swap_mode", Names.swapModes) ?? terms.swap_mode
    if let days = try count("swap_days") {
      guard days == 360 || days == 365 else { throw fault("instrument.swap_days must be 360 or 365", at: "swap_days") }
      terms.swap_days = days
    }
    terms.swap_long = try money("swap_long") ?? terms.swap_long
    terms.swap_short = try money("swap_short") ?? terms.swap_short
    if let rates = value("swap_rates") { try readRates(rates, into: &terms) }
    if let commission = value("commission") { try readCommission(commission, into: &terms) }
  }

  private func readRates(_ value: JSONValue, into terms: inout fxaot_terms) throws(ScenarioFault) {
    let fields = try Fields(value, "swap_rates", line: line, known: ["base", "quote", "markup"])
    terms.rate_base = try fields.required("base", fields.money("base"))
    terms.rate_quote = try fields.required("quote", fields.money("quote"))
    terms.rate_markup = try fields.money("markup") ?? 0
  }

  /// Days since 1970, growing.
  fileprivate func holidays() throws(ScenarioFault) -> [Int32]? {
    guard let value = value("holidays") else { return nil }
    guard case .array(let values) = value.content else { throw wrong("holidays", "an array") }
    guard values.count <= Int(FXAOT_MOST_HOLIDAYS) else { throw outOfRange("holidays") }
    var days: Set<Int32> = []
    for value in values {
      guard case .text(let text) = value.content, text.utf8.count == 10,
        let milliseconds = DateText.milliseconds(of: text), milliseconds % 86_400_000 == 0,
        let day = Int32(exactly: milliseconds / 86_400_000)
      else { throw ScenarioFault(line, value.column, "instrument.holidays must be dates such as \"2024-07-04\"") }
      days.insert(day)
    }
    return days.sorted()
  }

  private func readTiers(into terms: inout fxaot_terms) throws(ScenarioFault) {
    guard let value = value("margin_tiers") else { return }
    guard case .array(let values) = value.content else { throw wrong("margin_tiers", "an array") }
    guard values.count <= Int(FXAOT_MARGIN_TIERS) else {
      throw fault("instrument.margin_tiers may have at most \(FXAOT_MARGIN_TIERS) tiers", at: "margin_tiers")
    }
    var tiers: [fxaot_margin_tier] = []
    for value in values {
      let fields = try Fields(value, "margin_tiers", line: line, known: ["above", "rate"])
      let above = try fields.required("above", try fields.money("above"))
      let rate = try fields.required("rate", try fields.fraction("rate"))
      guard above > tiers.last?.above_micro ?? 0 else {
        throw fields.fault("margin_tiers must grow: each 'above' must be larger than the one before", at: "above")
      }
      guard (1...1_000_000_000).contains(rate) else { throw fields.outOfRange("rate") }
      tiers.append(fxaot_margin_tier(above_micro: above, rate: rate))
    }
    withUnsafeMutableBytes(of: &terms.tiers) { bytes in
      let places = bytes.assumingMemoryBound(to: fxaot_margin_tier.self)
      for index in places.indices { places[index] = index < tiers.count ? tiers[index] : fxaot_margin_tier() }
    }
  }

  private func readCommission(_ value: JSONValue, into terms: inout fxaot_terms) throws(ScenarioFault) {
    let fields = try Fields(
      value, "commission", line: line, known: ["per_lot", "per_million", "percent", "currency", "minimum"])
    let kinds = Names.commissions.filter { fields.has($0.key) }
    guard kinds.count == 1, let kind = kinds.first else {
      throw fields.fault("commission needs one of per_lot, per_million and percent")
    }
    guard kind.key == "per_lot" || !fields.has("currency") else {
      throw fields.fault("commission.currency goes with per_lot only", at: "currency")
    }
    terms.commission_kind = UInt32(kind.value)
    terms.commission = try fields.money(kind.key) ?? 0
    terms.commission_minimum_micro = try fields.money("minimum") ?? 0
    terms.commission_currency = fxaot_terms().commission_currency
    if let currency = try fields.text("currency") {
      guard currency.isCurrency, currency.set(&terms.commission_currency) else {
        throw fields.fault("commission.currency must be a name such as USD", at: "currency")
      }
    }
  }
}

extension ExactDecimal {
  /// As 10^−decimals and units of it; nil for what no price step can be.
  fileprivate var priceStep: (decimals: UInt32, units: UInt32)? {
    var (units, decimals) = (coefficient, places)
    while decimals > 0, units % 10 == 0, units != 0 {
      units /= 10
      decimals -= 1
    }
    guard decimals <= 9, (1...1_000_000).contains(units) else { return nil }
    return (UInt32(decimals), UInt32(units))
  }
}

extension String {
  /// Writes the text with a NUL behind it into a field of C; false where it does not fit.
  func set<Text>(_ field: inout Text) -> Bool {
    let bytes = Array(utf8)
    return withUnsafeMutableBytes(of: &field) { space in
      guard !bytes.isEmpty, bytes.count < space.count, !bytes.contains(0) else { return false }
      for index in space.indices { space[index] = index < bytes.count ? bytes[index] : 0 }
      return true
    }
  }
}
