/// Why a scenario cannot be read, or one of its lines cannot be carried out.
public struct ScenarioFault: Error, Equatable {
  /// From 1 on; 0: the whole file.
  public let line: Int
  /// In characters, from 1 on; 0: the whole line.
  public let column: Int
  /// One sentence without its place.
  public let sentence: String

  init(_ line: Int, _ column: Int, _ sentence: String) {
    self.line = line
    self.column = column
    self.sentence = sentence
  }

  /// About a whole line.
  init(_ line: Int, _ sentence: String) { self.init(line, 0, sentence) }

  /// `name:12:5: the sentence`.
  public func text(in name: String) -> String {
    let place = [line, column].prefix { $0 > 0 }.map { ":\($0)" }.joined()
    return "\(name)\(place): \(sentence)"
  }
}
