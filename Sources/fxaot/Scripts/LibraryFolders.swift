import ArgumentParser
import Foundation
import StrategyLanguage

/// Where `import USER/NAME/VERSION` finds its libraries: `FOLDER/USER/NAME/VERSION.pine`, or for all versions
/// `FOLDER/USER/NAME.pine`.
struct LibraryOptions: ParsableArguments {
  @Option(
    name: .customLong("library"),
    help: ArgumentHelp(
      """
      A folder with libraries that scripts import: USER/NAME/VERSION.pine in it is \
      USER/NAME/VERSION. May be repeated; the folders of FXAOT_LIBRARIES, separated by colons, \
      and those that come with fxaot are looked through after them.
      """, valueName: "folder"))
  var folders: [String] = []

  /// The folders in the order in which they are looked through.
  func all() throws(ToolError) -> LibraryFolders {
    for folder in folders where FileStatus(path: folder)?.isFolder != true {
      throw .failed("--library \(folder): there is no such folder")
    }
    return LibraryFolders(folders)
  }
}

struct LibraryFolders {
  private let folders: [String]

  init(_ folders: [String] = []) {
    let named = (ProcessInfo.processInfo.environment["FXAOT_LIBRARIES"] ?? "").split(separator: ":").map(String.init)
    self.folders = folders + named + Self.shipped
  }

  /// Beside the tool: priv/fxaot has priv/libraries, bin/fxaot has priv/libraries next to bin.
  private static let shipped: [String] = {
    guard let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return [] }
    let folder = URL(fileURLWithPath: link).deletingLastPathComponent()
    return [
      folder.appendingPathComponent("libraries").path,
      folder.deletingLastPathComponent().appendingPathComponent("priv/libraries").path,
    ]
  }()

  /// A library's text; nil where no folder has it. Names that would lead out of the folders are of no library.
  func find(_ name: LibraryName) -> SourceText? {
    guard Self.isPlain(name.user), Self.isPlain(name.name) else { return nil }
    for folder in folders {
      // One file may stand for all versions.
      for path in ["\(folder)/\(name).pine", "\(folder)/\(name.user)/\(name.name).pine"] {
        if let bytes = try? SystemFile.bytes(of: path, atMost: FrontEnd.longestSource) {
          return SourceText(name: path, bytes: bytes)
        }
      }
    }
    return nil
  }

  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { $0 == 0x5F || $0 == 0x2D || $0 >= 48 && $0 < 58 || ($0 | 32) >= 97 && ($0 | 32) < 123 }
  }
}
