import Artifacts

/// The files that a run's `--report` options name: a page (.html), its data (.json), a picture (.png).
struct ReportFiles {
  private enum Kind { case page, data, picture }

  private let outputs: [(path: String, kind: Kind)]
  private let other: JSONTree?

  var isEmpty: Bool { outputs.isEmpty }
  var paths: [String] { outputs.map(\.path) }

  /// `compared` is the .json of another report, which is read before the run.
  init(_ paths: [String], compared: String?) throws(ToolError) {
    var outputs: [(path: String, kind: Kind)] = []
    for path in paths {
      let name = path.lowercased()
      if name.hasSuffix(".html") || name.hasSuffix(".htm") {
        outputs.append((path, .page))
      } else if name.hasSuffix(".json") {
        outputs.append((path, .data))
      } else if name.hasSuffix(".png") {
        outputs.append((path, .picture))
      } else {
        throw .failed("--report \(path): a report's name ends in .html, .json or .png")
      }
    }
    self.outputs = outputs
    guard let compared else {
      other = nil
      return
    }
    guard outputs.contains(where: { $0.kind == .page }) else {
      throw .failed("--compare goes with a report that is a page: --report NAME.html")
    }
    other = try ComparedRun.read(compared)
  }

  func write(_ report: Report) throws(ToolError) {
    let data = report.tree.bytes
    for (path, kind) in outputs {
      let bytes: [UInt8]
      switch kind {
      case .page: bytes = try ReportPage.bytes(report, data, other: other)
      case .data: bytes = data + [0x0A]
      case .picture: bytes = try ReportPicture.bytes(report)
      }
      let file = try OutputFile(path)
      try file.append { $0.append(contentsOf: bytes) }
      try file.finish()
    }
  }
}

/// The files beside the tool that a report is made of: `priv/report`, and `priv/www` with the chart library.
enum ReportParts {
  static let library = "lightweight-charts.js"

  static func page(_ name: String) throws(ToolError) -> [UInt8] {
    guard let path = find("report/" + name) else {
      throw .failed(
        "priv/report/\(name) is not near the tool; set FXAOT_WWW to the folder that has report and www in it")
    }
    return try SystemFile.bytes(of: path, atMost: 1 << 24)
  }

  /// nil where it has not been fetched.
  static func chartLibrary() throws(ToolError) -> [UInt8]? {
    guard let path = find("www/" + library) else { return nil }
    return try SystemFile.bytes(of: path, atMost: 1 << 24)
  }

  /// Where FXAOT_WWW says, else in `priv` of the folder that the tool lies in, or of one above.
  private static func find(_ name: String) -> String? {
    if let folder = ProcessInfo.processInfo.environment["FXAOT_WWW"], !folder.isEmpty {
      let path = folder + "/" + name
      return FileStatus(path: path)?.isRegular == true ? path : nil
    }
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    var folder = URL(fileURLWithPath: link ?? CommandLine.arguments[0]).deletingLastPathComponent()
    // bin/fxaot, priv/fxaot, .build/TRIPLE/debug/fxaot-tool, and the tests' bundle
    for _ in 0..<6 {
      for place in [folder.path + "/" + name, folder.path + "/priv/" + name]
      where FileStatus(path: place)?.isRegular == true {
        return place
      }
      folder = folder.deletingLastPathComponent()
    }
    return nil
  }
}
