import StrategyVM
import TestTerms
import Testing

@testable import FXCore

/// Every reason why a script does not start, or stops, as a person reads it.
struct ScriptSentenceTests {
  private static let errors: [(ScriptError, String)] = [
    (.invalidProgram, "the compiled script is damaged"),
    (.unknownParameter("fats"), "the script has no input 'fats'"),
    (.parameterType("Length"), "the input Length takes another type of value"),
    (.parameterRange("Length", minimum: 1, maximum: 50), "the input Length must be from 1 to 50"),
    (.parameterRange("Length", minimum: 0.5, maximum: .nan), "the input Length must be at least 0.5"),
    (.parameterRange("Length", minimum: .nan, maximum: 50), "the input Length must be at most 50"),
    (.parameterOption("Kind"), "the input Kind takes only one of its options"),
    (
      .notConstant(line: 3, what: "request.security's symbol"),
      "line 3: request.security's symbol must be known before the first bar"
    ),
    (.unknownTimeframe("7Q"), "'7Q' is not a timeframe"),
    (
      .shorterTimeframe("5"),
      "the script requests bars of 5, shorter than the chart's: give them with --data SYMBOL=FILE (in Erlang: "
        + "data => #{…})"
    ),
    (.longerTimeframe("60"), "request.security_lower_tf at 60 is longer than the chart's timeframe"),
    (
      .noData(symbol: "AAPL"),
      "request.security needs bars of AAPL: give them with --data AAPL=FILE (in Erlang: data => #{…})"
    ),
    (
      .coarseData(symbol: "AAPL", has: "1D", wanted: "60"),
      "request.security needs AAPL at 60, but its bars are of 1D"
    ),
    (
      .noRate(from: "GBP", to: "USD"),
      "cannot convert GBP to USD: no GBPUSD, no USDGBP, and no two pairs that link them; give one with "
        + "--data GBPUSD=FILE, or add it to the engine"
    ),
    (
      .lateRate(from: "GBP", to: "USD"),
      "cannot convert GBP to USD on the first bar that may trade: the rates start later"
    ),
    (.unknownZone("Mars/Olympus"), "this system has no time zone 'Mars/Olympus'"),
    (.badSession("9-5"), "'9-5' is not a session; write it as 0930-1600 or 0930-1600:23456"),
    (.tooLarge, "the script exceeds its memory limit"),
  ]

  private static let failures: [(ScriptFailure, String)] = [
    (.budget(line: 4), "line 4: the script exceeds its step limit on this bar"),
    (
      .history(line: 4, offset: 5001),
      "line 4: bars ago must be from 0 to 5000 (10000 of open, high, low, close and time), or to a "
        + "larger max_bars_back, not 5001"
    ),
    (.length(line: 4, value: 0), "line 4: a length must be from 1 to 5000, not 0"),
    (.step(line: 4, value: 0), "line 4: the step of a 'for' loop cannot be 0"),
    (.step(line: 4, value: -1), "line 4: a 'for' loop that counts up cannot have the step -1"),
    (.error(line: 0, message: "too few bars"), "too few bars"),
    (.texts(line: 4), "line 4: the script creates too many different strings"),
    (.orders(line: 4), "line 4: the script places more than 10,000 orders on one bar"),
    (
      .object(line: 4, ObjectFault(function: .arrayGet, kind: .index(5, count: 3))),
      "line 4: array.get: the index 5 is outside of 3 elements"
    ),
  ]

  @Test func `Every reason why a script does not start has its sentence`() {
    for (error, sentence) in Self.errors { #expect(error.sentence == sentence) }
    #expect(Set(Self.errors.map { Self.number($0.0) }) == Set(0..<16))
  }

  @Test func `Every reason why a script stops has its sentence`() {
    for (failure, sentence) in Self.failures { #expect(failure.report == sentence) }
    #expect(Set(Self.failures.map { Self.number($0.0) }) == Set(0..<8))
  }

  // A new case does not build until it has a number here, and then needs a row.

  private static func number(_ error: ScriptError) -> Int {
    switch error {
    case .invalidProgram: 0
    case .unknownParameter: 1
    case .parameterType: 2
    case .parameterRange: 3
    case .parameterOption: 4
    case .notConstant: 5
    case .unknownTimeframe: 6
    case .shorterTimeframe: 7
    case .noData: 8
    case .coarseData: 9
    case .noRate: 10
    case .lateRate: 11
    case .unknownZone: 12
    case .badSession: 13
    case .tooLarge: 14
    case .longerTimeframe: 15
    }
  }

  private static func number(_ failure: ScriptFailure) -> Int {
    switch failure {
    case .budget: 0
    case .history: 1
    case .length: 2
    case .step: 3
    case .error: 4
    case .texts: 5
    case .orders: 6
    case .object: 7
    }
  }
}
