import FXCore
import Market

/// The symbol of quotes, by the names of their files: see `SymbolInName`.
enum SymbolGuess {
  private struct Source {
    let title: String
    let symbol: String?
  }

  /// nil when no name has a symbol. Files of several symbols are an error, and so is one that
  /// names none next to others that do: its quotes would count as theirs. Opens zips for their names.
  static func symbol(of paths: [String]) throws(ToolError) -> String? {
    var all: [Source] = []
    for path in paths { all += try sources(path) }
    guard let first = all.first else { return nil }
    guard let other = all.first(where: { $0.symbol != first.symbol }) else { return first.symbol }
    throw .failed(
      "the file names give different symbols (\(first.title): \(first.symbol ?? "none"), "
        + "\(other.title): \(other.symbol ?? "none")); run one symbol at a time, or give the "
        + "symbol with --symbol")
  }

  /// Nothing but a regular file is opened: what is read from a pipe is gone.
  private static func sources(_ path: String) throws(ToolError) -> [Source] {
    guard path != "-" else { return [Source(title: "standard input", symbol: nil)] }
    let names = [last(path), folder(path)]
    if FileStatus(path: path)?.isRegular == true, let members = try TextQueue.members(path) {
      return members.map {
        Source(title: "\($0) in \(path)", symbol: SymbolInName.find([$0] + names))
      }
    }
    return [Source(title: path, symbol: SymbolInName.find(names))]
  }

  private static func last(_ path: String) -> String {
    String(path.split(separator: "/").last ?? "")
  }

  /// The name of the folder that a file is in; of the current one for a bare file name.
  private static func folder(_ path: String) -> String {
    let full = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    let parts = full.split(separator: "/").filter { $0 != "." }
    return parts.count > 1 ? String(parts[parts.count - 2]) : ""
  }
}
