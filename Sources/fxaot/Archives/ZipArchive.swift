import Market

/// An open zip file: see `ZipDirectory`.
struct ZipArchive {
  struct Member {
    let name: String
    let entry: ZipMember
  }

  /// In the order of their names.
  let members: [Member]
  private let path: String
  private let fileSize: UInt64

  /// Reads the directory, which is bounded by the format's 65,535 members.
  init(_ file: SystemFile) throws(ToolError) {
    path = file.path
    fileSize = file.status?.size ?? 0
    members = try ZipArchive.members(file, fileSize)
  }

  private static func members(_ file: SystemFile, _ fileSize: UInt64) throws(ToolError) -> [Member] {
    let tailSize = min(fileSize, UInt64(ZipDirectory.tailBytes))
    let place = try file.bytes(at: fileSize - tailSize, count: Int(tailSize)).withUnsafeBytes { bytes in
      Result { () throws(ZipFault) in try ZipDirectory.find(inTail: bytes, ofFile: fileSize) }
    }.mapError { $0.refusal(file.path, member: nil) }.get()
    let directory = try file.bytes(at: place.offset, count: place.bytes)
    func name(_ range: Range<Int>) -> String { String(decoding: directory[range], as: UTF8.self) }
    return try directory.withUnsafeBytes { bytes in
      Result { () throws(ZipRefusal) in try ZipDirectory.members(bytes, count: place.count) }
    }
    .mapError { $0.fault.refusal(file.path, member: name($0.name)) }.get()
    .map { Member(name: name($0.name), entry: $0) }
  }

  /// The unpacked bytes of a member. The archive's file gets another place by this.
  func open(
    _ member: Member, in file: SystemFile, onRead: @escaping (Int) -> Void
  ) throws(ToolError) -> ByteReader {
    let (title, entry) = ("\(member.name) in \(path)", member.entry)
    guard entry.hasHeader(inFile: fileSize) else { throw ZipFault.badMember.refusal(path, member: member.name) }
    let header = try file.bytes(at: entry.offset, count: ZipMember.headerBytes)
    let start = try header.withUnsafeBytes { bytes in
      Result { () throws(ZipFault) in try entry.start(header: bytes, ofFile: fileSize) }
    }.mapError { $0.refusal(path, member: member.name) }.get()
    try file.seek(to: start)
    let packed = FileReader(file, limit: entry.packed, onRead: onRead)
    if entry.isDeflated { return try InflateReader(packed, name: title, wrapping: .zipMember(entry)) }
    return StoredReader(packed, name: title, member: entry)
  }
}

extension ZipFault {
  /// What is wrong with an archive, or with a member of it.
  fileprivate func refusal(_ path: String, member: String?) -> ToolError {
    let title = member.map { "\($0) in \(path)" } ?? path
    return switch self {
    case .noDirectory: .failed("\(path) is truncated or not a zip file: it has no table of contents")
    case .zip64: .failed("\(path) is a zip64 file; fxaot cannot read it: unpack it first")
    case .badDirectory: .failed("\(path) is damaged: its table of contents is broken")
    case .encrypted: .failed("\(title) is encrypted; fxaot cannot read it")
    case .method(let method): .failed("\(title) is packed by method \(method); fxaot reads deflate only")
    case .tooLong: .failed("\(title) unpacks to more than 4 GiB; unpack it first")
    case .badMember: .failed("\(title) is damaged: its data is outside the file")
    case .size, .checksum: damage(title)
    }
  }

  /// The same of a member that has been unpacked.
  func damage(_ title: String) -> ToolError {
    switch self {
    case .size(let size, let claimed):
      .failed("\(title) is damaged: it unpacks to \(size) bytes instead of \(claimed)")
    default: .failed("\(title) is damaged: its checksum is wrong")
    }
  }
}
