/// The values known when a program is rewritten. Without them the rewriting folds only the script's
/// own constants; with all of them the result is ready to run in one place.
///
/// Texts are numbers of the rewriter's arena.
public protocol Knowledge {
  /// The value of a parameter; nil: stays open.
  func value(ofParameter number: Int) -> Double?
  func value(of field: SymbolField) -> Double?
  func value(of field: TimeframeField) -> Double?
  /// Of a book's number that never changes.
  func value(of field: BookField) -> Double?
  /// A function of constants; nil: cannot be known before the first bar.
  func evaluate(_ function: Function, _ arguments: [Double], texts: UInt32) -> Double?
  /// Whether a `request.security`'s timeframe is that of the bars the program is rewritten for.
  func isOwn(timeframe: Double) -> Bool
  /// Whether a `request.security`'s symbol is that of these bars.
  func isOwn(symbol: Double) -> Bool
}

extension Knowledge {
  public func value(of field: BookField) -> Double? { nil }
  public func isOwn(symbol: Double) -> Bool { false }
}

/// Knows the rules of arithmetic and nothing else.
public struct ArithmeticKnowledge: Knowledge {
  let texts: TextFunctions

  public init(arena: TextArena) { texts = TextFunctions(arena: arena, mintick: .nan) }

  public func value(ofParameter number: Int) -> Double? { nil }
  public func value(of field: SymbolField) -> Double? { nil }
  public func value(of field: TimeframeField) -> Double? { nil }
  public func isOwn(timeframe: Double) -> Bool { false }

  public func evaluate(_ function: Function, _ arguments: [Double], texts mask: UInt32) -> Double? {
    guard function != .roundToMintick, function != .textOfNumberFormatted else { return nil }
    return arguments.withUnsafeBufferPointer {
      NumberFunctions.evaluate(function, $0, mintick: .nan)
        ?? texts.evaluate(function, $0, texts: mask)
    }
  }
}
