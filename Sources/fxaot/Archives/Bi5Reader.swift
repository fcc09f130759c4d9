import Calendar
import FXCore
import Market

/// An hour of Dukascopy's ticks, as the text that `fxaot simulate` writes.
///
/// A record has 20 bytes, big-endian, in LZMA alone. Neither symbol nor day is in it:
///
///     0  milliseconds since the hour began   4  ask   8  bid       whole numbers of 10^-decimals
///     12 ask's volume   16 bid's volume                             32-bit floats
///
/// They are in the path, `EURUSD/2024/02/04/13h_ticks.bi5`, where months count from 0: that is
/// 13:00 UTC of 4 March 2024.
final class Bi5Reader: ByteReader {
  struct Place: Equatable {
    let symbol: String
    /// Nanoseconds since 1970.
    let hour: Int64
    /// The prices' places after the point.
    let decimals: Int
  }

  private static let recordSize = 20

  private let source: ByteReader
  private let name: String
  private let place: Place
  private var waiting: [UInt8] = []
  private var ready: ArraySlice<UInt8> = Array("time_ns,bid,ask,bid_size,ask_size\n".utf8)[...]
  private var isAtEnd = false

  init(_ source: ByteReader, name: String, place: Place) {
    self.source = source
    self.name = name
    self.place = place
  }

  /// Symbol, hour and decimal places from the path of a file.
  static func place(_ path: String, decimals: Int?) throws(ToolError) -> Place {
    let full = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    let parts = full.split(separator: "/").filter { $0 != "." }.suffix(5).map(String.init)
    guard parts.count == 5, let hour = hour(parts[4]), let year = Int(parts[1]),
      let month = twoDigits(parts[2]), let day = twoDigits(parts[3]), (0...11).contains(month),
      let days = CivilDate.quoteDays(year: year, month: month + 1, day: day)
    else {
      throw .failed(
        "\(path): a .bi5 file contains neither symbol nor day, so its path must end like "
          + "Dukascopy's, EURUSD/2024/02/04/13h_ticks.bi5 (months start at 0: this is "
          + "4 March)")
    }
    let symbol = parts[0].uppercased()
    guard let places = decimals ?? usualDecimals(symbol) else {
      throw .failed(
        "\(path): the prices of \(symbol) are whole numbers; give their decimal places "
          + "with --decimals")
    }
    return Place(
      symbol: symbol,
      hour: days * CivilMoment.nanosecondsPerDay + Int64(hour) * 3_600_000_000_000,
      decimals: places)
  }

  private static func hour(_ name: String) -> Int? {
    guard name.lowercased().hasSuffix("h_ticks.bi5"), let hour = twoDigits(String(name.prefix(2))),
      name.utf8.count == 13, hour < 24
    else { return nil }
    return hour
  }

  private static func twoDigits(_ text: String) -> Int? {
    text.utf8.count == 2 && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }

  /// Five places, three in yen and for gold and silver.
  private static func usualDecimals(_ symbol: String) -> Int? {
    guard symbol.utf8.count == 6 else { return nil }
    if ["XAU", "XAG"].contains(symbol.prefix(3)) { return 3 }
    let five: Set<String> = [
      "USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD", "SGD", "HKD", "SEK", "NOK", "DKK", "PLN",
      "TRY", "ZAR", "MXN", "CNH",
    ]
    let quote = String(symbol.suffix(3))
    guard five.contains(String(symbol.prefix(3))) || symbol.hasPrefix("JPY") else { return nil }
    if quote == "JPY" { return 3 }
    return five.contains(quote) ? 5 : nil
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ToolError) -> Int {
    while ready.isEmpty, !isAtEnd { try decodeMore() }
    return ready.move(into: buffer)
  }

  private func decodeMore() throws(ToolError) {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 4)
    defer { room.deallocate() }
    let count = try source.read(into: room)
    waiting += room[..<count]
    if count == 0 {
      isAtEnd = true
      guard waiting.isEmpty else {
        throw .failed("\(name) is damaged: its last record has \(waiting.count) of 20 bytes")
      }
    }
    var text = ""
    var at = 0
    while at + Bi5Reader.recordSize <= waiting.count {
      text += line(at)
      at += Bi5Reader.recordSize
    }
    waiting.removeFirst(at)
    ready = Array(text.utf8)[...]
  }

  private func line(_ at: Int) -> String {
    func word(_ offset: Int) -> UInt32 {
      waiting[at + offset..<at + offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
    let time = place.hour + Int64(word(0)) * 1_000_000
    let askSize = Float(bitPattern: word(12))
    let bidSize = Float(bitPattern: word(16))
    return "\(time),\(price(word(8))),\(price(word(4))),\(bidSize),\(askSize)\n"
  }

  private func price(_ value: UInt32) -> String {
    let digits = String(value)
    let padded = String(repeating: "0", count: max(0, place.decimals + 1 - digits.count)) + digits
    let whole = padded.dropLast(place.decimals)
    return place.decimals == 0 ? padded : "\(whole).\(padded.suffix(place.decimals))"
  }
}
