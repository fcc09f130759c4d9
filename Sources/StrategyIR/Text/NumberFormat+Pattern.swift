/// Patterns of numbers: `#.##`, `0.00`, `#,##0.0`, `000`, `#.#%`, `$#,##0.00;($#,##0.00)`, `0 'bars'`.
extension NumberFormat {
  /// Digits that a pattern may ask for on either side of the point.
  private static let mostDigits = 100

  /// Digits are `#` and `0` with `,` and `.`; what stands before and after them is written as it
  /// stands, blanks too. In apostrophes everything is; two of them are one. `%` multiplies by 100.
  /// What follows a `;` stands around negative numbers. A pattern without digits is written before
  /// the number as an int.
  public init(pattern: UnsafeBufferPointer<UInt8>) {
    self.init(fewest: 0, most: 0)
    var place = 0
    before = literal(pattern, &place, untilDigits: true)
    readDigits(pattern, &place)
    after = literal(pattern, &place, untilDigits: false)
    guard place < pattern.count else { return }
    place += 1
    var affixes = Affixes()
    affixes.before = literal(pattern, &place, untilDigits: true)
    while place < pattern.count, Self.isDigit(pattern[place]) { place += 1 }
    affixes.after = literal(pattern, &place, untilDigits: false)
    negative = affixes
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "#") || byte == UInt8(ascii: "0") || byte == UInt8(ascii: ",")
      || byte == UInt8(ascii: ".")
  }

  /// The text that is copied, up to a `;`, the end or, if wanted, the digits.
  private mutating func literal(
    _ pattern: UnsafeBufferPointer<UInt8>, _ place: inout Int, untilDigits: Bool
  ) -> [UInt8] {
    var text: [UInt8] = []
    var isQuoted = false
    while place < pattern.count {
      let byte = pattern[place]
      if byte == UInt8(ascii: "'") {
        if place + 1 < pattern.count, pattern[place + 1] == byte {
          text.append(byte)
          place += 1
        } else {
          isQuoted.toggle()
        }
      } else {
        if !isQuoted {
          if byte == UInt8(ascii: ";") || untilDigits && Self.isDigit(byte) { break }
          if byte == UInt8(ascii: "%") { isPercent = true }
        }
        text.append(byte)
      }
      place += 1
    }
    return text
  }

  private mutating func readDigits(_ pattern: UnsafeBufferPointer<UInt8>, _ place: inout Int) {
    var isFraction = false
    var sinceComma: Int?
    while place < pattern.count, Self.isDigit(pattern[place]) {
      switch pattern[place] {
      case UInt8(ascii: "."): isFraction = true
      case UInt8(ascii: ","): if !isFraction { sinceComma = 0 }
      case UInt8(ascii: "0"):
        if isFraction {
          most = min(most + 1, Self.mostDigits)
          fewest = most
        } else {
          whole = min(whole + 1, Self.mostDigits)
          sinceComma = sinceComma.map { $0 + 1 }
        }
      default:
        if isFraction {
          most = min(most + 1, Self.mostDigits)
        } else {
          sinceComma = sinceComma.map { $0 + 1 }
        }
      }
      place += 1
    }
    group = sinceComma ?? 0
  }
}
