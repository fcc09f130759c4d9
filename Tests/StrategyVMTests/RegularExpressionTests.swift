import Foundation
import RandomPrograms
import Testing

@testable import StrategyIR

/// `str.match`'s expressions, against examples and against Foundation's.
@Suite struct RegularExpressionTests {
  @Test(arguments: [
    ("It's time to sell some NASDAQ:SYMBOL!", "[\\w]+:[\\w]+", "NASDAQ:SYMBOL"),
    ("abcabc", "b.", "bc"), ("aaa", "a{2}", "aa"), ("aaa", "a+?", "a"), ("aaa", "a{2,}?", "aa"), ("ab", "a|ab", "a"),
    ("ab", "ab|a", "ab"), ("ab12", "\\d+$", "12"), ("ab12\n", "\\d+$", "12"), ("ab12\nc", "\\d+$", ""),
    ("price 1.25, 2", "\\d+\\.\\d*", "1.25"), ("x y", "\\by", "y"), ("xy", "\\By", "y"), ("a]b", "[\\]-]", "]"),
    ("a-b", "[+-]", "-"), ("é1", "[^a-z]", "é"), ("z", "[\\W\\d]", ""), ("_", "[^\\W]", "_"),
    ("tab\there", "\\x09h", "\th"),
    ("aab", "(?:a|b)*b", "aab"), ("", "a*", ""), ("b", "a*", ""), ("xaxb", "x(a|b)x(a|b)", "xaxb"), ("a\nb", "a.b", ""),
  ]) func `finds the leftmost match`(text: String, pattern: String, found: String) throws {
    let scalars = Array(text.unicodeScalars)
    let range = try RegularExpression(pattern).firstMatch(in: scalars)
    #expect(String(String.UnicodeScalarView(scalars[range ?? 0..<0])) == found)
  }

  @Test(arguments: [
    ("(a", "it has a '(' without a ')'"), ("a)", "it has a ')' without a '('"), ("[a", "it has a '[' without a ']'"),
    ("[]", "it has an empty '[]'; '\\]' is the character"), ("*a", "a '*' follows nothing that it could repeat"),
    ("a\\", "it ends with a backslash"), ("\\1", "'\\1' is not known"), ("\\bx\\k", "'\\k' is not known"),
    ("(?=a)", "of the groups with '(?' only '(?:' is known"),
    ("a++", "'a++' is not known: repetition is greedy, or lazy with a '?'"),
    ("^*", "'^*' repeats what has no character"),
    ("a{", "a '{' needs numbers up to 1000, as in {2} or {2,5}; '\\{' is the character"),
    ("a{3,2}", "a '{' needs numbers up to 1000, as in {2} or {2,5}; '\\{' is the character"),
    ("[z-a]", "a range in '[…]' goes from a character to a later one"), ("(a{1000}){1000}", "it repeats too much"),
    ("(a*)*", "'(a*)*' repeats without end what may be empty"),
    ("\\xg0", "'\\x' needs two hexadecimal digits"),
    ("[a[b]]", "classes within classes are not known; '\\[' is the character"),
    (String(repeating: "(", count: 60), "its groups lie more than 50 deep"),
  ]) func `says why a pattern cannot be used`(pattern: String, sentence: String) {
    #expect(throws: RegularExpression.Fault(sentence: sentence)) { try RegularExpression(pattern) }
  }

  /// The expression that a backtracking search does not end with.
  @Test func `takes time in proportion to the text`() throws {
    let text = Array(String(repeating: "a", count: 4_000).unicodeScalars)
    #expect(try RegularExpression("(a*a)*b").firstMatch(in: text) == nil)
  }

  @Test func `agrees with Foundation's on random patterns`() throws {
    var random = Randomness(seed: 20_261_130)
    var compared = 0
    for _ in 0..<2_000 {
      let pattern = Self.pattern(&random, depth: 3)
      let text = String((0..<random.below(9)).map { _ in random.pick(Array("abc\n")) })
      let expected = try NSRegularExpression(pattern: pattern)
        .firstMatch(in: text, range: NSRange(location: 0, length: text.utf16.count)).map { Range($0.range)! }
      let made: RegularExpression
      do throws(RegularExpression.Fault) {
        made = try RegularExpression(pattern)
      } catch {
        #expect(error.sentence.hasSuffix(" repeats without end what may be empty"))
        continue
      }
      compared += 1
      let found = made.firstMatch(in: Array(text.unicodeScalars))
      #expect(found == expected, "\(pattern) in \(text.debugDescription)")
    }
    #expect(compared > 1_500)
  }

  private static func pattern(_ random: inout Randomness, depth: Int) -> String {
    let atom = random.pick(["a", "b", "c", ".", "[ab]", "[^a]", "\\w", "\\s"])
    if depth == 0 { return atom }
    func part() -> String { pattern(&random, depth: depth - 1) }
    switch random.below(8) {
    case 0: return part() + "|" + part()
    case 1:
      return "(" + part() + ")" + random.pick(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}"])
    case 2: return "^" + part()
    case 3: return part() + "$"
    case 4: return atom + random.pick(["*", "+", "?", "*?", "{0,2}?"])
    default: return part() + part()
    }
  }
}
