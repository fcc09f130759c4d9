import Calendar
import StrategyIR

/// The symbol as a script reads it.
public struct ScriptSymbol: Sendable {
  /// `syminfo.mintick`, the step of prices.
  public var mintick = 0.01
  public var pointValue = 1.0
  /// `syminfo.mincontract`, the step of quantities.
  public var minContract = 0.000001
  public var prefix = "", ticker = "", root = "", description = ""
  /// `syminfo.type`: "crypto", "forex", "stock" …
  public var type = "crypto"
  public var currency = "USD", baseCurrency = ""
  /// `syminfo.timezone`: the name and its rules.
  public var timezone = "UTC"
  public var zone = ZoneRules.utc
  /// `syminfo.session`.
  public var session = "24x7"
  public init() {}
}

/// Where a script runs: all that must be known before its first bar.
public struct ScriptEnvironment: Sendable {
  public var symbol = ScriptSymbol()
  /// Of the chart's bars.
  public var timeframe: Period
  /// The zones that a script names, such as "America/New_York"; nil: unknown. Fixed offsets and the
  /// symbol's own zone are not asked for.
  public var zone: @Sendable (String) -> ZoneRules?
  /// Other symbols' histories, and the chart's own where another script may request it.
  public var data = MarketData()
  /// The account's currency; nil: the script's, else the symbol's.
  public var accountCurrency: String?
  /// Whether requests of timeframes below the chart's that there are no bars of are na; else the script does not
  /// start.
  public var mayLackShorterBars = false
  /// Node evaluations that a bar may take.
  public var stepBudget = 1_000_000

  public init(
    timeframe: Period, zone: @escaping @Sendable (String) -> ZoneRules? = { _ in nil }
  ) {
    self.timeframe = timeframe
    self.zone = zone
  }
}

extension ScriptEnvironment {
  /// The currency that a script's account is in.
  public func account(of program: Program) -> String {
    let own = program.settings.broker.currency
    return accountCurrency ?? (own.isEmpty ? symbol.currency : own)
  }
}

/// A parameter's value as a user gives it.
public enum ParameterValue: Hashable, Sendable {
  case number(Double)
  case bool(Bool)
  case text(String)
}

/// Why a script cannot be run here.
public enum ScriptError: Error, Equatable, Sendable {
  case invalidProgram
  case unknownParameter(String)
  /// The value is of another type, or outside the parameter's range or options.
  case parameterType(String)
  case parameterRange(String, minimum: Double, maximum: Double)
  case parameterOption(String)
  /// A value is not known before the first bar: line and name.
  case notConstant(line: Int, what: String)
  case unknownTimeframe(String)
  /// A request at a timeframe shorter than the chart's, without bars of it.
  case shorterTimeframe(String)
  /// request.security_lower_tf at a timeframe longer than that of the bars that ask.
  case longerTimeframe(String)
  /// request.security of a symbol that there are no bars of.
  case noData(symbol: String)
  /// The bars of another symbol are longer than those that are asked for.
  case coarseData(symbol: String, has: String, wanted: String)
  /// No history links the two currencies.
  case noRate(from: String, to: String)
  /// The histories that link them begin later than the orders.
  case lateRate(from: String, to: String)
  case unknownZone(String)
  case badSession(String)
  case tooLarge
}

/// Why a script stopped on a bar. It stays stopped.
public enum ScriptFailure: Equatable, Sendable {
  /// More node evaluations than `stepBudget`.
  case budget(line: Int)
  /// A history offset below 0 or beyond the kept bars (`Program.history`).
  case history(line: Int, offset: Double)
  /// A length that a function cannot have: below 1 or beyond 5,000.
  case length(line: Int, value: Double)
  /// A step of a `for` that cannot be: 0, or a negative one of a loop that counts up.
  case step(line: Int, value: Double)
  /// `runtime.error`.
  case error(line: Int, message: String)
  /// More texts than the run-time table holds.
  case texts(line: Int)
  /// More orders on one bar than 10,000.
  case orders(line: Int)
  /// A function over objects that could not be done.
  case object(line: Int, ObjectFault)
}
