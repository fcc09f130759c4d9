/// The texts of quotes in some files: plain files, packed ones and the members of zips, told apart
/// by their first bytes, each opened when its turn comes.
struct TextQueue {
  struct Text {
    /// For messages.
    let name: String
    /// Where a symbol and LEAN's day are looked for: the member's name, then the file's path.
    let names: [String]
    let reader: ByteReader
  }

  /// A text that may be opened, standard input only once.
  struct Entry {
    fileprivate enum Place {
      case input
      case path(String)
      case bi5(String, Bi5Reader.Place)
      case member(ZipArchive.Member, ZipArchive, String)
    }

    fileprivate let place: Place
    let name: String
    let names: [String]
    /// The zip that it is a member of.
    var archive: String?
    /// The symbol that its path tells, and what else is to be said of it.
    var symbol: String?
    var note: String?
    var isStandardInput: Bool {
      if case .input = place { return true }
      return false
    }
  }

  /// The texts of these files in their order, a zip's by their names. Opens every file.
  /// `decimals` are those of a .bi5 file's prices; nil: the usual ones of its symbol.
  static func entries(_ paths: [String], decimals: Int? = nil) throws(ToolError) -> [Entry] {
    var entries: [Entry] = []
    for path in paths {
      if path == "-" {
        entries.append(
          Entry(place: .input, name: "standard input", names: ["standard input"]))
        continue
      }
      // A pipe can be read only once.
      guard FileStatus(path: path)?.isRegular == true else {
        entries.append(Entry(place: .path(path), name: path, names: [path]))
        continue
      }
      let file = try SystemFile(reading: path)
      let start = try file.start()
      if path.lowercased().hasSuffix(".bi5") {
        // An hour without a tick is a file without a byte.
        if !start.isEmpty { entries.append(try bi5(path, decimals)) }
        continue
      }
      guard !start.isEmpty else { throw .failed("\(path) is empty") }
      guard isZip(start) else {
        try checkSuffix(path, start)
        entries.append(Entry(place: .path(path), name: path, names: [path]))
        continue
      }
      let archive = try ZipArchive(file)
      if archive.members.contains(where: { $0.name == "[Content_Types].xml" }) {
        throw .failed("\(path) is an Excel workbook: save it as CSV")
      }
      for member in try members(archive, path) {
        entries.append(
          Entry(
            place: .member(member, archive, path), name: "\(member.name) in \(path)",
            names: [member.name, path], archive: path))
      }
    }
    guard !entries.isEmpty else { throw .failed("all files are empty") }
    return entries
  }

  private static func bi5(_ path: String, _ decimals: Int?) throws(ToolError) -> Entry {
    let place = try Bi5Reader.place(path, decimals: decimals)
    return Entry(
      place: .bi5(path, place), name: path, names: [path], symbol: place.symbol,
      note: "Dukascopy .bi5 of \(place.symbol), prices with \(place.decimals) decimals, the hour "
        + "by the path")
  }

  /// A name that promises a compression is held to it.
  private static func checkSuffix(_ path: String, _ start: [UInt8]) throws(ToolError) {
    for suffix in ["zip", "gz", "bz2", "xz", "zst"] where path.hasSuffix("." + suffix) {
      guard let packing = Packing(start), packing.suffix == suffix else {
        throw .failed("\(path) is not a \(suffix) file")
      }
    }
  }

  /// `onRead` gets the size of every portion read from disk.
  static func open(_ entry: Entry, onRead: @escaping (Int) -> Void) throws(ToolError) -> Text {
    let reader: ByteReader
    switch entry.place {
    case .input: reader = try standardInput(onRead)
    case .path(let path):
      let file = try SystemFile(reading: path)
      reader = try unpacked(file, start: try file.start(), name: path, onRead)
    case .bi5(let path, let place):
      let file = FileReader(try SystemFile(reading: path), onRead: onRead)
      guard let decoder = LzmaDecoder(isAlone: true) else {
        throw .failed("no memory to unpack \(path)")
      }
      reader = Bi5Reader(
        UnpackingReader(file, name: path, decoder: decoder), name: path, place: place)
    case .member(let member, let archive, let path):
      reader = try archive.open(member, in: SystemFile(reading: path), onRead: onRead)
    }
    return Text(name: entry.name, names: entry.names, reader: try decoded(reader))
  }

