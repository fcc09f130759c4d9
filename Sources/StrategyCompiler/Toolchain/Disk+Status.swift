extension Disk {
  /// What the system knows of a file.
  struct Status: Equatable {
    var size: Int
    var isFolder: Bool
    var owner: UInt32
    /// Permission bits, with the sticky bit.
    var mode: UInt32
    var inode: UInt64
    /// Nanoseconds since 1970.
    var modified: Int64
  }

  static func status(_ path: String, followingLinks: Bool = true) -> Status? {
    var status = stat()
    guard (followingLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    return Status(
      size: Int(clamping: status.st_size), isFolder: status.st_mode & S_IFMT == S_IFDIR,
      owner: status.st_uid, mode: UInt32(status.st_mode) & 0o7777, inode: UInt64(status.st_ino),
      modified: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
  }

  /// Tells a file from others that lie or have lain at its place.
  static func identity(of path: String) -> String {
    guard let status = status(path) else { return path }
    return "\(path) \(status.size) \(status.inode) \(status.modified)"
  }

  /// Bytes of all files below a folder.
  static func size(of path: String) -> Int {
    guard let status = status(path, followingLinks: false) else { return 0 }
    guard status.isFolder else { return status.size }
    return names(in: path).reduce(0) { $0 + size(of: path + "/" + $1) }
  }

  /// Says that a file was used just now.
  static func touch(_ path: String) { utimensat(AT_FDCWD, path, nil, 0) }

  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
