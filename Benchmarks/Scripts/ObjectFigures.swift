import Calendar
import Measuring
import StrategyIR
import StrategyLanguage
import StrategyVM
import Trading

private let nothing = "plot(close)"
private let array = "var a = array.new<float>(100, 1.0)\n"
private let matrix = "var m = matrix.new<float>(4, 4, 0.5)\nm.set(0, 0, close)\n"

/// A user type whose fields change on each bar.
private let record = """
  type Trend
      float fast = 0.0
      float slow = 0.0
      int bars = 0
  var t = Trend.new(close, close)
  t.fast += 0.2 * (close - t.fast)
  t.slow += 0.05 * (close - t.slow)
  t.bars += t.fast > t.slow ? 1 : -1
  plot(t.bars)
  """

/// Functions over objects, beyond the same script without them, in native code.
func objectFigures(_ build: NativeBuild, _ bars: [ScriptBar]) throws {
  func beyond(_ name: String, _ script: String, _ without: String) throws {
    let base = try time(without, bars, build)
    try report(name, try time(script, bars, build) - base, "ns")
  }
  try beyond("array_push_shift", array + "a.push(close)\na.shift()\nplot(close)", array + nothing)
  try beyond("array_sum_100", array + "plot(a.sum())", array + nothing)
  try beyond("matrix_4x4_mult", matrix + "n = m.mult(m)\nplot(n.get(0, 0))", matrix + "plot(m.get(0, 0))")
  try report("udt_bar", try time(record, bars, build), "ns")
  try report("vm_udt_bar", try time(record, bars, nil), "ns")
}

/// ns a bar of a script's steps, in native code, or without a build on the VM.
private func time(_ body: String, _ bars: [ScriptBar], _ build: NativeBuild?) throws -> Double {
  let text = "//@version=6\nindicator(\"t\")\n" + body + "\n"
  let code = try build?.make(text, timeframe: "15").code
  guard let program = FrontEnd.compile(text).program, let period = Period("15") else {
    throw BenchFailure(why: body)
  }
  let book = BarBroker(program.settings.broker, tick: 0.01, quantityStep: 0.0001).bookView
  return try median(of: 15) {
    let runner = try ScriptRunner(program, environment: ScriptEnvironment(timeframe: period))
    if let code { try runner.attach(code) }
    let start = now()
    for bar in bars {
      let place = BarPlace(lastIndex: bars.count - 1, lastTime: bar.time, isHistory: true)
      guard runner.step(bar, place: place, book: book) else { throw BenchFailure(why: "the script stopped") }
    }
    return (now() - start) / Double(bars.count)
  }
}
