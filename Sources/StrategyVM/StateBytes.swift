import Calendar
import StrategyIR

/// Puts a snapshot together: 8-byte numbers in the machine's order, blocks as they are in memory.
struct StateWriter {
  private(set) var bytes: [UInt8] = []

  init(room: Int) { bytes.reserveCapacity(room) }

  mutating func count(_ x: Int) { withUnsafeBytes(of: x) { bytes.append(contentsOf: $0) } }
  mutating func double(_ x: Double) { withUnsafeBytes(of: x) { bytes.append(contentsOf: $0) } }

  mutating func block(_ start: UnsafeRawPointer, _ length: Int) {
    count(length)
    bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: length))
  }

  mutating func text(_ x: String) {
    count(x.utf8.count)
    bytes.append(contentsOf: x.utf8)
  }

  mutating func bar(_ bar: ScriptBar) {
    count(Int(bar.time))
    count(Int(bar.timeClose))
    for x in [bar.open, bar.high, bar.low, bar.close, bar.volume] { double(x) }
  }
}

/// Takes a snapshot apart; `isValid` is false once it does not fit.
struct StateReader {
  private let bytes: [UInt8]
  private var place = 0
  private(set) var isValid = true

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { place == bytes.count }
  /// Bytes that are still to come.
  var left: Int { bytes.count - place }

  mutating func fail() { isValid = false }

  private mutating func take(_ length: Int) -> Int? {
    guard isValid, length >= 0, length <= bytes.count - place else {
      isValid = false
      return nil
    }
    defer { place += length }
    return place
  }

  mutating func integer() -> Int {
    guard let start = take(8) else { return 0 }
    return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: Int.self) }
  }

  /// Of things that are still to come.
  mutating func count() -> Int {
    let x = integer()
    if x < 0 || x > bytes.count - place { fail() }
    return isValid ? x : 0
  }

  mutating func double() -> Double {
    guard let start = take(8) else { return 0 }
    return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: Double.self) }
  }

  mutating func block(_ target: UnsafeMutableRawPointer, _ length: Int) {
    guard integer() == length else { return fail() }
    guard let start = take(length) else { return }
    bytes.withUnsafeBytes {
      if let source = $0.baseAddress { target.copyMemory(from: source + start, byteCount: length) }
    }
  }

  mutating func text() -> String {
    let length = count()
    guard let start = take(length) else { return "" }
    return String(decoding: bytes[start..<start + length], as: UTF8.self)
  }

  /// Times that no calendar has make the snapshot invalid.
  mutating func bar() -> ScriptBar {
    let bar = ScriptBar(
      time: Int64(integer()), timeClose: Int64(integer()), open: double(), high: double(),
      low: double(), close: double(), volume: double())
    let times = -CivilMoment.furthest...CivilMoment.furthest
    // A rate that always holds is a bar from the first moment on.
    let isEndless = bar.time == .min && bar.timeClose == .min
    if !isEndless, !times.contains(bar.time) || !times.contains(bar.timeClose) { fail() }
    return bar
  }
}
