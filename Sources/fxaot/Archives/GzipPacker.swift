import CZlib

/// Packs bytes into one gzip member.
final class GzipPacker {
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

  init() throws(ToolError) {
    stream.initialize(to: z_stream())
    let size = Int32(MemoryLayout<z_stream>.size)
    let status = deflateInit2_(
      stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
    guard status == Z_OK else { throw .failed("no memory to pack the output") }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// The packed bytes that are ready; with `isLast` all of them.
  func pack(_ bytes: [UInt8], isLast: Bool) throws(ToolError) -> [UInt8] {
    var packed: [UInt8] = []
    var input = bytes
    let status = input.withUnsafeMutableBufferPointer { input in
      stream.pointee.next_in = input.baseAddress
      stream.pointee.avail_in = UInt32(clamping: input.count)
      var status = Z_OK
      repeat {
        let room = 1 << 16
        let ready = [UInt8](unsafeUninitializedCapacity: room) { out, count in
          stream.pointee.next_out = out.baseAddress
          stream.pointee.avail_out = UInt32(room)
          status = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
          count = room - Int(stream.pointee.avail_out)
        }
        packed += ready
      } while stream.pointee.avail_out == 0 && status == Z_OK
      return status
    }
    // Z_BUF_ERROR only says that there was nothing to do.
    guard status == Z_OK || status == Z_BUF_ERROR || status == Z_STREAM_END else {
      throw .failed("cannot pack the output (zlib status \(status))")
    }
    return packed
  }
}
