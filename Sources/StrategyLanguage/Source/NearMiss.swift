/// Finds the known name that a misspelt one was probably meant to be.
enum NearMiss {
  private static let longest = 48

  /// The nearest candidate within a third of the name's length in edits, or nil.
  /// O(candidates × length²) with the length bounded.
  static func find<Names: Sequence<String>>(_ name: String, among candidates: Names) -> String? {
    let wanted = Array(name.utf8.prefix(longest + 1))
    guard !wanted.isEmpty, wanted.count <= longest else { return nil }
    var allowed = wanted.count < 3 ? 0 : wanted.count / 3
    var best: String?
    for candidate in candidates where candidate != name {
      let length = candidate.utf8.count
      guard length <= longest, abs(length - wanted.count) <= allowed else { continue }
      let distance = distance(wanted, Array(candidate.utf8))
      if distance < allowed || (distance == allowed && (best == nil || candidate < best!)) {
        allowed = distance
        best = candidate
      }
    }
    return best
  }

  /// Edits (insertion, deletion, substitution, swap of neighbours; case costs nothing) from one
  /// to the other: restricted Damerau–Levenshtein.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var before: [Int] = []
    var previous = Array(0...right.count)
    var current = previous
    for row in 1...max(1, left.count) where row <= left.count {
      current[0] = row
      for column in 0..<right.count {
        let same = lower(left[row - 1]) == lower(right[column])
        var value = previous[column] + (same ? 0 : 1)
        value = min(value, previous[column + 1] + 1, current[column] + 1)
        if row > 1, column > 0, left[row - 1] == right[column - 1],
          left[row - 2] == right[column]
        {
          value = min(value, before[column - 1] + 1)
        }
        current[column + 1] = value
      }
      before = previous
      previous = current
    }
    return previous[right.count]
  }

  private static func lower(_ byte: UInt8) -> UInt8 {
    byte >= 65 && byte <= 90 ? byte | 32 : byte
  }
}
