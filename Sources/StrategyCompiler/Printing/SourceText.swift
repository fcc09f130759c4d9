/// Lines of Swift, indented.
struct SourceText {
  private(set) var text = ""
  private var depth = 0

  mutating func line(_ line: String) {
    text += String(repeating: "  ", count: depth)
    text += line
    text += "\n"
  }

  mutating func blank() { text += "\n" }

  mutating func open(_ line: String) {
    self.line(line)
    depth += 1
  }

  mutating func close(_ line: String = "}") {
    depth -= 1
    self.line(line)
  }

  /// Closes one side of a choice and opens the other.
  mutating func turn(_ line: String) {
    close(line)
    depth += 1
  }
}
