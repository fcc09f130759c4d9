/// One compression's streaming decoder.
protocol StreamDecoder: AnyObject {
  /// Unpacks from `input` to `output`, as far as either lasts; answers how many bytes of each were
  /// used, and whether the packed stream ended. nil for damaged data.
  func step(
    _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
  ) -> (read: Int, written: Int, isEnd: Bool)?
  /// Gets ready for another stream behind one that ended; false where none may follow.
  func restart() -> Bool
}

/// Unpacks bzip2, xz, LZMA or zstd, several streams one after another included.
final class UnpackingReader: ByteReader {
  private let source: ByteReader
  private let name: String
  private let decoder: StreamDecoder
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private var unread = 0..<0
  private var total: UInt64 = 0
  private var isAtEnd = false
  private var isInStream = true

  init(_ source: ByteReader, name: String, decoder: StreamDecoder) {
    self.source = source
    self.name = name
    self.decoder = decoder
  }

  deinit { input.deallocate() }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ToolError) -> Int {
    guard buffer.count > 0 else { return 0 }
    while !isAtEnd {
      if unread.isEmpty {
        unread = 0..<(try source.read(into: input))
        if unread.isEmpty {
          if isInStream { throw .failed("\(name) is truncated: its packed data ends too early") }
          isAtEnd = true
          return 0
        }
      }
      if !isInStream {
        guard decoder.restart() else {
          throw .failed("\(name) is damaged: something follows its packed data")
        }
        isInStream = true
      }
      guard let step = decoder.step(UnsafeRawBufferPointer(rebasing: input[unread]), buffer) else {
        throw .failed("\(name) is damaged: it cannot be unpacked")
      }
      unread = unread.lowerBound + step.read..<unread.upperBound
      isInStream = !step.isEnd
      total += UInt64(step.written)
      guard total <= InflateReader.gzipLimit else {
        throw .failed("\(name) unpacks to more than 64 GiB")
      }
      if step.written > 0 { return step.written }
    }
    return 0
  }
}
