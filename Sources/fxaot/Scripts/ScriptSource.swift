import StrategyIR
import StrategyLanguage

/// A script's file, read and compiled.
enum ScriptSource {
  static func compile(_ path: String) throws(ToolError) -> Compilation {
    let file = try SystemFile(reading: path)
    let most = UInt64(FrontEnd.longestSource)
    var bytes: [UInt8] = []
    let part = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { part.deallocate() }
    // A pipe has no size: read to its end, or to where it is too long anyway.
    while UInt64(bytes.count) <= most {
      let count = try file.read(into: part)
      if count == 0 { break }
      bytes += part[..<count]
    }
    return FrontEnd.compile(SourceText(name: path, bytes: bytes))
  }

  /// The program of a script without errors. Its diagnostics go to standard error.
  static func program(_ path: String) throws(ToolError) -> Program {
    let compilation = try compile(path)
    let shown = compilation.diagnostics.filter { $0.severity != .note }
    shown.forEach { StandardError.write($0.rendered(in: compilation.source)) }
    if let program = compilation.program { return program }
    let count = compilation.errors.count
    throw .failed("\(path) has \(count) error\(count == 1 ? "" : "s")")
  }
}
