/// A script that was made from a template.
public struct RenderedScript: Equatable, Sendable {
  public let text: String
  /// For each line of the text, the line of the template that it came from; both from 1.
  public let templateLines: [Int]

  /// Takes the markers out of a rendered text.
  init(marked: String) {
    var result = String.UnicodeScalarView()
    var lines: [Int] = []
    var current = 1
    for line in marked.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
      if !lines.isEmpty { result.append("\n") }
      var first: Int?
      var number: Int?
      for scalar in line {
        if scalar == Marker.start {
          number = 0
        } else if scalar == Marker.end {
          first = first ?? number
          current = number ?? current
          number = nil
        } else if let digits = number {
          number = digits * 10 + Int(scalar.value) - 48
        } else {
          result.append(scalar)
        }
      }
      lines.append(first ?? current)
    }
    text = String(result)
    templateLines = lines
  }

  /// The line of the template that a line of the text came from; nil beyond the text.
  public func templateLine(of line: Int) -> Int? {
    templateLines.indices.contains(line - 1) ? templateLines[line - 1] : nil
  }
}
