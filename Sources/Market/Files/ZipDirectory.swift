/// The table of contents of a zip file (PKWARE APPNOTE 6.3), read from its end.
///
///     members … │ central directory: one 46-byte record + name each │ end record, 22 bytes + comment
///
/// Stored and deflated members can be read, also those whose sizes are in the zip64 extra field;
/// encryption, a zip64 directory and other methods are faults. Reads no file and unpacks nothing: the tool and Erlang's
/// feed do that, each with its zlib, and both ask here what is where and whether it is whole.
public enum ZipDirectory {
  /// Where the records are in the file, and how many.
  public struct Place: Equatable {
    public let offset: UInt64
    public let bytes: Int
    public let count: Int
  }

  /// The end record is in the last so many bytes of a file.
  public static let tailBytes = endBytes + 65_535
  static let endBytes = 22
  static let recordBytes = 46
  /// A kilobyte for each of the most members.
  static let mostBytes = 64 << 20
  /// A member that claims to hold more is refused.
  static let mostUnpacked: UInt64 = 4 << 30

  /// The last place where an end record lies. `tail`: the last bytes of the file, all or `tailBytes`. O(tail).
  public static func find(inTail tail: UnsafeRawBufferPointer, ofFile fileBytes: UInt64) throws(ZipFault) -> Place {
    let fields = ZipFields(tail)
    guard tail.count >= endBytes, UInt64(tail.count) <= fileBytes,
      let end = stride(from: tail.count - endBytes, through: 0, by: -1).first(where: { fields.word($0) == 0x0605_4B50 })
    else { throw .noDirectory }
    let count = fields.short(end + 10)
    let (bytes, offset) = (UInt64(fields.word(end + 12)), UInt64(fields.word(end + 16)))
    if count == 0xFFFF || bytes == 0xFFFF_FFFF || offset == 0xFFFF_FFFF { throw .zip64 }
    guard offset + bytes <= fileBytes - UInt64(tail.count) + UInt64(end), bytes <= UInt64(mostBytes) else {
      throw .badDirectory
    }
    return Place(offset: offset, bytes: Int(bytes), count: count)
  }

  /// The members that are no folders, in the order of their names. O(bytes + n log n).
  public static func members(
    _ directory: UnsafeRawBufferPointer, count: Int
  ) throws(ZipRefusal) -> [ZipMember] {
    let fields = ZipFields(directory)
    var members: [ZipMember] = []
    var at = 0
    for _ in 0..<max(0, count) {
      guard fields.has(recordBytes, at: at), fields.word(at) == 0x0201_4B50 else { throw ZipRefusal(.badDirectory) }
      let nameBytes = fields.short(at + 28)
      let next = at + recordBytes + nameBytes + fields.short(at + 30) + fields.short(at + 32)
      guard fields.has(next - at, at: at) else { throw ZipRefusal(.badDirectory) }
      let name = at + recordBytes..<at + recordBytes + nameBytes
      if nameBytes == 0 || directory[name.upperBound - 1] != UInt8(ascii: "/") {
        do throws(ZipFault) {
          members.append(try ZipMember(fields, at, name: name))
        } catch {
          throw ZipRefusal(error, of: name)
        }
      }
      at = next
    }
    return members.sorted { directory[$0.name].lexicographicallyPrecedes(directory[$1.name]) }
  }
}

public enum ZipFault: Error, Equatable {
  case noDirectory, badDirectory, zip64, encrypted, badMember, checksum
  case method(Int)
  /// Claims to hold more than 4 GiB.
  case tooLong
  /// Holds so many bytes.
  case size(UInt64, claimed: UInt64)
}

/// A fault, and the member that has it.
public struct ZipRefusal: Error, Equatable {
  public let fault: ZipFault
  /// Where its name is in the directory.
  public let name: Range<Int>

  init(_ fault: ZipFault, of name: Range<Int> = 0..<0) {
    self.fault = fault
    self.name = name
  }
}

