import CZlib

@testable import fxaot

/// Writes small zip files, right ones and wrong ones.
struct ZipBuilder {
  struct Member {
    var name: String
    var bytes: [UInt8]
    /// Packed by raw deflate, or stored.
    var deflated = true
    var flags: UInt16 = 0
    var method: UInt16?
    /// Added to the true checksum.
    var checksumError: UInt32 = 0
    /// Sizes and offset in the zip64 extra field, as LEAN's files have them.
    var zip64 = false
    var claimedSize: UInt64?
  }

  private(set) var bytes: [UInt8] = []

  init(_ members: [Member], comment: String = "") {
    var directory: [UInt8] = []
    for member in members {
      let packed = member.deflated ? ZipBuilder.deflate(member.bytes) : member.bytes
      let offset = bytes.count
      bytes += ZipBuilder.record(member, packed.count, offset: nil) + packed
      directory += ZipBuilder.record(member, packed.count, offset: offset)
    }
    let start = bytes.count
    bytes += directory
    bytes += ZipBuilder.little(0x0605_4B50, 4) + [0, 0, 0, 0]
    bytes += ZipBuilder.little(members.count, 2) + ZipBuilder.little(members.count, 2)
    bytes += ZipBuilder.little(directory.count, 4) + ZipBuilder.little(start, 4)
    bytes += ZipBuilder.little(comment.utf8.count, 2) + Array(comment.utf8)
  }

  init(_ name: String, _ text: String) {
    self.init([Member(name: name, bytes: Array(text.utf8))])
  }

  /// A local header without an offset, a directory record with one.
  private static func record(_ member: Member, _ packed: Int, offset: Int?) -> [UInt8] {
    let size = member.claimedSize ?? UInt64(member.bytes.count)
    let crc = UInt32(crc32(0, member.bytes, UInt32(member.bytes.count))) &+ member.checksumError
    var extra: [UInt8] = []
    if member.zip64, let offset {
      extra = little(1, 2) + little(24, 2) + little(size, 8) + little(packed, 8) + little(offset, 8)
    }
    func field(_ value: some BinaryInteger) -> [UInt8] {
      member.zip64 ? [255, 255, 255, 255] : little(value, 4)
    }
    var record = offset == nil ? little(0x0403_4B50, 4) : little(0x0201_4B50, 4) + [45, 0]
    record += [45, 0] + little(member.flags, 2)
    record += little(member.method ?? (member.deflated ? 8 : 0), 2) + [0, 0, 0, 0]
    record += little(crc, 4) + field(packed) + field(size)
    record += little(member.name.utf8.count, 2) + little(extra.count, 2)
    if let offset { record += [UInt8](repeating: 0, count: 10) + field(offset) }
    return record + Array(member.name.utf8) + extra
  }

  private static func little(_ value: some BinaryInteger, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func deflate(_ bytes: [UInt8]) -> [UInt8] {
    var input = bytes
    var out = [UInt8](repeating: 0, count: bytes.count + 1_000)
    let count = input.withUnsafeMutableBufferPointer { input in
      out.withUnsafeMutableBufferPointer { out in
        var stream = z_stream()
        deflateInit2_(
          &stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
          Int32(MemoryLayout<z_stream>.size))
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = out.baseAddress
        stream.avail_out = UInt32(out.count)
        CZlib.deflate(&stream, Z_FINISH)
        let count = Int(stream.total_out)
        deflateEnd(&stream)
        return count
      }
    }
    return Array(out[..<count])
  }
}
