/// One text of quotes after the other: plain files, gzip files and the members of zips, told
/// apart by their first bytes and opened when their turn comes.
struct TextQueue {
  struct Text {
    /// For messages.
    let name: String
    /// Where a LEAN file's day is looked for: the member's name, then the file's.
    let dayNames: [String]
    let reader: ByteReader
  }

  private enum Entry {
    case path(String)
    case member(ZipArchive.Member, ZipArchive, SystemFile)
  }

  /// Next one last.
  private var waiting: [Entry]
  private let onRead: (Int) -> Void

  /// `onRead` is told of every portion read from disk.
  init(_ paths: [String], onRead: @escaping (Int) -> Void) {
    waiting = paths.reversed().map { .path($0) }
    self.onRead = onRead
  }

  mutating func next() throws(ToolError) -> Text? {
    while let entry = waiting.popLast() {
      switch entry {
      case .path("-"):
        return try standardInput()
      case .path(let path):
        if let text = try open(path) { return text }
      case .member(let member, let archive, let file):
        return Text(
          name: "\(member.name) in \(file.path)", dayNames: [member.name, file.path],
          reader: try archive.open(member, in: file, onRead: onRead))
      }
    }
    return nil
  }

  /// nil for a zip, whose members are now next in the queue.
  private mutating func open(_ path: String) throws(ToolError) -> Text? {
    let file = try SystemFile(reading: path)
    let start = try file.start()
    guard !start.isEmpty else { throw .failed("\(path) is empty") }
    if TextQueue.isZip(start) {
      let archive = try ZipArchive(file)
      let members = try TextQueue.members(archive, path)
      waiting += members.reversed().map { .member($0, archive, file) }
      return nil
    }
    for suffix in ["zip", "gz"] where path.hasSuffix("." + suffix) && !TextQueue.isGzip(start) {
      throw .failed("\(path) is no \(suffix) file")
    }
    return try text(file, start: start, name: path)
  }

  private func standardInput() throws(ToolError) -> Text {
    let file = SystemFile(descriptor: 0, path: "standard input")
    let start = try file.start()
    guard !start.isEmpty else { throw .failed("standard input is empty") }
    guard !TextQueue.isZip(start) else {
      throw .failed("a zip file cannot be read from standard input: give its name")
    }
    return try text(file, start: start, name: file.path)
  }

  private func text(_ file: SystemFile, start: [UInt8], name: String) throws(ToolError) -> Text {
    let plain = FileReader(file, pushedBack: start, onRead: onRead)
    let reader: ByteReader =
      TextQueue.isGzip(start)
      ? try InflateReader(plain, name: name, wrapping: .gzip) : plain
    return Text(name: name, dayNames: [name], reader: reader)
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
    guard !members.isEmpty else { throw .failed("there is no file in \(path)") }
    return members
  }

  private static func isZip(_ start: [UInt8]) -> Bool {
    start == [0x50, 0x4B, 3, 4] || start == [0x50, 0x4B, 5, 6]
  }

  private static func isGzip(_ start: [UInt8]) -> Bool { start.starts(with: [0x1F, 0x8B]) }
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
