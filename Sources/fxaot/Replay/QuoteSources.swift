/// The files that a run reads, in its order: as given, a folder's by name.
struct QuoteSources {
  let paths: [String]
  /// Size of all files as they are on disk; nil with standard input among them.
  let totalBytes: UInt64?

  private static let suffixes = [
    ".csv", ".txt", ".tsv", ".gz", ".zip", ".bz2", ".xz", ".zst", ".bi5", ".parquet",
  ]

  init(_ arguments: [String]) throws(ToolError) {
    var paths: [String] = []
    for argument in arguments {
      if argument == "-" {
        paths.append(argument)
        continue
      }
      guard let status = FileStatus(path: argument) else {
        throw .system("open", argument, errno)
      }
      paths += status.isFolder ? try QuoteSources.files(in: argument) : [argument]
    }
    guard paths.count(where: { $0 == "-" }) < 2 else {
      throw .failed("standard input (-) can be read only once")
    }
    self.paths = paths
    totalBytes =
      paths.contains("-") ? nil : paths.reduce(0) { $0 + (FileStatus(path: $1)?.size ?? 0) }
  }

  private static func files(in folder: String) throws(ToolError) -> [String] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw .failed("cannot read the folder \(folder)")
    }
    let base = folder.hasSuffix("/") ? folder : folder + "/"
    let files =
      names
      .filter { name in !name.hasPrefix(".") && suffixes.contains { name.lowercased().hasSuffix($0) } }
      .filter { FileStatus(path: base + $0)?.isFolder == false }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    guard !files.isEmpty else {
      throw .failed("no quote files (.csv, .txt, .tsv, .bi5, or packed) in the folder \(folder)")
    }
    return files.map { base + $0 }
  }

  /// An output over one of the inputs would destroy it before it is read; one that cannot be written would be lost after a
  /// long run.
  func refuse(output: String) throws(ToolError) {
    guard let status = FileStatus(path: output) else {
      let folder = output.lastIndex(of: "/").map { String(output[...$0]) } ?? "."
      if access(folder, W_OK) != 0 { throw .system("write", output, errno) }
      return
    }
    if status.isFolder { throw .system("write", output, EISDIR) }
    if access(output, W_OK) != 0 { throw .system("write", output, errno) }
    let identity = status.identity
    if paths.contains(where: { $0 != "-" && FileStatus(path: $0)?.identity == identity }) {
      throw .failed("\(output) is also a quote file; choose another name for the output")
    }
  }
}
