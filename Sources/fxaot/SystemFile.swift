/// An open file descriptor of the system, closed with the last reference.
final class SystemFile {
  let descriptor: Int32
  let path: String
  private var isOpen = true

  init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  convenience init(reading path: String) throws(ToolError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("open", path, errno) }
    self.init(descriptor: descriptor, path: path)
    if status?.isFolder == true { throw .failed("\(path) is a folder") }
  }

  deinit { _ = close() }

  /// 0, or the error that closing brings to light.
  func close() -> Int32 {
    guard isOpen, descriptor > 2 else { return 0 }
    isOpen = false
    return System.closeFile(descriptor) == 0 ? 0 : errno
  }

  var status: FileStatus? { FileStatus(descriptor: descriptor) }

  /// Reads up to the buffer's size; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ToolError) -> Int {
    while true {
      let count = System.readBytes(descriptor, buffer)
      if count >= 0 { return count }
      if errno != EINTR { throw .system("read", path, errno) }
      if Interrupt.isRequested { throw .interrupted }
    }
  }

  /// The content of a file, which may be a pipe. Of one that is longer than `most`, a part that is longer too.
  static func bytes(of path: String, atMost most: Int) throws(ToolError) -> [UInt8] {
    let file = try SystemFile(reading: path)
    var bytes: [UInt8] = []
    let part = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { part.deallocate() }
    while bytes.count <= most {
      let count = try file.read(into: part)
      if count == 0 { break }
      bytes.append(contentsOf: part[..<count])
    }
    return bytes
  }

  /// Exactly `count` bytes from `offset`, or an error that calls the file truncated.
  func bytes(at offset: UInt64, count: Int) throws(ToolError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress! + done, count - done, off_t(offset) + off_t(done))
      }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .system("read", path, errno) }
      guard got > 0 else { throw .failed("\(path) is truncated") }
      done += got
    }
    return bytes
  }

  static func describe(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// The system's entry of a file.
struct FileStatus {
  let size: UInt64
  let isFolder: Bool
  let isRegular: Bool
  /// Two paths with the same identity are one file.
  let identity: [UInt64]

  init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    size = UInt64(clamping: status.st_size)
    isFolder = status.st_mode & S_IFMT == S_IFDIR
    isRegular = status.st_mode & S_IFMT == S_IFREG
    identity = [UInt64(status.st_dev), UInt64(status.st_ino)]
  }
}

extension SystemFile {
  func seek(to offset: UInt64) throws(ToolError) {
    guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else {
      throw .system("read", path, errno)
    }
  }
}
