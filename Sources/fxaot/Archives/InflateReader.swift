import CZlib
import Market

/// Unpacks gzip (also several members one after another) or the raw deflate data of a zip member.
final class InflateReader: ByteReader {
  /// How the end is checked: gzip has its own length and CRC, a zip member's are in its directory.
  enum Wrapping {
    case gzip
    case zipMember(ZipMember)
  }

  /// A gzip file that holds more is refused.
  static let gzipLimit: UInt64 = 64 << 30

  private let source: ByteReader
  private let name: String
  private let wrapping: Wrapping
  private let limit: UInt64
  // zlib keeps a pointer to the stream: it must not move.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private var checksum: UInt = 0
  private var total: UInt64 = 0
  private var isAtEnd = false
  private var isInMember = true

  init(_ source: ByteReader, name: String, wrapping: Wrapping) throws(ToolError) {
    self.source = source
    self.name = name
    self.wrapping = wrapping
    stream.initialize(to: z_stream())
    let windowBits: Int32
    switch wrapping {
    case .gzip: (windowBits, limit) = (15 + 16, InflateReader.gzipLimit)
    case .zipMember(let member): (windowBits, limit) = (-15, member.size)
    }
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, windowBits, ZLIB_VERSION, size) == Z_OK else {
      throw .failed("no memory to unpack \(name)")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ToolError) -> Int {
    let room = UInt32(clamping: buffer.count)
    guard !isAtEnd, room > 0, let base = buffer.baseAddress else { return 0 }
    stream.pointee.next_out = base.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = room
    while stream.pointee.avail_out == room, !isAtEnd { try inflateSome() }
    let count = Int(room - stream.pointee.avail_out)
    total += UInt64(count)
    guard total <= limit else { throw tooLong }
    if case .zipMember = wrapping {
      checksum = crc32(checksum, base.assumingMemoryBound(to: UInt8.self), UInt32(count))
    }
    if isAtEnd { try checkEnd() }
    return count
  }

  private func inflateSome() throws(ToolError) {
    if stream.pointee.avail_in == 0 {
      let count = try source.read(into: input)
      stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_in = UInt32(count)
      if count == 0 {
        if isInMember { throw .failed("\(name) is truncated: its packed data ends too early") }
        isAtEnd = true
        return
      }
    }
    if !isInMember { try beginNextMember() }
    switch inflate(stream, Z_NO_FLUSH) {
    case Z_OK, Z_BUF_ERROR: return
    case Z_STREAM_END:
      isInMember = false
      if case .zipMember = wrapping { isAtEnd = true }
    case Z_MEM_ERROR: throw .failed("no memory to unpack \(name)")
    default:
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "it cannot be unpacked"
      throw .failed("\(name) is damaged: \(reason)")
    }
  }

  /// gzip files may be joined; what follows a member must be another one.
  private func beginNextMember() throws(ToolError) {
    inflateReset(stream)
    isInMember = true
  }

  private func checkEnd() throws(ToolError) {
    guard case .zipMember(let member) = wrapping else { return }
    try member.check(name, total, checksum)
  }

  private var tooLong: ToolError {
    switch wrapping {
    case .gzip: .failed("\(name) unpacks to more than 64 GiB")
    case .zipMember(let member):
      .failed("\(name) is damaged: it unpacks to more than its stated \(member.size) bytes")
    }
  }
}

/// A member that is stored as it is.
final class StoredReader: ByteReader {
  private let source: ByteReader
  private let name: String
  private let member: ZipMember
  private var checksum: UInt = 0
  private var total: UInt64 = 0

  init(_ source: ByteReader, name: String, member: ZipMember) {
    self.source = source
    self.name = name
    self.member = member
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ToolError) -> Int {
    let count = try source.read(into: buffer)
    total += UInt64(count)
    checksum = crc32(
      checksum, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(count))
    if count == 0 { try member.check(name, total, checksum) }
    return count
  }
}

extension ZipMember {
  fileprivate func check(_ name: String, _ total: UInt64, _ checksum: UInt) throws(ToolError) {
    do throws(ZipFault) {
      try check(size: total, crc: UInt32(truncatingIfNeeded: checksum))
    } catch {
      throw error.damage(name)
    }
  }
}
