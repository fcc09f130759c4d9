import StrategyIR
import Trading

/// One version of a script after another, on one book.
extension LiveScript {
  /// The texts that the book may refer to, each once: all that the script has where these are not
  /// many, since a book has more trades than a script has texts. O(texts), else O(orders + trades).
  func texts() -> [(number: TextRef, text: String)] {
    let count = version.runner.textCount
    if count <= Self.fewTexts {
      return (0..<count).map { (TextRef($0), version.runner.text(TextRef($0))) }
    }
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
    return found
  }

  private static let fewTexts = 1_024

  /// The numbers that a new version gives to the book's texts, where some are known already and
  /// closed trades have come since that many. nil when it has no room for them.
  func numbers(
    _ known: TextNumbers, for new: ScriptVersion, closedTrades: Int
  ) -> TextNumbers? {
    var numbers = known
    var isFull = false
    broker.forEachText(closedTradesFrom: closedTrades) { number in
      if numbers[number] != nil || isFull { return }
      isFull = !numbers.add(number, version.runner.text(number), of: new)
    }
    return isFull ? nil : numbers
  }

  /// The new version goes on with the book; the answer is the old one. O(orders + trades) where texts
  /// have other numbers now, or bars are counted anew.
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

/// What the texts of one version are called by the next one.
struct TextNumbers {
  private var numbers: [TextRef?] = []
  /// No text has another number.
  private(set) var areTheSame = true

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
    if new != old { areTheSame = false }
    return true
  }
}
