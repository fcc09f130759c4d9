import FXCore
import Market

/// The symbol of quotes, by the names of their files: the first built-in symbol that is a word of a
/// zip member's, the file's or its folder's name. Erlang's file feed has the same rules.
enum SymbolGuess {
  private struct Source {
    let title: String
    let symbol: String?
  }

  private static let separators = Set("-_. /()[],+=")

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
        Source(title: "\($0) in \(path)", symbol: symbol(inNames: [$0] + names))
      }
    }
    return [Source(title: path, symbol: symbol(inNames: names))]
  }

  static func symbol(inNames names: [String]) -> String? {
    for name in names {
      for text in name.uppercased().split(whereSeparator: separators.contains) {
        let word = withoutPeriod(text)
        var bytes = Array(word.utf8)
        let isKnown = bytes.withUnsafeMutableBytes {
          BuiltInInstruments.find(UnsafeRawBufferPointer($0)) != nil
        }
        if isKnown { return String(word) }
      }
    }
    return nil
  }

  /// MetaTrader 4 names files EURUSD1 … EURUSD43200, by the minutes of a bar.
  private static func withoutPeriod(_ word: Substring) -> Substring {
    let digits = word.reversed().prefix { $0.isNumber }.count
    let periods: Set<Substring> = ["1", "5", "15", "30", "60", "240", "1440", "10080", "43200"]
    return periods.contains(word.suffix(digits)) ? word.dropLast(digits) : word
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
