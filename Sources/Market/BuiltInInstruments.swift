import CFxaot

/// The 28 pairs of the eight majors, gold and silver.
public enum BuiltInInstruments {
  public static let symbols: [StaticString] = [
    "EURUSD", "GBPUSD", "AUDUSD", "NZDUSD", "USDJPY", "USDCHF", "USDCAD",
    "EURGBP", "EURAUD", "EURNZD", "EURJPY", "EURCHF", "EURCAD",
    "GBPAUD", "GBPNZD", "GBPJPY", "GBPCHF", "GBPCAD",
    "AUDNZD", "AUDJPY", "AUDCHF", "AUDCAD",
    "NZDJPY", "NZDCHF", "NZDCAD", "CHFJPY", "CADJPY", "CADCHF",
    "XAUUSD", "XAGUSD",
  ]

  /// The terms of a built-in symbol, nil for any other name. O(number of symbols).
  public static func find(_ name: UnsafeRawBufferPointer) -> fxaot_instrument? {
    guard symbols.contains(where: { $0.equals(name) }) else { return nil }
    var terms = fxaot_instrument()
    copy(name, into: &terms.symbol)
    copy(UnsafeRawBufferPointer(rebasing: name[..<3]), into: &terms.base)
    copy(UnsafeRawBufferPointer(rebasing: name[3...]), into: &terms.quote)
    terms.step_units = 1
    terms.pip_steps = 10
    let metal = name[0] == UInt8(ascii: "X")
    let gold = metal && name[2] == UInt8(ascii: "U")
    let yen = name[3] == UInt8(ascii: "J")
    // Metals are counted in troy ounces: a lot is 100 of gold, 5,000 of silver.
    terms.price_decimals = gold ? 2 : yen || metal ? 3 : 5
    terms.lot = gold ? 100 : metal ? 5_000 : 100_000
    // One unit, as at TradingView; an instrument's own terms may require more.
    terms.quantity_step = 1
    terms.minimum_quantity = 1
    terms.maximum_quantity = terms.lot * 1_000
    return terms
  }

  private static func copy<Field>(_ text: UnsafeRawBufferPointer, into field: inout Field) {
    withUnsafeMutableBytes(of: &field) { $0.copyBytes(from: text.prefix($0.count - 1)) }
  }
}

extension StaticString {
  fileprivate func equals(_ name: UnsafeRawBufferPointer) -> Bool {
    withUTF8Buffer { $0.count == name.count && zip($0, name).allSatisfy(==) }
  }
}
