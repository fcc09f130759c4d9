import CFxaot
import StrategyVM

/// Takes an input's payload apart. Whatever the bytes are, it does not trap; `isValid` is false once they do not fit.
struct InputReader {
  private let bytes: UnsafeRawBufferPointer
  private var place = 0
  private(set) var isValid = true

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isWhole: Bool { isValid && place == bytes.count }

  mutating func slice(_ count: Int) -> UnsafeRawBufferPointer {
    guard isValid, count >= 0, count <= bytes.count - place else {
      isValid = false
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    defer { place += count }
    return UnsafeRawBufferPointer(rebasing: bytes[place..<place + count])
  }

  mutating func number<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) -> T {
    T(littleEndian: plain() ?? 0)
  }

  mutating func plain<T: BitwiseCopyable>() -> T? {
    let slice = slice(MemoryLayout<T>.size)
    return isValid ? slice.loadUnaligned(as: T.self) : nil
  }

  mutating func text() -> [UInt8] { Array(slice(Int(number(UInt32.self)))) }

  /// A count of things of at least `bytes` bytes each that are still to come.
  mutating func count(bytes least: Int) -> Int {
    let count = Int(number(UInt32.self))
    if count > (bytes.count - place) / least { isValid = false }
    return isValid ? count : 0
  }

  mutating func parameters() -> [(name: String, value: ParameterValue)] {
    var all: [(name: String, value: ParameterValue)] = []
    for _ in 0..<count(bytes: 6) {
      let name = String(decoding: text(), as: UTF8.self)
      switch Int(number(UInt8.self)) {
      case FXAOT_NUMBER: all.append((name, .number(plain() ?? 0)))
      case FXAOT_BOOL: all.append((name, .bool(number(UInt8.self) != 0)))
      case FXAOT_TEXT: all.append((name, .text(String(decoding: text(), as: UTF8.self))))
      default: isValid = false
      }
    }
    return all
  }
}
