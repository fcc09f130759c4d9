import Libc

/// A folder that only the process's user and root can change, and its files with the same property. Checks
/// use the open file, so nobody can exchange it between the check and the read.
final class TrustedFolder {
  private let descriptor: Int32
  private let path: String

  init(_ path: String) throws(ArtifactError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path, reasonOfFailure()) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(path, reasonOfFailure()) }
    try Self.check(status, path)
  }

  deinit { if descriptor >= 0 { _ = close(descriptor) } }

  /// The bytes of a file in it, `most` at most. Links and other kinds of files are refused.
  func contents(of name: String, most: Int) throws(ArtifactError) -> [UInt8] {
    let path = self.path + "/" + name
    // Does not wait if the name is a pipe's.
    let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      throw errno == ELOOP ? .untrusted(path, "it is a link") : .unreadable(path, reasonOfFailure())
    }
    defer { _ = close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .unreadable(path, reasonOfFailure()) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .untrusted(path, "it is not a regular file") }
    try Self.check(status, path)
    guard status.st_size <= most else {
      throw .unreadable(path, "it is longer than \(most) bytes")
    }
    return try Self.read(file, Int(status.st_size), path)
  }

  private static func check(_ status: stat, _ path: String) throws(ArtifactError) {
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw .untrusted(path, "another user owns it")
    }
    guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
      throw .untrusted(path, "other users may write to it")
    }
  }

  private static func read(
    _ file: Int32, _ size: Int, _ path: String
  ) throws(ArtifactError) -> [UInt8] {
    var error: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = Self.readSome(file, buffer.baseAddress.map { $0 + count }, size - count)
        if got < 0 { error = errno }
        if got <= 0 { return }
        count += got
      }
    }
    guard bytes.count == size else {
      throw .unreadable(path, error == 0 ? "it became shorter while it was read" : reason(error))
    }
    return bytes
  }

  private static func readSome(_ file: Int32, _ to: UnsafeMutablePointer<UInt8>?, _ count: Int)
    -> Int
  {
    while true {
      let got = systemRead(file, to, count)
      if got >= 0 || errno != EINTR { return got }
    }
  }
}

/// Under another name, since the method's hides it.
private func systemRead(_ file: Int32, _ to: UnsafeMutablePointer<UInt8>?, _ count: Int) -> Int {
  read(file, to, count)
}

/// The message of the newest failed system call.
func reasonOfFailure() -> String { reason(errno) }

func reason(_ error: Int32) -> String {
  strerror(error).map { String(cString: $0) } ?? "error \(error)"
}
