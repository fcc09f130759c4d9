/// UTF-16 text, with its byte order mark, as UTF-8. MetaTrader writes such files.
final class Utf16Reader: ByteReader {
  private let source: ByteReader
  private let isBigEndian: Bool
  /// Bytes that are not decoded yet, and UTF-8 that is not given out yet.
  private var waiting: [UInt8]
  private var ready: ArraySlice<UInt8> = []
  private var isAtEnd = false
  private var highSurrogate: UInt32?

  /// nil for a text that does not begin with a UTF-16 byte order mark. `start` is what has been
  /// read of the source.
  init?(_ source: ByteReader, start: [UInt8]) {
    if start.starts(with: [0xFF, 0xFE]) {
      isBigEndian = false
    } else if start.starts(with: [0xFE, 0xFF]) {
      isBigEndian = true
    } else {
      return nil
    }
    self.source = source
    waiting = Array(start.dropFirst(2))
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ToolError) -> Int {
    while ready.isEmpty, !isAtEnd { try decodeMore() }
    return ready.move(into: buffer)
  }

  private func decodeMore() throws(ToolError) {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 2)
    defer { room.deallocate() }
    let count = try source.read(into: room)
    isAtEnd = count == 0
    waiting += room[..<count]
    var text: [UInt8] = []
    let whole = waiting.count - waiting.count % 2
    for index in stride(from: 0, to: whole, by: 2) {
      let (first, second) = (UInt32(waiting[index]), UInt32(waiting[index + 1]))
      append(isBigEndian ? first << 8 | second : second << 8 | first, to: &text)
    }
    waiting.removeFirst(whole)
    ready = text[...]
  }

  private func append(_ unit: UInt32, to text: inout [UInt8]) {
    var value = unit
    if (0xD800..<0xDC00).contains(unit) {
      highSurrogate = unit
      return
    }
    if (0xDC00..<0xE000).contains(unit) {
      value = highSurrogate.map { 0x10000 + ($0 - 0xD800) << 10 + (unit - 0xDC00) } ?? 0xFFFD
    }
    highSurrogate = nil
    text += Array(String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
  }
}

/// What has been read of a stream, and then the rest of it.
final class PushedBackReader: ByteReader {
  private let source: ByteReader
  private var start: ArraySlice<UInt8>

  init(_ source: ByteReader, start: [UInt8]) {
    self.source = source
    self.start = start[...]
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ToolError) -> Int {
    start.isEmpty ? try source.read(into: buffer) : start.move(into: buffer)
  }
}
