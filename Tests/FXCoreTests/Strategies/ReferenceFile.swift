import Foundation

/// A gzipped CSV file of the shared reference data: numbers by column name.
struct ReferenceFile {
  private(set) var columns: [String: [Double]] = [:]

  /// nil where the shared folder is not there.
  static let folder: URL? = {
    let files = FileManager.default
    if let given = ProcessInfo.processInfo.environment["FXAOT_SHARED"] {
      return files.fileExists(atPath: given) ? URL(fileURLWithPath: given) : nil
    }
    var at = URL(fileURLWithPath: #filePath)
    while at.path != "/" {
      at.deleteLastPathComponent()
      let found = at.appendingPathComponent("shared")
      if files.fileExists(atPath: found.appendingPathComponent("reference").path) { return found }
    }
    return nil
  }()

  static func isThere(_ path: String) -> Bool {
    guard let folder else { return false }
    return FileManager.default.fileExists(atPath: folder.appendingPathComponent(path).path)
  }

  init(_ path: String) throws {
    guard let folder = Self.folder else { throw CocoaError(.fileNoSuchFile) }
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gzip.arguments = ["gzip", "-dc", folder.appendingPathComponent(path).path]
    let pipe = Pipe()
    gzip.standardOutput = pipe
    try gzip.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    gzip.waitUntilExit()
    guard gzip.terminationStatus == 0 else { throw CocoaError(.fileReadCorruptFile) }
    let lines = data.split(separator: UInt8(ascii: "\n"))
    guard let head = lines.first else { return }
    let names = String(decoding: head, as: UTF8.self).split(separator: ",").map(String.init)
    var values = [[Double]](repeating: [], count: names.count)
    for line in lines.dropFirst() {
      for (i, cell) in line.split(separator: UInt8(ascii: ",")).enumerated() {
        values[i].append(strtod(String(decoding: cell, as: UTF8.self), nil))
      }
    }
    for (name, column) in zip(names, values) { columns[name] = column }
  }

  subscript(name: String) -> [Double] { columns[name] ?? [] }
}
