// Writes what programs do on bars, for whoever compares another way of running them:
//
//     TraceData scripts BARS FILE.pine … > trace
//     TraceData random FIRST COUNT BARS > trace
//     TraceData symbols BARS > trace
//     TraceData written FIRST COUNT BARS > trace
//     TraceData objects FIRST COUNT BARS > trace
//
// `written` are random scripts as text, through the front end; `objects` random programs over arrays, maps …
//
// A trace is the number of cases (4 bytes), and of each case its length (4 bytes) and a `Trace`.
import Calendar
import Foundation
import RandomPrograms
import RandomScripts
import StrategyIR
import StrategyLanguage
import StrategyVM

struct Refusal: Error { let why: String }

/// A random walk of closes on a grid, with fewer quotes at some bars than at others; now and then a
/// bar is missing.
func walk(_ count: Int, minutes: Int64, from price: Double, decimals: Double, spread: Double)
  -> [ScriptBar]
{
  var random = Randomness(seed: 5)
  let unit = { Double(random.below(1 << 30)) / Double(1 << 30) }
  let grid = { ($0 * decimals).rounded() / decimals }
  var close = price
  return (0..<count).compactMap { index in
    let open = close
    close = grid(close * (1 + (unit() - 0.5) * spread))
    let high = grid(max(open, close) * (1 + unit() * spread / 4))
    let low = grid(min(open, close) * (1 - unit() * spread / 4))
    let volume = (unit() * unit() * 60).rounded() + 1
    if random.below(33) == 0 { return nil }
    let time = 1_704_067_200_000 + Int64(index) * minutes * 60_000
    return ScriptBar(
      time: time, timeClose: time + minutes * 60_000, open: open, high: high, low: low,
      close: close, volume: volume)
  }
}

/// A script of the strategies on minutes of a currency, any other on quarters of an hour of a coin.
func scripts(_ arguments: ArraySlice<String>) throws -> [Trace] {
  guard let count = arguments.first.flatMap({ Int($0) }) else { throw Refusal(why: "how many bars?") }
  let minutes = walk(count, minutes: 1, from: 1.1, decimals: 1e5, spread: 0.0004)
  let quarters = walk(count, minutes: 15, from: 2000, decimals: 100, spread: 0.01)
  return try arguments.dropFirst().map { path in
    let source = try String(contentsOfFile: path, encoding: .utf8)
    let compiled = FrontEnd.compile(source, name: path)
    guard let program = compiled.program else { throw Refusal(why: compiled.report) }
    let isStrategy = path.contains("strategies/")
    guard let period = Period(isStrategy ? "1" : "15") else { throw Refusal(why: "no period") }
    var environment = ScriptEnvironment(timeframe: period)
    environment.symbol.mintick = isStrategy ? 0.00001 : 0.01
    return Trace(
      name: (path as NSString).lastPathComponent, program: program, environment: environment,
      bars: isStrategy ? minutes : quarters, isHistory: true)
  }
}

/// Every other one knows its bars beforehand; every third one is of a forex symbol, whose days begin
/// at 17:00 New York.
func randoms(_ arguments: ArraySlice<String>) throws -> [Trace] {
  let numbers = arguments.compactMap { UInt64($0) }
  guard numbers.count == 3, let period = Period("15") else { throw Refusal(why: "FIRST COUNT BARS") }
  return (numbers[0]..<numbers[0] + numbers[1]).map { seed in
    var environment = ScriptEnvironment(timeframe: period)
    if seed % 3 == 0 {
      environment.symbol.session = "1700-1700:23456"
      environment.symbol.timezone = "America/New_York"
      environment.symbol.zone = .newYork
    }
    return Trace(
      name: "seed \(seed)", program: RandomPrograms.program(seed: seed), environment: environment,
      bars: RandomPrograms.bars(seed: seed, count: Int(numbers[2])), isHistory: seed % 2 == 0)
  }
}

/// Random scripts that the front end accepts, with their inputs' defaults.
func written(_ arguments: ArraySlice<String>) throws -> [Trace] {
  let numbers = arguments.compactMap { UInt64($0) }
  guard numbers.count == 3, let period = Period("15") else { throw Refusal(why: "FIRST COUNT BARS") }
  return (numbers[0]..<numbers[0] + numbers[1]).compactMap { seed in
    FrontEnd.compile(RandomScripts.script(seed: seed).text).program.map { program in
      Trace(
        name: "script \(seed)", program: program,
        environment: ScriptEnvironment(timeframe: period),
        bars: RandomPrograms.bars(seed: seed, count: Int(numbers[2])), isHistory: true)
    }
  }
}

/// Every third one in a script of version 5.
func objects(_ arguments: ArraySlice<String>) throws -> [Trace] {
  let numbers = arguments.compactMap { UInt64($0) }
  guard numbers.count == 3, let period = Period("15") else { throw Refusal(why: "FIRST COUNT BARS") }
  return (numbers[0]..<numbers[0] + numbers[1]).map { seed in
    var program = RandomPrograms.objects(seed: seed)
    program.settings.languageVersion = seed % 3 == 0 ? 5 : 6
    return Trace(
      name: "objects \(seed)", program: program, environment: ScriptEnvironment(timeframe: period),
      bars: RandomPrograms.bars(seed: seed, count: Int(numbers[2])), isHistory: seed % 2 == 0)
  }
}

func traces() throws -> [Trace] {
  let arguments = CommandLine.arguments.dropFirst()
  switch arguments.first {
  case "scripts": return try scripts(arguments.dropFirst())
  case "random": return try randoms(arguments.dropFirst())
  case "symbols": return try symbols(arguments.dropFirst())
  case "written": return try written(arguments.dropFirst())
  case "objects": return try objects(arguments.dropFirst())
  default:
    throw Refusal(
      why: "usage: TraceData scripts BARS FILE … | random FIRST COUNT BARS | symbols BARS"
        + " | written FIRST COUNT BARS | objects FIRST COUNT BARS")
  }
}

do {
  let all = try traces()
  var head = TraceBytes()
  head.count(all.count)
  FileHandle.standardOutput.write(Data(head.bytes))
  for trace in all {
    var body = TraceBytes()
    trace.write(to: &body)
    var framed = TraceBytes()
    framed.bytes(body.bytes)
    FileHandle.standardOutput.write(Data(framed.bytes))
  }
} catch {
  FileHandle.standardError.write(Data("TraceData: \(error)\n".utf8))
  exit(1)
}
