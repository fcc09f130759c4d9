import Foundation
import Testing

@testable import fxaot

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

extension Scratch {
  /// Runs a command: nil where it succeeds, else its sentence of refusal, with this folder's paths cut short.
  @discardableResult
  func fxaot(_ arguments: [String]) throws -> String? {
    do {
      var command = try Fxaot.parseAsRoot(arguments)
      try command.run()
      return nil
    } catch ToolError.failed(let sentence) {
      return sentence.replacingOccurrences(of: path + "/", with: "")
    }
  }

  /// Five bars of 15 minutes from 2025-03-31T00:00Z on.
  func fiveBars() throws -> String {
    try file(
      "bars.csv",
      """
      timestamp,open,high,low,close,volume
      1743379200000,100.00,101.00,99.00,100.50,10
      1743380100000,100.50,103.00,100.00,102.00,10
      1743381000000,102.00,104.00,101.00,103.00,10
      1743381900000,103.00,103.50,98.00,99.00,10
      1743382800000,99.00,100.00,98.50,99.50,10

      """)
  }
}