  private static func standardInput(_ onRead: @escaping (Int) -> Void) throws(ToolError)
    -> ByteReader
  {
    let file = SystemFile(descriptor: 0, path: "standard input")
    let start = try file.start()
    guard !start.isEmpty else { throw .failed("standard input is empty") }
    guard !isZip(start) else {
      throw .failed("cannot read a zip file from standard input; give its path")
    }
    return try unpacked(file, start: start, name: file.path, onRead)
  }

  private static func unpacked(
    _ file: SystemFile, start: [UInt8], name: String, _ onRead: @escaping (Int) -> Void
  ) throws(ToolError) -> ByteReader {
    let plain = FileReader(file, pushedBack: start, onRead: onRead)
    return try Packing(start)?.reader(plain, name) ?? plain
  }

  /// UTF-16 becomes UTF-8.
  private static func decoded(_ reader: ByteReader) throws(ToolError) -> ByteReader {
    let mark = UnsafeMutableRawBufferPointer.allocate(byteCount: 2, alignment: 1)
    defer { mark.deallocate() }
    var count = 0
    while count < 2 {
      let got = try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: mark[count...]))
      if got == 0 { break }
      count += got
    }
    let start = Array(mark[..<count])
    return Utf16Reader(reader, start: start) ?? PushedBackReader(reader, start: start)
  }

  /// The names of a zip's texts, in the queue's order; nil for a file that is no zip.
  static func members(_ path: String) throws(ToolError) -> [String]? {
    let file = try SystemFile(reading: path)
    guard isZip(try file.start()) else { return nil }
    return try members(try ZipArchive(file), path).map(\.name)
  }

  private static func members(
    _ archive: ZipArchive, _ path: String
  ) throws(ToolError) -> [ZipArchive.Member] {
    let members = archive.members.filter { !$0.name.hasPrefix("__MACOSX/") }
    guard !members.isEmpty else { throw .failed("\(path) contains no file") }
    return members
  }

  static func isZip(_ start: [UInt8]) -> Bool {
    start == [0x50, 0x4B, 3, 4] || start == [0x50, 0x4B, 5, 6]
  }

}

/// How a file is packed, by its first four bytes.
enum Packing {
  case gzip, bzip2, xz, zstd

  init?(_ start: [UInt8]) {
    if start.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if start.starts(with: [0x42, 0x5A, 0x68]) {
      self = .bzip2
    } else if start == [0xFD, 0x37, 0x7A, 0x58] {
      self = .xz
    } else if start == [0x28, 0xB5, 0x2F, 0xFD] {
      self = .zstd
    } else {
      return nil
    }
  }

  var suffix: String {
    switch self {
    case .gzip: "gz"
    case .bzip2: "bz2"
    case .xz: "xz"
    case .zstd: "zst"
    }
  }

  func reader(_ plain: ByteReader, _ name: String) throws(ToolError) -> ByteReader {
    let decoder: StreamDecoder?
    switch self {
    case .gzip: return try InflateReader(plain, name: name, wrapping: .gzip)
    case .bzip2: decoder = Bzip2Decoder()
    case .xz: decoder = LzmaDecoder(isAlone: false)
    case .zstd: decoder = ZstdDecoder()
    }
    guard let decoder else { throw .failed("no memory to unpack \(name)") }
    return UnpackingReader(plain, name: name, decoder: decoder)
  }
}

extension SystemFile {
  /// The next four bytes, fewer where there are no more.
  fileprivate func start() throws(ToolError) -> [UInt8] {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 1)
    defer { bytes.deallocate() }
    var count = 0
    while count < 4 {
      let got = try read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...]))
      if got == 0 { break }
      count += got
    }
    return Array(bytes[..<count])
  }
}
