import StrategyIR

/// Properties of a symbol from a file: a JSON object with the names that the symbol's terms have in
/// Erlang (`fxaot_eval:new/3`), all of them optional.
///
///     {"mintick": 0.25, "point_value": 50, "min_contract": 1, "session": "1700-1600:23456",
///      "timezone": "America/Chicago", "currency": "USD", "type": "futures"}
struct InstrumentFile {
  var mintick, pointValue, minContract: Double?
  var session, sessionStart, timezone, currency, baseCurrency, type, description: String?

  static func read(_ path: String) throws(ToolError) -> InstrumentFile {
    let file = try SystemFile(reading: path)
    guard let size = file.status?.size, size <= longest else {
      throw .failed("\(path) is too large to describe an instrument")
    }
    let bytes = try file.bytes(at: 0, count: Int(size))
    do {
      return try JSONDecoder().decode(InstrumentFile.self, from: Data(bytes))
    } catch DecodingError.dataCorrupted(let context)
      where context.codingPath.isEmpty && context.debugDescription.hasPrefix(unknown)
    {
      throw .failed("\(path): \(context.debugDescription)")
    } catch DecodingError.typeMismatch(_, let context) {
      let key = context.codingPath.last?.stringValue ?? "it"
      throw .failed("\(path): \(key) has the wrong type")
    } catch {
      throw .failed("\(path) is not a JSON object that describes an instrument")
    }
  }

  private static let longest: UInt64 = 1 << 20
  fileprivate static let unknown = "unknown term "
}

extension InstrumentFile: Decodable {
  private enum Key: String, CodingKey, CaseIterable {
    case mintick
    case pointValue = "point_value"
    case minContract = "min_contract"
    case session
    case sessionStart = "session_start"
    case timezone, currency
    case baseCurrency = "base_currency"
    case type, description
  }

  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    for key in try decoder.container(keyedBy: AnyKey.self).allKeys
    where Key(rawValue: key.stringValue) == nil {
      let all = Key.allCases.map(\.rawValue)
      let hint = NearMiss.hint(key.stringValue, among: all)
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: [],
          debugDescription: Self.unknown + "'\(key.stringValue)'"
            + (hint.isEmpty ? "; known terms: " + all.joined(separator: ", ") : hint)))
    }
    let values = try decoder.container(keyedBy: Key.self)
    mintick = try values.decodeIfPresent(Double.self, forKey: .mintick)
    pointValue = try values.decodeIfPresent(Double.self, forKey: .pointValue)
    minContract = try values.decodeIfPresent(Double.self, forKey: .minContract)
    session = try values.decodeIfPresent(String.self, forKey: .session)
    sessionStart = try values.decodeIfPresent(String.self, forKey: .sessionStart)
    timezone = try values.decodeIfPresent(String.self, forKey: .timezone)
    currency = try values.decodeIfPresent(String.self, forKey: .currency)
    baseCurrency = try values.decodeIfPresent(String.self, forKey: .baseCurrency)
    type = try values.decodeIfPresent(String.self, forKey: .type)
    description = try values.decodeIfPresent(String.self, forKey: .description)
  }
}

extension SymbolOptions {
  /// The options, and for those that are not given what the file says.
  func completed(by file: InstrumentFile) -> SymbolOptions {
    var all = self
    all.mintick = mintick ?? file.mintick
    all.pointValue = pointValue ?? file.pointValue
    all.quantityStep = quantityStep ?? file.minContract
    all.currency = currency ?? file.currency
    all.timezone = timezone ?? file.timezone
    if session == nil, sessionStart == nil {
      all.session = file.session
      all.sessionStart = file.sessionStart
    }
    return all
  }
}
