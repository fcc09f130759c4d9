import Stencil

/// A script with holes, in the language of Stencil: `{{ fast|default:5 }}`,
/// `{% if kind == "momentum" %}`.
///
/// A line that holds nothing but `{% %}` and `{# #}` leaves no line in the script. Besides Stencil's
/// own filters there is `one_of:"a,b"`, which refuses other values. There is no include.
public struct ScriptTemplate: Sendable {
  /// Longer ones are refused.
  public static let longestBytes = 1 << 20

  /// What values can be set for, sorted.
  public let names: [String]
  private let prepared: String

  public init(_ text: String) throws(TemplateError) {
    guard text.utf8.count <= ScriptTemplate.longestBytes else {
      throw TemplateError("the template is larger than 1 MiB")
    }
    let parts = try TemplateParts(text).parts
    let tags = parts.filter { $0.kind == .variable || $0.kind == .block }
    let loops = Set(tags.flatMap { TemplateTag.loopNames($0.text) })
    names = Set(tags.flatMap { TemplateTag.names($0.text) }).subtracting(loops).sorted()
    prepared = try ScriptTemplate.prepare(parts)
  }

  /// Marks where each line begins, and takes lines that hold only tags out of the script. Each line
  /// of the template stays one line, so that Stencil's own numbers are right.
  private static func prepare(_ parts: [TemplateParts.Part]) throws(TemplateError) -> String {
    var result = ""
    var line: [TemplateParts.Part] = []
    for (index, part) in parts.enumerated() {
      line.append(part)
      let isLast = index == parts.count - 1
      guard isLast || (part.kind == .text && part.text.hasSuffix("\n")) else { continue }
      result += try prepare(line: line)
      line = []
    }
    return result
  }

  private static func prepare(line: [TemplateParts.Part]) throws(TemplateError) -> String {
    let marker = Marker.text(line.first?.line ?? 1)
    let isBare =
      line.allSatisfy { $0.kind != .variable && ($0.kind != .text || $0.isBlank) }
      && line.contains { $0.kind != .text }
    if isBare {
      let tags = line.filter { $0.kind == .block }.map(\.text).joined()
      // Also the line ends of tags that go over several lines.
      let ends = line.filter { $0.kind != .block }.flatMap(\.text).filter(\.isNewline).count
      return "{#\(marker)#}\(tags){#\(String(repeating: "\n", count: ends))#}"
    }
    var text = marker
    for part in line {
      text += part.kind == .variable ? try TemplateTag.guarded(part) : part.text
    }
    return text
  }

  /// The script, and from which line of the template each of its lines came.
  public func render(_ values: [String: TemplateValue]) throws(TemplateError) -> RenderedScript {
    for name in values.keys.sorted() where !names.contains(name) {
      let known = names.isEmpty ? "it has none" : "it has " + names.joined(separator: ", ")
      throw TemplateError("the template has no value '\(name)'; \(known)")
    }
    do {
      let environment = Environment(extensions: [ValueFilters.make()])
      let text = try environment.renderTemplate(
        string: prepared, context: values.mapValues(\.any))
      return RenderedScript(marked: text)
    } catch {
      throw ScriptTemplate.described(error)
    }
  }

  private static func described(_ error: any Error) -> TemplateError {
    guard let error = error as? TemplateSyntaxError else { return TemplateError("\(error)") }
    let line = error.token.flatMap { Marker.line(in: $0.sourceMap.location.content) }
    return TemplateError(error.reason, line: line)
  }
}

extension TemplateParts.Part {
  fileprivate var isBlank: Bool { text.allSatisfy(\.isWhitespace) }
}
