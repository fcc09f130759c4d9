/// A private folder for the files of one compilation, gone with the last reference to it.
final class ScratchFolder {
  let path: String

  /// Below `parent`, which must be there. Only this user can enter it.
  init(in parent: String) throws(CompilerError) {
    var template = Array((parent + "/XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw .system("make a folder in", parent, errno) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { Disk.remove(path) }

  func file(_ name: String) -> String { path + "/" + name }
}
