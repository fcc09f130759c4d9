import CBzip2
import CLzma
import CZstd

/// bzip2, by libbz2.
final class Bzip2Decoder: StreamDecoder {
  private let stream = UnsafeMutablePointer<bz_stream>.allocate(capacity: 1)

  init?() {
    stream.initialize(to: bz_stream())
    guard BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else {
      stream.deallocate()
      return nil
    }
  }

  deinit {
    BZ2_bzDecompressEnd(stream)
    stream.deallocate()
  }

  func step(
    _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
  ) -> (read: Int, written: Int, isEnd: Bool)? {
    let available = UInt32(clamping: input.count)
    let room = UInt32(clamping: output.count)
    // The library does not write to its input.
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: CChar.self))
    stream.pointee.avail_in = available
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: CChar.self)
    stream.pointee.avail_out = room
    let status = BZ2_bzDecompress(stream)
    guard status == BZ_OK || status == BZ_STREAM_END else { return nil }
    return (
      Int(available - stream.pointee.avail_in), Int(room - stream.pointee.avail_out),
      status == BZ_STREAM_END
    )
  }

  func restart() -> Bool {
    BZ2_bzDecompressEnd(stream)
    stream.initialize(to: bz_stream())
    return BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK
  }
}

/// xz, and LZMA alone as in .bi5 and .lzma, by liblzma.
final class LzmaDecoder: StreamDecoder {
  /// More than any preset's dictionary needs; a file that asks for more is refused.
  private static let memoryLimit: UInt64 = 256 << 20

  private let stream = UnsafeMutablePointer<lzma_stream>.allocate(capacity: 1)
  private let isAlone: Bool

  init?(isAlone: Bool) {
    self.isAlone = isAlone
    stream.initialize(to: lzma_stream())
    guard begin() else {
      lzma_end(stream)
      stream.deallocate()
      return nil
    }
  }

  deinit {
    lzma_end(stream)
    stream.deallocate()
  }

  private func begin() -> Bool {
    let status =
      isAlone
      ? lzma_alone_decoder(stream, LzmaDecoder.memoryLimit)
      : lzma_stream_decoder(stream, LzmaDecoder.memoryLimit, 0)
    return status == LZMA_OK
  }

  func step(
    _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
  ) -> (read: Int, written: Int, isEnd: Bool)? {
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = input.count
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = output.count
    let status = lzma_code(stream, LZMA_RUN)
    guard status == LZMA_OK || status == LZMA_STREAM_END else { return nil }
    return (
      input.count - stream.pointee.avail_in, output.count - stream.pointee.avail_out,
      status == LZMA_STREAM_END
    )
  }

  func restart() -> Bool { !isAlone && begin() }
}

/// zstd, by libzstd.
final class ZstdDecoder: StreamDecoder {
  private let stream: OpaquePointer

  init?() {
    guard let stream = ZSTD_createDStream() else { return nil }
    self.stream = stream
    guard ZSTD_isError(ZSTD_initDStream(stream)) == 0 else { return nil }
  }

  deinit { ZSTD_freeDStream(stream) }

  func step(
    _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
  ) -> (read: Int, written: Int, isEnd: Bool)? {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let left = ZSTD_decompressStream(stream, &target, &source)
    guard ZSTD_isError(left) == 0 else { return nil }
    return (source.pos, target.pos, left == 0)
  }

  func restart() -> Bool { ZSTD_isError(ZSTD_initDStream(stream)) == 0 }
}
