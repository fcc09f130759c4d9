import Libc
import Synchronization

/// A file with the given bytes in a folder of its own that only this process's user can look into.
/// It is removed with this object; files already opened by its path stay open.
final class PrivateCopy {
  private let folder: [CChar]
  let path: String

  private static let number = Atomic<UInt64>(0)

  init(_ bytes: [UInt8]) throws(ArtifactError) {
    var template = Self.template
    // mkdtemp: mode 0700.
    guard mkdtemp(&template) != nil else {
      throw .unloadable("cannot make a private folder: \(reasonOfFailure())")
    }
    folder = template
    // dlopen knows libraries by their path too: none comes twice in a process.
    let serial = Self.number.wrappingAdd(1, ordering: .relaxed).newValue
    path = Self.text(template) + "/\(serial).so"
    if let why = Self.write(bytes, to: path) {
      throw .unloadable("cannot write its private copy: \(why)")
    }
  }

  deinit {
    _ = unlink(path)
    _ = folder.withUnsafeBufferPointer { $0.baseAddress.map { rmdir($0) } }
  }

  /// In TMPDIR, or in /tmp.
  private static var template: [CChar] {
    let own = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    let parent = own.hasPrefix("/") ? own : "/tmp"
    return Array((parent + "/fxaot-XXXXXX").utf8CString)
  }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func write(_ bytes: [UInt8], to path: String) -> String? {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o500)
    guard file >= 0 else { return reasonOfFailure() }
    let failed = bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let put = systemWrite(file, UnsafeRawBufferPointer(rebasing: rest))
        if put < 0, errno == EINTR { continue }
        if put <= 0 { return true }
        rest = rest.dropFirst(put)
      }
      return false
    }
    let why = failed ? reasonOfFailure() : nil
    guard close(file) == 0 else { return why ?? reasonOfFailure() }
    return why
  }
}

/// Under another name, since the method's hides it.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(file, bytes.baseAddress, bytes.count)
}