public struct ZipMember: Equatable {
  /// Where its name is in the directory.
  public let name: Range<Int>
  public let isDeflated: Bool
  public let crc: UInt32
  public let packed: UInt64
  public let size: UInt64
  /// Of its header.
  public let offset: UInt64

  /// Before a member's name and data.
  public static let headerBytes = 30

  public init(name: Range<Int>, isDeflated: Bool, crc: UInt32, packed: UInt64, size: UInt64, offset: UInt64) {
    self.name = name
    self.isDeflated = isDeflated
    self.crc = crc
    self.packed = packed
    self.size = size
    self.offset = offset
  }

  fileprivate init(_ fields: ZipFields, _ at: Int, name: Range<Int>) throws(ZipFault) {
    let method = fields.short(at + 10)
    if fields.short(at + 8) & 1 != 0 { throw .encrypted }
    guard method == 0 || method == 8 else { throw .method(method) }
    guard let sizes = fields.sizes(at) else { throw .badDirectory }
    if sizes.unpacked > ZipDirectory.mostUnpacked { throw .tooLong }
    self.init(
      name: name, isDeflated: method == 8, crc: fields.word(at + 16), packed: sizes.packed, size: sizes.unpacked,
      offset: sizes.offset)
  }

  /// Where the header may be read, all `headerBytes` of it, in a file of that size.
  public func hasHeader(inFile fileBytes: UInt64) -> Bool {
    let header = UInt64(Self.headerBytes)
    return fileBytes >= header && offset <= fileBytes - header
  }

  /// Where its packed bytes begin, all of which are in the file.
  public func start(header: UnsafeRawBufferPointer, ofFile fileBytes: UInt64) throws(ZipFault) -> UInt64 {
    let fields = ZipFields(header)
    guard hasHeader(inFile: fileBytes), header.count == Self.headerBytes, fields.word(0) == 0x0403_4B50 else {
      throw .badMember
    }
    let start = offset + UInt64(Self.headerBytes + fields.short(26) + fields.short(28))
    guard start <= fileBytes, packed <= fileBytes - start else { throw .badMember }
    return start
  }

  /// Whether what has been unpacked is what the directory says: its length and its CRC-32.
  public func check(size: UInt64, crc: UInt32) throws(ZipFault) {
    if size != self.size { throw .size(size, claimed: self.size) }
    if crc != self.crc { throw .checksum }
  }
}

/// Little-endian fields of records; a field outside reads as 0.
private struct ZipFields {
  private let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  func has(_ count: Int, at offset: Int) -> Bool {
    offset >= 0 && count >= 0 && offset <= bytes.count && count <= bytes.count - offset
  }

  func short(_ offset: Int) -> Int { has(2, at: offset) ? Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 : 0 }

  func word(_ offset: Int) -> UInt32 { UInt32(short(offset)) | UInt32(short(offset + 2)) << 16 }

  private func long(_ offset: Int) -> UInt64 { UInt64(word(offset)) | UInt64(word(offset + 4)) << 32 }

  /// Sizes and place of the member whose record begins at `at`, nil where they are not there. A field of all ones
  /// stands in the zip64 extra field (id 1), in this order.
  func sizes(_ at: Int) -> (unpacked: UInt64, packed: UInt64, offset: UInt64)? {
    var next = extraField(1, at) ?? 0..<0
    func value(_ offset: Int) -> UInt64? {
      let short = word(offset)
      if short != .max { return UInt64(short) }
      guard next.count >= 8 else { return nil }
      defer { next = next.lowerBound + 8..<next.upperBound }
      return long(next.lowerBound)
    }
    guard let unpacked = value(at + 24), let packed = value(at + 20), let offset = value(at + 42) else { return nil }
    return (unpacked, packed, offset)
  }

  /// Where the data of a record's extra field lies.
  private func extraField(_ id: Int, _ at: Int) -> Range<Int>? {
    var field = at + ZipDirectory.recordBytes + short(at + 28)
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
