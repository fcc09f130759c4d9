/// What is wrong with a template, or with a value that was set for it.
public struct TemplateError: Error, Equatable {
  /// Of the template, from 1; nil where it is about no place in it.
  public var line: Int?
  public var sentence: String

  public init(_ sentence: String, line: Int? = nil) {
    self.sentence = sentence
    self.line = line
  }
}
