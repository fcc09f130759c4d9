import CFxaot
import Calendar
import FXCore
import Market

// Quote files and the simulated market as C sees them.

@_cdecl("fxaot_detect_format")
public func exportDetectFormat(_ bytes: UnsafeRawPointer?, _ length: UInt64) -> UInt32 {
  guard let bytes, let count = Int(exactly: length) else { return UInt32(FXAOT_FORMAT_UNKNOWN) }
  return QuoteParser.detectFormat(UnsafeRawBufferPointer(start: bytes, count: count))
}

@_cdecl("fxaot_sniff_text")
public func exportSniffText(
  _ parser: UnsafeMutablePointer<fxaot_parser>?, _ bytes: UnsafeRawPointer?, _ length: UInt64,
  _ isWhole: Int32, _ names: UnsafePointer<CChar>?, _ zone: UnsafePointer<CChar>?,
  _ text: UnsafeMutablePointer<CChar>?, _ capacity: UInt64
) -> Int32 {
  guard let parser, let count = Int(exactly: length), bytes != nil || count == 0 else {
    return status(FXAOT_BAD_ARGUMENT)
  }
  let names = names.map { String(cString: $0).split(separator: "\n").map(String.init) } ?? []
  let zone = zone.map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  if let zone, SystemZones.rules(zone) == nil {
    write("this system has no time zone \(zone)", to: text, capacity)
    return status(FXAOT_BAD_ARGUMENT)
  }
  do throws(TextRefusal) {
    let format = try TextSniffer.sniff(
      UnsafeRawBufferPointer(start: bytes, count: count), isWhole: isWhole != 0, names: names,
      zone: zone)
    format.apply(to: &parser.pointee)
    write(format.sentence, to: text, capacity)
    return status(FXAOT_OK)
  } catch {
    write(error.sentence, to: text, capacity)
    return status(FXAOT_BAD_FORMAT)
  }
}

private func write(
  _ sentence: String, to text: UnsafeMutablePointer<CChar>?, _ capacity: UInt64
) {
  guard let text, capacity > 0 else { return }
  let bytes = sentence.utf8.prefix(Int(clamping: capacity - 1))
  for (index, byte) in bytes.enumerated() { text[index] = CChar(bitPattern: byte) }
  text[bytes.count] = 0
}

@_cdecl("fxaot_parse_quotes")
public func exportParseQuotes(
  _ parser: UnsafeMutablePointer<fxaot_parser>?, _ bytes: UnsafeRawPointer?, _ length: UInt64,
  _ out: UnsafeMutableRawPointer?, _ capacity: UInt64
) -> Int32 {
  guard let parser, let count = Int(exactly: length), bytes != nil || count == 0, let out else {
    return status(FXAOT_BAD_ARGUMENT)
  }
  return status(
    QuoteParser.parse(
      parser, UnsafeRawBufferPointer(start: bytes, count: count), into: out,
      capacity: Int(clamping: capacity)))
}

@_cdecl("fxaot_market_new")
public func exportMarketNew(
  _ config: UnsafePointer<fxaot_market_config>?, _ out: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  guard let config, let out else { return status(FXAOT_BAD_ARGUMENT) }
  out.pointee = nil
  guard let market = try? SimulatedMarket(config.pointee) else { return status(FXAOT_BAD_CONFIG) }
  let pointer = UnsafeMutablePointer<SimulatedMarket>.allocate(capacity: 1)
  pointer.initialize(to: market)
  out.pointee = OpaquePointer(pointer)
  return status(FXAOT_OK)
}

@_cdecl("fxaot_market_free")
public func exportMarketFree(_ market: OpaquePointer?) {
  guard let market else { return }
  let pointer = UnsafeMutablePointer<SimulatedMarket>(market)
  pointer.deinitialize(count: 1)
  pointer.deallocate()
}

@_cdecl("fxaot_market_next")
public func exportMarketNext(
  _ market: OpaquePointer?, _ end: Int64, _ out: UnsafeMutableRawPointer?, _ capacity: UInt64
) -> UInt64 {
  guard let market, let out else { return 0 }
  let pointer = UnsafeMutablePointer<SimulatedMarket>(market)
  return UInt64(pointer.pointee.next(until: end, into: out, capacity: Int(clamping: capacity)))
}
