import StrategyIR
import Trading

/// Continues one book with another version of a script.
extension LiveScript {
  /// The texts that the book may refer to. If the script has few texts, these are all of them: a book has more
  /// trades than that. O(1), else O(orders + trades).
  func texts() -> BookTexts {
    let list = version.runner.textList
    if list.count <= Self.fewTexts { return .list(list) }
    var found: [(number: TextRef, text: String)] = []
    var seen: [Bool] = []
    broker.forEachText { number in
      let index = Int(number)
      if index >= seen.count {
        seen += Array(repeating: false, count: max(index + 1, seen.count * 2) - seen.count)
      }
      if seen[index] { return }
      seen[index] = true
      found.append((number, version.runner.text(number)))
    }
    return .some(found)
  }

  private static let fewTexts = 1_024

  /// The numbers that a new version gives to the book's texts; some are known already, and trades after the
  /// given count are new. nil if the version has no room for them. O(1) if all texts are known.
  func numbers(
    _ known: TextNumbers, for new: ScriptVersion, closedTrades: Int
  ) -> TextNumbers? {
    if known.firstUnknown >= version.runner.textCount { return known }
    var numbers = known
    var isFull = false
    broker.forEachText(closedTradesFrom: closedTrades) { number in
      if numbers[number] != nil || isFull { return }
      isFull = !numbers.add(number, version.runner.text(number), of: new)
    }
    return isFull ? nil : numbers
  }

  /// Gives the book to the new version and returns the old one. O(orders + trades) if texts have other numbers
  /// now, or bars are counted anew.
  func succeed(_ new: ScriptVersion, _ numbers: TextNumbers) -> ScriptVersion {
    if !numbers.areTheSame {
      broker.forEachText { number in number = numbers[number] ?? 0 }
    }
    broker.succeed(
      BarBroker.Succession(
        settings: new.settings, rules: new.rules, barShift: new.bars &- version.bars))
    return exchange(new)
  }
}

/// Texts that a book may refer to, each once.
enum BookTexts {
  case list(TextList)
  case some([(number: TextRef, text: String)])

  /// O(texts).
  var all: [(number: TextRef, text: String)] {
    switch self {
    case .list(let list): (0..<list.count).map { (TextRef($0), list.string(TextRef($0))) }
    case .some(let texts): texts
    }
  }
}

/// Maps one version's numbers of texts to the next version's.
struct TextNumbers {
  private var numbers: [TextRef?] = []
  /// Whether all numbers stay the same.
  private(set) var areTheSame = true
  /// All numbers below it are known.
  private(set) var firstUnknown = 0

  subscript(old: TextRef) -> TextRef? {
    Int(old) < numbers.count ? numbers[Int(old)] : nil
  }

  /// False when the new version has no room for the text.
  mutating func add(_ old: TextRef, _ text: String, of version: ScriptVersion) -> Bool {
    guard let new = version.runner.textNumber(of: text) else { return false }
    let index = Int(old)
    if index >= numbers.count {
      let wanted = max(index + 1, numbers.count * 2)
      numbers += Array(repeating: nil, count: wanted - numbers.count)
    }
    numbers[index] = new
    if index == firstUnknown { firstUnknown += 1 }
    if new != old { areTheSame = false }
    return true
  }
}
