import Indicators

/// A script as data: one tree of statements over flat tables, which refer to each other by
/// numbers. Built by `ProgramBuilder`, run by StrategyVM.
///
///     body ─▶ blocks[…] = [Statement] ─▶ expressions[…] ─▶ arguments[…]
///                                          │    ├─▶ sites[…]     (a kernel's call)
///                                          │    └─▶ requests[…]  (request.security)
///                                          └─▶ variables[…]
///
/// The tables only grow and refer backwards: an expression's operands, a block's expressions and
/// nested blocks have smaller numbers than itself. So a reader goes through them without recursion
/// limits of its own, and a decoder can check them in one pass.
public struct Program: Sendable {
  public var settings = ProgramSettings()
  public var parameters: [Parameter] = []
  /// Entry 0 is the empty text.
  public var texts: [String] = [""]
  public var variables: [Variable] = []
  public var expressions: [Expression] = []
  /// Of each expression.
  public var types: [ValueType] = []
  public var arguments: [ExpressionRef] = []
  public var sites: [Site] = []
  public var requests: [Request] = []
  public var blocks: [[Statement]] = []
  /// The source line of each statement of `blocks`, 0 where unknown.
  public var lines: [[Int32]] = []
  public var loops: [ForLoop] = []
  public var orders: [OrderCall] = []
  public var risks: [RiskCall] = []
  public var plots: [Plot] = []
  /// The statements that run once a bar.
  public var body = BlockRef.none

  public init() {}

  /// The longest window of a function, and the history that is kept of a variable; asking for more
  /// stops the script.
  public static var longestHistory: Int { Pine.longestHistory }
  /// The same of open, high, low, close and time.
  public static var longestPriceHistory: Int { 10_000 }
  /// The most that `max_bars_back` can make of both.
  public static var mostHistory: Int { 20_000 }

  /// How many bars back a variable can be read, or a field.
  public func history(of field: BarField? = nil) -> Int {
    let usual =
      switch field {
      case .open, .high, .low, .close, .time: Self.longestPriceHistory
      default: Self.longestHistory
      }
    return max(usual, min(settings.maxBarsBack, Self.mostHistory))
  }

  public func arguments(_ list: ArgumentList) -> ArraySlice<ExpressionRef> {
    arguments[Int(list.start)..<Int(list.start) + Int(list.count)]
  }
}

/// A variable. Names need not be unique; a name is for messages and the text form.
public struct Variable: Hashable, Sendable {
  public var name: String
  public var type: ValueType
  /// `varip`: a run on a bar that is run again leaves its value.
  public var staysWithinBar: Bool
  public init(name: String, type: ValueType, staysWithinBar: Bool = false) {
    self.name = name
    self.type = type
    self.staysWithinBar = staysWithinBar
  }
}

/// A `request.security`, or a `request.currency_rate`.
///
/// Its expression is calculated in a world of its own: the whole script, without orders and
/// plots, run over the bars of `symbol` and `timeframe`, with `block` and `results` evaluated at this
/// place. The world is derived from the program when it is made ready to run, so the front end lowers
/// the expression once, where it stands.
public struct Request: Hashable, Sendable {
  public enum Kind: UInt8, Sendable, CaseIterable {
    case security
    /// One unit of the currency `symbol` in the currency `currency`, a bar a day; the result is a
    /// bar's close.
    case currencyRate
    /// `request.security_lower_tf`: of each result an array, of its values on the request's bars within a bar of
    /// the world that asks.
    case lowerBars
  }

  public var kind = Kind.security
  /// Text, known before the first bar; "" is the chart's.
  public var timeframe: ExpressionRef
  /// Bools, known before the first bar; `none` is false (off).
  public var gaps, lookahead: ExpressionRef
  /// Text, known before the first bar; `none` and "" are the chart's. Of a rate: the currency that
  /// is converted.
  public var symbol = ExpressionRef.none
  /// Text, known before the first bar: the currency that prices are converted into; `none`: no conversion.
  public var currency = ExpressionRef.none
  /// Bool, known before the first bar: na where the symbol has no data, instead of an error.
  public var ignoresMissing = ExpressionRef.none
  /// Statements that the results need (user functions' bodies, temporaries).
  public var block: BlockRef
  public var results: [ExpressionRef]

  public init(
    timeframe: ExpressionRef, gaps: ExpressionRef, lookahead: ExpressionRef, block: BlockRef,
    results: [ExpressionRef]
  ) {
    self.timeframe = timeframe
    self.gaps = gaps
    self.lookahead = lookahead
    self.block = block
    self.results = results
  }

  /// The arguments that must be known before the first bar.
  public var options: [ExpressionRef] {
    [timeframe, gaps, lookahead, symbol, currency, ignoresMissing].filter { !$0.isNone }
  }
}
