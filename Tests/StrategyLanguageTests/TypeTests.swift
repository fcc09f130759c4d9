import Calendar
import StrategyIR
import Testing

@testable import StrategyLanguage

@Suite struct TypeTests {
  private func messages(_ body: String, version: Int = 6) -> [String] {
    FrontEnd.compile("//@version=\(version)\nstrategy(\"t\")\n\(body)\n").errors.map(\.message)
  }

  @Test(arguments: [
    (
      "x = ta.ema(close, bar_index)",
      "'length' of 'ta.ema' must be known before the first bar, but it is a series int"
    ),
    (
      "n = input.int(5)\nx = input.int(n)",
      "'defval' of 'input.int' must be known when the script is compiled, but it is an input int"
    ),
    (
      "var n = 5\nn += 1\nx = ta.rsi(close, n)",
      "'length' of 'ta.rsi' must be known before the first bar, but it is a series int"
    ),
    ("simple float x = close", "the declaration says simple, but the value is a series float"),
    ("const int x = input.int(5)", "the declaration says const, but the value is an input int"),
    (
      "f(simple int n) => n\nx = f(bar_index)",
      "'n' of 'f' must be known before the first bar, but it is a series int"
    ),
  ])
  func `A value that is known too late is refused`(script: String, expected: String) {
    #expect(messages(script) == [expected])
  }

  @Test(arguments: [
    "n = input.int(5)\nx = ta.ema(close, n * 2 + 1)",
    "n = input.bool(true) ? 5 : 9\nx = ta.ema(close, n)",
    "m = input.string(\"a\", options=[\"a\", \"b\"])\nn = switch m\n    \"a\" => 5\n    => 9\n"
      + "x = ta.ema(close, n)",
    "n = 0\nn := 5\nf() =>\n    n = 1\n    n := 2\n    n\nx = ta.sma(close, n + f())",
    "len = input.int(5)\nf(src, len) => ta.ema(src, len)\nx = f(close, len)",
    "f() =>\n    len = 1\n    len := 2\n    len\nlen = input.int(5)\nx = ta.ema(close, len) + f()",
    "x = ta.wma(close, input.int(9) / 2)", "x = timeframe.isdaily ? ta.ema(close, 5) : close",
    "x = input.color(color.new(color.red, 50))", "x = ta.sma(close, math.round(math.sqrt(20)))",
    "x = input.time(timestamp(\"01 Jan 2020 00:00 +0000\"))",
    "f(n) => ta.wma(close, n / 3)\nx = f(input.int(9) / 2)",
  ])
  func `What is known before the first bar may be a length`(script: String) {
    #expect(messages(script) == [])
  }

  @Test(arguments: [
    ("x = 1\nx := 2.5", "'x' is int and cannot hold a const float"),
    ("x = close > open ? 1 : \"a\"", "the two sides of '?:' have different types: a const int and a const string"),
    ("x = if close > open\n    1\nelse\n    true", "the branches have different types: int and bool"),
    ("x = na", "cannot infer the type of 'x' from na"),
    ("bool x = na", "'x' is declared as bool, but its value is na"),
    ("x = strategy.cancel_all()", "the expression has no value for 'x'"),
    ("[a, b] = close", "2 names for 1 value"),
    ("x = [1, 2] + 1", "a tuple cannot be part of an expression"),
    ("f(x) => x\ny = f()", "'f' needs the argument 'x'"),
    ("x = math.abs(1, 2)", "'math.abs' takes at most 1 argument"),
    ("x = ta.sma(source = close, source = open)", "'source' is given twice"),
    ("x = ta.sma(length = 5, close)", "an argument without a name follows a named one"),
    ("strategy.entry(\"a\", 1)", "'direction' of 'strategy.entry' cannot be a const int"),
    ("strategy.exit(\"a\", \"b\")", "'strategy.exit' has no trigger"),
    ("x = close[-1]", "a negative offset would read the future"),
    ("x = close[10001]", "history reaches back at most 10000 bars here"),
    ("x = hl2[5001]", "history reaches back at most 5000 bars here"),
    ("max_bars_back(close, 20001)", "history reaches back at most 20000 bars"),
    (
      "f() =>\n    n := 2\nn = 1\nf()",
      "a function cannot assign to the global variable 'n'"
    ),
    (
      "f(n) =>\n    n := 2\nf(close)",
      "'n' is a parameter or a loop counter and cannot be assigned"
    ),
    ("x = 1\nx = 2", "'x' is already declared in this block"),
    ("break", "'break' and 'continue' need a loop around them"),
    ("if close > open\n    plot(close)", "'plot' must stand at the top level"),
    ("strategy(\"b\")", "the script is declared twice"),
    ("f(x) => f(x - 1)\ny = f(3)", "unknown function 'f'"),
    ("x = input.int(5, minval = 6)", "the default is less than the minimum"),
    ("x = input.string(\"c\", options = [\"a\", \"b\"])", "the default is not one of the options"),
    ("x = timestamp(\"yesterday\")", "'yesterday' is not a date in a known format"),
    ("x = request.security(\"\", \"7Q\", close)", "'7Q' is not a timeframe"),
  ])
  func `What does not fit is refused`(script: String, expected: String) {
    #expect(messages(script) == [expected])
  }

  @Test func `Version 5 takes numbers for conditions and na for a bool; version 6 does not`() {
    let script = "x = bar_index ? 1 : 2\nbool b = na\nif not bar_index\n    x := 3"
    #expect(messages(script, version: 5) == [])
    #expect(messages(script).count == 3)
  }

  @Test func `A function that is never called is checked all the same`() {
    #expect(
      messages("f(x) =>\n    y = closee + x\n    ta.sma(y, 5)") == ["'closee' is not declared"])
    #expect(messages("f(x) => x * 2 + ta.ema(close, x)") == [])
  }

  @Test func `A script must say what it is`() {
    let errors = FrontEnd.compile("x = 1").errors
    #expect(errors.map(\.message) == ["the script has no declaration"])
  }

  @Test func `Dates as people write them`() {
    let day: Int64 = 1_580_428_800_000  // 2020-01-31 00:00 UTC
    #expect(DateText.milliseconds(of: "2020-01-31") == day)
    #expect(DateText.milliseconds(of: "31 Jan 2020") == day)
    #expect(DateText.milliseconds(of: "Jan 31 2020") == day)
    #expect(DateText.milliseconds(of: "Fri, 31 Jan 2020 01:30 +0130") == day)
    #expect(DateText.milliseconds(of: "2020-01-31T09:30:05Z") == day + 34_205_000)
    #expect(DateText.milliseconds(of: "2020-01-31 00:00 -05:00") == day + 18_000_000)
    #expect(DateText.milliseconds(of: "31 Jan 2020 00:00 UTC+2") == day - 7_200_000)
    #expect(DateText.milliseconds(of: "29 Feb 1972") == 68_169_600_000)
    #expect(DateText.milliseconds(of: "") == nil)
    #expect(DateText.milliseconds(of: "2020-13-01") == nil)
    #expect(DateText.milliseconds(of: "2020-01-31T25:00") == nil)
  }
}
