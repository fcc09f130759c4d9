import CFxaot
import Messaging
import Trading

/// The ways from quote currencies to the account currency, over the live quotes of some instruments.
/// Valid as long as the instruments' memory is.
struct Conversions {
  let instruments: UnsafeMutableBufferPointer<InstrumentState>
  let account: UInt64

  /// Micro-units of a quote currency in account currency at the mids; nil when a quote on the way is missing.
  func convert(_ micro: Int64, _ conversion: Conversion) -> Int64? {
    Markets(instruments).convert(micro, conversion)
  }

  /// Whether all instruments on the way have quotes.
  func isLive(_ conversion: Conversion) -> Bool { convert(0, conversion) != nil }

  /// The best way for each instrument. If it has no quotes yet, the way that another instrument of the same
  /// quote currency uses. Searches once for each quote currency, not once for each instrument. Fails with
  /// FXAOT_OUT_OF_MEMORY. O(instruments²).
  func routes() throws(EngineError) -> Slab<Conversion> {
    var routes = Slab<Conversion>()
    guard routes.reserve(instruments.count) else { throw EngineError(FXAOT_OUT_OF_MEMORY) }
    for index in instruments.indices {
      let currency = instruments[index].instrument.quote
      let same = instruments[..<index].firstIndex { $0.instrument.quote == currency }
      _ = routes.append(same.map { routes.base[$0] } ?? liveRoute(from: currency))
    }
    return routes
  }

  private func liveRoute(from currency: UInt64) -> Conversion {
    let route = route(from: currency)
    if isLive(route) { return route }
    let used = instruments.first { $0.instrument.quote == currency && isLive($0.conversion) }
    return used?.conversion ?? route
  }

  /// The way to the account currency: directly, inverted, or over one cross, by way of USD where
  /// that is possible, else of the others in alphabetical order. The first one with quotes; without any,
  /// the first one.
  private func route(from currency: UInt64) -> Conversion {
    if currency == account { return .identity }
    var first: Conversion?
    if let leg = leg(currency, account) {
      let direct = Conversion(kind: .quotes, first: leg)
      if isLive(direct) { return direct }
      first = direct
    }
    if let cross = cross(currency, over: Self.dollar) {
      if isLive(cross) { return cross }
      first = first ?? cross
    }
    var last: UInt64 = 0
    while let middle = nextMiddle(from: currency, after: last) {
      last = middle.bigEndian
      guard let cross = cross(currency, over: middle) else { continue }
      if isLive(cross) { return cross }
      first = first ?? cross
    }
    return first ?? Conversion()
  }

  /// The currency that instruments link with another one and whose name follows `last` in the alphabet: names as
  /// big-endian numbers are in its order.
  private func nextMiddle(from currency: UInt64, after last: UInt64) -> UInt64? {
    var next: UInt64?
    for state in instruments {
      let pair = state.instrument
      let middle = pair.base == currency ? pair.quote : pair.quote == currency ? pair.base : 0
      if middle != 0, middle.bigEndian > last, middle.bigEndian < next ?? .max { next = middle.bigEndian }
    }
    return next?.bigEndian
  }

  /// Whether instruments lead from a currency to the account's, with quotes or without.
  func hasRoute(from currency: UInt64) -> Bool { route(from: currency).kind != .none }

  /// One unit of a currency in the account's, at the mids of the newest quotes; nan while one on the way
  /// is missing. O(instruments), over a cross O(instruments²).
  func rate(from currency: UInt64) -> Double {
    let route = route(from: currency)
    switch route.kind {
    case .none: return .nan
    case .identity: return 1
    case .quotes:
      let first = rate(route.first)
      return route.second.instrumentSlot < 0 ? first : first * rate(route.second)
    }
  }

  private func rate(_ leg: Conversion.Leg) -> Double {
    guard instruments.indices.contains(leg.instrumentSlot) else { return .nan }
    let state = instruments[leg.instrumentSlot]
    guard state.quote.sum > 0 else { return .nan }
    let mid = state.quote.mid(on: state.instrument.grid)
    return leg.isInverted ? 1 / mid : mid
  }

  private func cross(_ currency: UInt64, over middle: UInt64) -> Conversion? {
    guard let first = leg(currency, middle), let second = leg(middle, account) else { return nil }
    return Conversion(kind: .quotes, first: first, second: second)
  }

  private func leg(_ from: UInt64, _ to: UInt64) -> Conversion.Leg? {
    for (slot, state) in instruments.enumerated() {
      let pair = state.instrument
      if pair.base == from && pair.quote == to { return Conversion.Leg(instrumentSlot: slot) }
      if pair.base == to && pair.quote == from {
        return Conversion.Leg(instrumentSlot: slot, isInverted: true)
      }
    }
    return nil
  }

  private static var dollar: UInt64 { 0x44_53_55 }  // "USD", first byte lowest
}

extension Engine {
  var conversions: Conversions {
    Conversions(instruments: instruments.elements, account: settings.currency)
  }

  /// Micro-units of a quote currency in account currency; nil when a quote on the way is missing.
  func convert(_ micro: Int64, _ conversion: Conversion) -> Int64? {
    conversions.convert(micro, conversion)
  }
}

extension Markets {
  init(_ instruments: UnsafeMutableBufferPointer<InstrumentState>) {
    // Without an instrument the address is never read.
    self.init(
      UnsafeMutableRawPointer(instruments.baseAddress ?? UnsafeMutablePointer(bitPattern: 64).unsafelyUnwrapped),
      stride: MemoryLayout<InstrumentState>.stride, count: instruments.count)
  }
}
