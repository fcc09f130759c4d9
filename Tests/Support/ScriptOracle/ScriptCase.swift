import Calendar
import RandomPrograms
import RandomScripts
import StrategyIR
import StrategyLanguage
import StrategyVM

/// A random script with its program, bars of 15 minutes, and what it does on them by the interpreter.
public struct ScriptCase: Sendable {
  public let seed: UInt64
  public let script: RandomScript
  public let program: Program
  public let bars: [ScriptBar]
  public let expected: OracleRun

  public static let barCount = 40
  public static let environment = ScriptEnvironment(timeframe: Period(seconds: 900))

  /// - Throws: `OracleGap` where the script cannot be compiled or interpreted.
  public init(seed: UInt64, hasObjects: Bool = false) throws {
    try self.init(hasObjects ? RandomScripts.objects(seed: seed) : RandomScripts.script(seed: seed), seed: seed)
  }

  private init(_ script: RandomScript, seed: UInt64) throws {
    self.seed = seed
    self.script = script
    let compilation = FrontEnd.compile(script.text) { name in
      script.libraries["\(name)"].map { SourceText(name: "\(name)", text: $0) }
    }
    guard let program = compilation.program else { throw OracleGap(what: compilation.report) }
    self.program = program
    bars = RandomPrograms.bars(seed: seed, count: Self.barCount)
    expected = try ScriptOracle.run(
      script.text, bars: bars.map { OracleBar($0) }, minutes: 15,
      inputs: Dictionary(uniqueKeysWithValues: script.inputs.map { ($0.title, $0.value.oracle) }),
      libraries: script.libraries)
  }

  public var parameters: [(name: String, value: ParameterValue)] {
    script.inputs.map { ($0.title, $0.value.parameter) }
  }

  /// Where a runner of the program parts from the interpreter for the first time; nil: nowhere.
  public func difference(_ runner: ScriptRunner) -> String? {
    Comparison.difference(runner, on: bars, from: expected)
  }

  /// What to read when one of the program's runners goes wrong: the difference, the inputs, and the
  /// script made as small as it will be while a runner made by `runner` still goes wrong.
  public func report(
    _ difference: String, _ runner: @escaping (ScriptCase) throws -> ScriptRunner
  ) -> String {
    let smaller = { (text: String) -> (ScriptCase, String)? in
      var script = script
      script.text = text
      script.inputs = script.inputs.filter { text.contains("\"\($0.title)\"") }
      guard let made = try? ScriptCase(script, seed: seed), let it = try? runner(made),
        let difference = made.difference(it)
      else { return nil }
      return (made, difference)
    }
    let text = Shrinking.shrink(script.text) { smaller($0) != nil }
    let (least, what) = smaller(text) ?? (self, difference)
    let inputs = least.script.inputs.map { "\($0.title) = \($0.value)" }.joined(separator: ", ")
    return """
      script of seed \(seed), \(difference)
      inputs: \(inputs)
      in a smaller one, \(what)
      \(least.script.text)
      \(least.script.libraries.filter { _ in least.script.text.contains("import") }.map { "library \($0):\n\($1)" }.joined(separator: "\n"))
      """
  }
}

extension RandomScript.Value {
  public var parameter: ParameterValue {
    switch self {
    case .number(let x): .number(x)
    case .truth(let isTrue): .bool(isTrue)
    case .text(let text): .text(text)
    }
  }

  var oracle: OracleValue {
    switch self {
    case .number(let x): .number(x)
    case .truth(let isTrue): .truth(isTrue)
    case .text(let text): .text(text)
    }
  }
}
