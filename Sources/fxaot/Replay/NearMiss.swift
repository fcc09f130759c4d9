/// "Did you mean …": the known name nearest to a wrong one.
enum NearMiss {
  /// A sentence's tail, empty where no name is near enough (a third of its length, at least 1).
  static func hint(_ name: String, among known: [String]) -> String {
    let best = known.map { ($0, distance(Array(name.lowercased().utf8), Array($0.utf8))) }
      .min { $0.1 < $1.1 }
    guard let best, best.1 <= max(1, best.0.utf8.count / 3) else { return "" }
    return "; did you mean \(best.0)?"
  }

  /// Edits (insert, delete, replace, swap of neighbours) between two names; optimal string
  /// alignment, O(a · b).
  static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard a.count <= 256 else { return .max }
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
