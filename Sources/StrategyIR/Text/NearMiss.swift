/// "Did you mean …": the known name that a misspelt one was probably meant to be.
public enum NearMiss {
  private static let longest = 48

  /// The nearest candidate within a third of the name's length in edits, of several the first in
  /// the alphabet; nil where none is near. O(candidates × length²) with the length bounded.
  public static func find(_ name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = lowercased(name)
    guard !wanted.isEmpty, wanted.count <= longest else { return nil }
    var allowed = wanted.count < 3 ? 0 : wanted.count / 3
    var best: String?
    for candidate in candidates where candidate != name {
      let length = candidate.utf8.count
      guard length <= longest, abs(length - wanted.count) <= allowed else { continue }
      let distance = distance(wanted, lowercased(candidate))
      if distance < allowed || (distance == allowed && best.map { candidate < $0 } ?? true) {
        allowed = distance
        best = candidate
      }
    }
    return best
  }

  /// The end of a sentence, empty where no name is near.
  public static func hint(_ name: String, among known: some Sequence<String>) -> String {
    find(name, among: known).map { "; did you mean \($0)?" } ?? ""
  }

  /// Edits (insertion, deletion, substitution, swap of neighbours) from one to the other:
  /// restricted Damerau–Levenshtein.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var before: [Int] = []
    var previous = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        var value = previous[column] + (left[row] == right[column] ? 0 : 1)
        value = min(value, previous[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          value = min(value, before[column - 1] + 1)
        }
        current.append(value)
      }
      (before, previous) = (previous, current)
    }
    return previous[right.count]
  }

  /// Case costs nothing.
  private static func lowercased(_ text: String) -> [UInt8] {
    text.utf8.map { $0 >= 65 && $0 <= 90 ? $0 | 32 : $0 }
  }
}
