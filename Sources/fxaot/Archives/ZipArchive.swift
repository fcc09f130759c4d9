/// The table of contents of a zip file (PKWARE APPNOTE 6.3), read from its end.
///
///     members … │ central directory: one 46-byte record + name each │ end record, 22 bytes + comment
///
/// Stored and deflated members can be read, also those whose sizes are in the zip64 extra field;
/// encryption, a zip64 directory and other methods are errors.
struct ZipArchive {
  struct Member {
    let name: String
    let isDeflated: Bool
    let crc: UInt32
    let packedSize: UInt64
    let size: UInt64
    let headerOffset: UInt64
  }

  /// In the order of their names.
  let members: [Member]
  private let path: String
  private let fileSize: UInt64

  /// Reads the directory, which is bounded by the format's 65,535 members.
  init(_ file: SystemFile) throws(ToolError) {
    path = file.path
    fileSize = file.status?.size ?? 0
    let tailSize = min(fileSize, 22 + 65_535)
    let tail = ZipBytes(try file.bytes(at: fileSize - tailSize, count: Int(tailSize)))
    guard let end = tail.lastRecord(0x0605_4B50, size: 22) else {
      throw .failed("\(path) is truncated or not a zip file: it has no table of contents")
    }
    let count = tail.short(end + 10)
    let size = UInt64(tail.word(end + 12))
    let offset = UInt64(tail.word(end + 16))
    guard count != 0xFFFF, size != 0xFFFF_FFFF, offset != 0xFFFF_FFFF else {
      throw .failed("\(path) is a zip64 file; fxaot cannot read it: unpack it first")
    }
    guard offset + size <= fileSize - tailSize + UInt64(end) else {
      throw .failed("\(path) is damaged: its table of contents is outside the file")
    }
    let directory = ZipBytes(try file.bytes(at: offset, count: Int(size)))
    members = try ZipArchive.members(directory, count: count, path: path)
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private static func members(
    _ directory: ZipBytes, count: Int, path: String
  ) throws(ToolError) -> [Member] {
    var members: [Member] = []
    var at = 0
    for _ in 0..<count {
      guard directory.has(46, at: at), directory.word(at) == 0x0201_4B50 else {
        throw .failed("\(path) is damaged: its table of contents is broken")
      }
      let nameLength = directory.short(at + 28)
      let next = at + 46 + nameLength + directory.short(at + 30) + directory.short(at + 32)
      guard directory.has(next - at, at: at) else {
        throw .failed("\(path) is damaged: its table of contents is broken")
      }
      let name = directory.text(at + 46, count: nameLength)
      if !name.hasSuffix("/") {
        members.append(try member(directory, at, name: name, path: path))
      }
      at = next
    }
    return members
  }

  private static func member(
    _ directory: ZipBytes, _ at: Int, name: String, path: String
  ) throws(ToolError) -> Member {
    let method = directory.short(at + 10)
    let title = "\(name) in \(path)"
    guard directory.short(at + 8) & 1 == 0 else {
      throw .failed("\(title) is encrypted; fxaot cannot read it")
    }
    guard method == 0 || method == 8 else {
      throw .failed("\(title) is packed by method \(method); fxaot reads deflate only")
    }
    guard let sizes = directory.sizes(at) else {
      throw .failed("\(path) is damaged: its table of contents is broken")
    }
    guard sizes.unpacked <= InflateReader.memberLimit else {
      throw .failed("\(title) unpacks to more than 4 GiB; unpack it first")
    }
    return Member(
      name: name, isDeflated: method == 8, crc: directory.word(at + 16),
      packedSize: sizes.packed, size: sizes.unpacked, headerOffset: sizes.offset)
  }

  /// The unpacked bytes of a member. The archive's file gets another place by this.
  func open(
    _ member: Member, in file: SystemFile, onRead: @escaping (Int) -> Void
  ) throws(ToolError) -> ByteReader {
    let title = "\(member.name) in \(path)"
    let damaged = ToolError.failed("\(title) is damaged: its data is outside the file")
    guard fileSize >= 30, member.headerOffset <= fileSize - 30 else { throw damaged }
    let header = ZipBytes(try file.bytes(at: member.headerOffset, count: 30))
    guard header.word(0) == 0x0403_4B50 else { throw damaged }
    let start = member.headerOffset + 30 + UInt64(header.short(26) + header.short(28))
    guard start <= fileSize, member.packedSize <= fileSize - start else { throw damaged }
    try file.seek(to: start)
    let packed = FileReader(file, limit: member.packedSize, onRead: onRead)
    if member.isDeflated {
      return try InflateReader(
        packed, name: title, wrapping: .zipMember(size: member.size, crc: member.crc))
    }
    return StoredReader(packed, name: title, size: member.size, crc: member.crc)
  }
}

/// Little-endian fields of a record; a field outside reads as 0.
struct ZipBytes {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func has(_ count: Int, at offset: Int) -> Bool {
    offset >= 0 && count >= 0 && offset <= bytes.count && count <= bytes.count - offset
  }

  func short(_ offset: Int) -> Int {
    has(2, at: offset) ? Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 : 0
  }

  func word(_ offset: Int) -> UInt32 {
    UInt32(short(offset)) | UInt32(short(offset + 2)) << 16
  }

  func long(_ offset: Int) -> UInt64 {
    UInt64(word(offset)) | UInt64(word(offset + 4)) << 32
  }

  func text(_ offset: Int, count: Int) -> String {
    has(count, at: offset)
      ? String(decoding: bytes[offset..<offset + count], as: UTF8.self) : ""
  }

  /// The last place where a record of `size` bytes with this signature lies.
  func lastRecord(_ signature: UInt32, size: Int) -> Int? {
    guard bytes.count >= size else { return nil }
    return stride(from: bytes.count - size, through: 0, by: -1).first { word($0) == signature }
  }
}

extension ZipBytes {
  /// Sizes and place of the member whose directory record begins at `at`, nil where they are
  /// not there. A field of all ones stands in the zip64 extra field (id 1), in this order.
  fileprivate func sizes(_ at: Int) -> (unpacked: UInt64, packed: UInt64, offset: UInt64)? {
    var next = extraField(1, at) ?? 0..<0
    func value(_ offset: Int) -> UInt64? {
      let short = word(offset)
      if short != .max { return UInt64(short) }
      guard next.count >= 8 else { return nil }
      defer { next = next.lowerBound + 8..<next.upperBound }
      return long(next.lowerBound)
    }
    guard let unpacked = value(at + 24), let packed = value(at + 20), let offset = value(at + 42)
    else { return nil }
    return (unpacked, packed, offset)
  }

  /// Where the data of a record's extra field lies.
  private func extraField(_ id: Int, _ at: Int) -> Range<Int>? {
    var field = at + 46 + short(at + 28)
    let end = field + short(at + 30)
    while field + 4 <= end {
      let data = field + 4..<field + 4 + short(field + 2)
      if data.upperBound > end { return nil }
      if short(field) == id { return data }
      field = data.upperBound
    }
    return nil
  }
}
