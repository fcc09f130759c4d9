import CFxaot
import Market

// Tables of contents of zip files, and names of files, as C sees them.

extension ZipFault {
  fileprivate var code: UInt32 {
    switch self {
    case .noDirectory: UInt32(FXAOT_ZIP_NO_DIRECTORY)
    case .badDirectory: UInt32(FXAOT_ZIP_BAD_DIRECTORY)
    case .zip64: UInt32(FXAOT_ZIP_ZIP64)
    case .encrypted: UInt32(FXAOT_ZIP_ENCRYPTED)
    case .method: UInt32(FXAOT_ZIP_METHOD)
    case .badMember: UInt32(FXAOT_ZIP_BAD_MEMBER)
    case .tooLong: UInt32(FXAOT_ZIP_TOO_LONG)
    case .size: UInt32(FXAOT_ZIP_SIZE)
    case .checksum: UInt32(FXAOT_ZIP_CHECKSUM)
    }
  }
}

extension fxaot_zip_member {
  fileprivate init(_ member: ZipMember) {
    self.init(
      packed: member.packed, size: member.size, offset: member.offset, name: UInt64(member.name.lowerBound),
      name_bytes: UInt32(member.name.count), method: member.isDeflated ? 8 : 0, crc: member.crc, reserved: 0)
  }

  fileprivate init(refused name: Range<Int>, _ fault: ZipFault) {
    var method: UInt32 = 0
    if case .method(let number) = fault { method = UInt32(number) }
    self.init(
      packed: 0, size: 0, offset: 0, name: UInt64(name.lowerBound), name_bytes: UInt32(name.count), method: method,
      crc: 0, reserved: 0)
  }

  fileprivate var member: ZipMember {
    ZipMember(name: 0..<0, isDeflated: method == 8, crc: crc, packed: packed, size: size, offset: offset)
  }
}

private func bytes(_ start: UnsafeRawPointer?, _ count: UInt64) -> UnsafeRawBufferPointer? {
  guard let count = Int(exactly: count), start != nil || count == 0 else { return nil }
  return UnsafeRawBufferPointer(start: start, count: count)
}

@_cdecl("fxaot_zip_find")
public func exportZipFind(
  _ tail: UnsafeRawPointer?, _ count: UInt64, _ fileBytes: UInt64, _ out: UnsafeMutablePointer<fxaot_zip_place>?
) -> UInt32 {
  guard let tail = bytes(tail, count), let out else { return UInt32(FXAOT_ZIP_NO_DIRECTORY) }
  do throws(ZipFault) {
    let place = try ZipDirectory.find(inTail: tail, ofFile: fileBytes)
    out.pointee = fxaot_zip_place(offset: place.offset, bytes: UInt64(place.bytes), count: UInt64(place.count))
    return UInt32(FXAOT_ZIP_WHOLE)
  } catch {
    return error.code
  }
}

@_cdecl("fxaot_zip_members")
public func exportZipMembers(
  _ directory: UnsafeRawPointer?, _ place: UnsafePointer<fxaot_zip_place>?,
  _ out: UnsafeMutablePointer<fxaot_zip_member>?, _ count: UnsafeMutablePointer<UInt64>?
) -> UInt32 {
  count?.pointee = 0
  guard let place, let directory = bytes(directory, place.pointee.bytes), let most = Int(exactly: place.pointee.count),
    let out, let count
  else { return UInt32(FXAOT_ZIP_BAD_DIRECTORY) }
  do throws(ZipRefusal) {
    let members = try ZipDirectory.members(directory, count: most)
    for (index, member) in members.enumerated() { out[index] = fxaot_zip_member(member) }
    count.pointee = UInt64(members.count)
    return UInt32(FXAOT_ZIP_WHOLE)
  } catch {
    if most > 0 { out.pointee = fxaot_zip_member(refused: error.name, error.fault) }
    return error.fault.code
  }
}

@_cdecl("fxaot_zip_start")
public func exportZipStart(
  _ member: UnsafePointer<fxaot_zip_member>?, _ header: UnsafeRawPointer?, _ count: UInt64, _ fileBytes: UInt64,
  _ start: UnsafeMutablePointer<UInt64>?
) -> UInt32 {
  guard let member, let header = bytes(header, count), let start else { return UInt32(FXAOT_ZIP_BAD_MEMBER) }
  do throws(ZipFault) {
    start.pointee = try member.pointee.member.start(header: header, ofFile: fileBytes)
    return UInt32(FXAOT_ZIP_WHOLE)
  } catch {
    return error.code
  }
}

@_cdecl("fxaot_zip_check")
public func exportZipCheck(_ member: UnsafePointer<fxaot_zip_member>?, _ size: UInt64, _ crc: UInt32) -> UInt32 {
  guard let member else { return UInt32(FXAOT_ZIP_BAD_MEMBER) }
  do throws(ZipFault) {
    try member.pointee.member.check(size: size, crc: crc)
    return UInt32(FXAOT_ZIP_WHOLE)
  } catch {
    return error.code
  }
}

@_cdecl("fxaot_symbol_in_names")
public func exportSymbolInNames(
  _ names: UnsafePointer<CChar>?, _ length: UInt64, _ out: UnsafeMutablePointer<CChar>?, _ capacity: UInt64
) -> UInt64 {
  guard let text = bytes(names, length), let out else { return 0 }
  let lines = text.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
  guard let symbol = SymbolInName.find(lines), symbol.utf8.count <= capacity else { return 0 }
  for (index, byte) in symbol.utf8.enumerated() { out[index] = CChar(bitPattern: byte) }
  return UInt64(symbol.utf8.count)
}

@_cdecl("fxaot_day_in_name")
public func exportDayInName(_ name: UnsafePointer<CChar>?, _ length: UInt64) -> Int64 {
  bytes(name, length).flatMap { DayInName.midnight($0) } ?? -1
}
