/// Files and folders, with a sentence for whatever goes wrong.
enum Disk {
  /// The whole of a file of at most `limit` bytes.
  static func read(_ path: String, limit: Int) throws(CompilerError) -> [UInt8] {
    let file = System.openFile(path, O_RDONLY)
    guard file >= 0 else { throw .system("open", path, errno) }
    defer { _ = System.closeFile(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = part.withUnsafeMutableBytes { System.readBytes(file, $0) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .system("read", path, errno) }
      if count == 0 { return bytes }
      bytes += part[..<count]
      guard bytes.count <= limit else { throw .disk("\(path) is longer than \(limit) bytes") }
    }
  }

  /// A new file, safe on the disk when this returns; nothing is left of it on an error.
  static func write(
    _ bytes: [UInt8], to path: String, mode: mode_t = 0o600
  ) throws(CompilerError) {
    let file = System.openFile(path, O_WRONLY | O_CREAT | O_EXCL, mode)
    guard file >= 0 else { throw .system("write", path, errno) }
    let code = writeAll(bytes, file)
    let closed = System.closeFile(file) == 0 ? 0 : errno
    guard code == 0, closed == 0 else {
      unlink(path)
      throw .system("write", path, code != 0 ? code : closed)
    }
  }

  private static func writeAll(_ bytes: [UInt8], _ file: Int32) -> Int32 {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        System.writeBytes(file, UnsafeRawBufferPointer(rebasing: $0[done...]))
      }
      if count < 0, errno != EINTR { return errno }
      done += max(count, 0)
    }
    return fsync(file) == 0 ? 0 : errno
  }

  /// Puts a file in the place of another of that name, all or nothing. The new file exists under
  /// a name of its own until then.
  static func replace(
    _ path: String, with bytes: [UInt8], mode: mode_t
  ) throws(CompilerError) {
    let fresh = "\(path).\(getpid()).new"
    unlink(fresh)
    try write(bytes, to: fresh, mode: mode)
    guard System.move(fresh, path) == 0 else {
      let code = errno
      unlink(fresh)
      throw .system("write", path, code)
    }
  }

  /// Makes a folder and those above it, where they are not there yet.
  static func makeFolder(_ path: String, mode: mode_t = 0o700) throws(CompilerError) {
    if isFolder(path) { return }
    let parent = folder(of: path)
    if parent != path { try makeFolder(parent, mode: mode) }
    guard mkdir(path, mode) == 0 || (errno == EEXIST && isFolder(path)) else {
      throw .system("make the folder", path, errno)
    }
  }

  static func isFolder(_ path: String) -> Bool { status(path)?.isFolder == true }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The names in a folder, sorted; none where it cannot be read.
  static func names(in path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Removes a file, or a folder with all that is in it; links are not followed.
  static func remove(_ path: String) {
    if status(path, followingLinks: false)?.isFolder == true {
      for name in names(in: path) { remove(path + "/" + name) }
      rmdir(path)
    } else {
      unlink(path)
    }
  }

  /// The path without links; nil where there is nothing.
  static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  static func isExecutable(_ path: String) -> Bool {
    access(path, X_OK) == 0 && !isFolder(path)
  }
}
