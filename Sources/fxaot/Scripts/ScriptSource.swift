import Calendar
import ScriptTemplates
import StrategyIR
import StrategyLanguage

/// A script's file, read and compiled; a template is rendered first.
struct ScriptSource {
  static let templateSuffix = ".stencil"

  let path: String
  let compilation: Compilation
  /// The script that a template gave.
  let rendered: RenderedScript?
  /// The template's lines.
  private let templateText: [Substring]

  /// `settings` are the texts `name=value` of --set. On a known chart requests of a shorter
  /// timeframe are errors. See `FrontEnd.compile` for `recordsDrawn`.
  init(
    _ path: String, settings: [String] = [], chart: Period? = nil, libraries: LibraryFolders = LibraryFolders(),
    recordsDrawn: Bool = false
  ) throws(ToolError) {
    self.path = path
    let bytes = try ScriptSource.read(path)
    guard path.hasSuffix(ScriptSource.templateSuffix) else {
      rendered = nil
      templateText = []
      compilation = FrontEnd.compile(
        SourceText(name: path, bytes: bytes), libraries: libraries.find, recordsDrawn: recordsDrawn
      ).on(chart)
      return
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let script = try ScriptSource.render(text, path, settings)
    rendered = script
    templateText = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let name = path.dropLast(ScriptSource.templateSuffix.count) + " (rendered)"
    compilation = FrontEnd.compile(
      SourceText(name: String(name), text: script.text), libraries: libraries.find, recordsDrawn: recordsDrawn
    ).on(chart)
  }

  /// --set goes with templates only.
  static func check(_ settings: [String], for paths: [String]) throws(ToolError) {
    guard settings.isEmpty || paths.contains(where: { $0.hasSuffix(templateSuffix) }) else {
      throw .failed("--set works only with templates; their names end in \(templateSuffix)")
    }
  }

  /// The program of a script without errors. Its diagnostics go to standard error.
  func program() throws(ToolError) -> Program {
    StandardError.write(report { $0.severity != .note })
    if let program = compilation.program { return program }
    let count = compilation.errors.count
    throw .failed("\(path) has \(count) error\(count == 1 ? "" : "s")")
  }

  /// What there is to say, with the place in the template where there is one.
  func report(_ isShown: (Diagnostic) -> Bool = { _ in true }) -> String {
    var text = ""
    for diagnostic in compilation.diagnostics where isShown(diagnostic) {
      text += diagnostic.rendered(in: compilation.source)
      if let line = templateLine(of: diagnostic), templateText.indices.contains(line - 1) {
        text += "  from the template: \(path):\(line): \(templateText[line - 1])\n"
      }
    }
    return text
  }

  /// The line of the template that a diagnostic is about; nil for a script.
  func templateLine(of diagnostic: Diagnostic) -> Int? {
    rendered?.templateLine(
      of: compilation.source.position(of: diagnostic.range.lowerBound).line)
  }

  // MARK: - reading

  private static func read(_ path: String) throws(ToolError) -> [UInt8] {
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
    return bytes
  }

  private static func render(
    _ text: String, _ path: String, _ settings: [String]
  ) throws(ToolError) -> RenderedScript {
    do throws(TemplateError) {
      let template = try ScriptTemplate(text)
      var values: [String: TemplateValue] = [:]
      for setting in settings {
        let (name, value) = try TemplateValue.parse(setting)
        if !template.names.contains(name) {
          let hint = NearMiss.hint(name, among: template.names)
          if !hint.isEmpty { throw TemplateError("the template has no value '\(name)'\(hint)") }
        }
        values[name] = value
      }
      return try template.render(values)
    } catch {
      let place = error.line.map { "\(path):\($0)" } ?? path
      throw .failed("\(place): \(error.sentence)")
    }
  }
}

extension Compilation {
  /// The same on a chart, where its timeframe is known.
  fileprivate func on(_ chart: Period?) -> Compilation {
    guard let chart else { return self }
    let warnings = requestedTimeframes.compactMap { request -> Diagnostic? in
      guard !request.text.isEmpty, let period = Period(request.text),
        period.seconds < chart.seconds
      else { return nil }
      return Diagnostic(
        .warning,
        "the request's timeframe \"\(request.text)\" is shorter than the chart's, \"\(chart.text)\": na without bars of it",
        at: request.range, expected: "\"\(chart.text)\" or a longer one, or bars by --data")
    }
    return warned(warnings)
  }
}
