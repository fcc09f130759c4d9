/// The scripts that files and folders stand for: of a folder, all that lie in it, by name.
enum ScriptFolder {
  static let suffixes = [".pine", ".pine" + ScriptSource.templateSuffix]

  static func scripts(_ paths: [String]) throws(ToolError) -> [String] {
    var scripts: [String] = []
    for path in paths {
      guard FileStatus(path: path)?.isFolder == true else {
        scripts.append(path)
        continue
      }
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      let found = names.filter { name in suffixes.contains { name.hasSuffix($0) } }.sorted()
      guard !found.isEmpty else { throw .failed("\(path) contains no script") }
      let folder = path.hasSuffix("/") ? path : path + "/"
      scripts += found.map { folder + $0 }
    }
    return scripts
  }

  /// `cross` of `scripts/cross.pine` and of `templates/cross.pine.stencil`.
  static func name(_ path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let suffix = suffixes.reversed().first { file.hasSuffix($0) && file.count > $0.count }
    return suffix.map { String(file.dropLast($0.count)) } ?? file
  }
}
