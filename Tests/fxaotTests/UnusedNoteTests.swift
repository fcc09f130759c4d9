import StrategyLanguage
import Testing

@testable import fxaot

struct UnusedNoteTests {
  private func check(
    _ declaration: String, _ body: String = "", asLive: Bool = false, gives expected: [String]
  ) throws {
    let compilation = FrontEnd.compile("//@version=6\n\(declaration)\n\(body)\n")
    let program = try #require(compilation.program, "\(compilation.report)")
    let notes = UnusedNote.texts(program, "s.pine", asLive: asLive)
    #expect(notes == expected)
  }

  @Test func `settings that would change the trades are named`() throws {
    let declaration = #"strategy("t", use_bar_magnifier = true, calc_on_order_fills = true, calc_on_every_tick = true)"#
    try check(declaration, gives: ["s.pine:2: use_bar_magnifier has no effect; orders fill along the bar's own path"])
    try check(
      declaration, asLive: true,
      gives: [
        "s.pine:2: use_bar_magnifier has no effect; quotes fill the orders",
        "s.pine:2: calc_on_every_tick has no effect with --account; the script runs once per bar",
        "calc_on_order_fills has no effect with --account; the script runs once per bar",
      ])
    try check(#"strategy("t", calc_on_every_tick = false)"#, asLive: true, gives: [])
  }

  @Test func `objects that varip does not keep within a bar are named`() throws {
    let body = "varip a = array.new<int>()\nvarip n = 0\nvar c = array.new<int>()\na.push(n)\nc.push(n)"
    try check(
      #"strategy("t", calc_on_order_fills = true)"#, body,
      gives: ["the object of varip a begins each run on a bar as it was before the bar (calc_on_order_fills)"])
    try check(#"strategy("t")"#, body, gives: [])
  }

  @Test func `half of a trailing stop is named`() throws {
    let exit = #"strategy.exit("X", "L", stop = 1, "#
    try check(
      #"strategy("t")"#, exit + "trail_points = 5)",
      gives: ["s.pine:3: trail_points has no effect without trail_offset"])
    try check(
      #"strategy("t")"#, exit + "trail_offset = 5)",
      gives: ["s.pine:3: trail_offset has no effect without trail_points or trail_price"])
    try check(#"strategy("t")"#, exit + "trail_price = 2, trail_offset = 5)", gives: [])
  }
}
