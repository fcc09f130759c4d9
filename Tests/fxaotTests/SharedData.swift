import Foundation
import Testing

/// The folder of real data and reference values beside the project: FXAOT_SHARED, or the first
/// folder `shared` above the checkout. Tests that need it are skipped without it.
enum SharedData {
  static let folder: String? = {
    if let path = ProcessInfo.processInfo.environment["FXAOT_SHARED"] { return path }
    var url = URL(fileURLWithPath: #filePath)
    while url.path != "/" {
      url.deleteLastPathComponent()
      let shared = url.appendingPathComponent("shared").path
      if FileManager.default.fileExists(atPath: shared + "/reference") { return shared }
    }
    return nil
  }()

  static var isThere: Bool { folder != nil }
}

extension Trait where Self == ConditionTrait {
  static var needsSharedData: Self {
    .enabled(if: SharedData.isThere, "needs the folder ../shared with real data")
  }
}

/// A folder for one test's files, removed with the value.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "fxaot-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in the folder, with these bytes.
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  func file(_ name: String, _ text: String) throws -> String {
    try file(name, Array(text.utf8))
  }

  func folder(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: path + "/" + name, withIntermediateDirectories: true)
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: path + "/" + name, encoding: .utf8)
  }
}
