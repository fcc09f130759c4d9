import Foundation
import Testing

@testable import fxaot

/// How much of the past a script sees.
struct HistoryTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Minutes whose close is their number, from 10 on.
  private func bars(_ count: Int) throws -> String {
    let rows = (0..<count).map { index in
      let price = index + 10
      return "\(1_709_510_400_000 + index * 60_000),\(price),\(price),\(price),\(price),1"
    }
    return try scratch.file(
      "bars.csv", "timestamp,open,high,low,close,volume\n" + rows.joined(separator: "\n") + "\n")
  }

  /// The last row of a script's plots, or why it stopped.
  private func last(_ script: String, bars count: Int) throws -> String {
    let path = try scratch.file("s.pine", "//@version=6\n" + script)
    do {
      var command = try Fxaot.parseAsRoot(
        ["run", path, "--bars", try bars(count), "--plots", scratch.path + "/p.csv"])
      try command.run()
    } catch ToolError.failed(let sentence) {
      return sentence.replacingOccurrences(of: scratch.path + "/", with: "")
    }
    let row = try scratch.text("p.csv").split(separator: "\n").last ?? ""
    return String(row.drop { $0 != "," }.dropFirst())
  }

  @Test func `calc bars count calculates on the last bars alone`() throws {
    let plots = "plot(bar_index)\nplot(close)\nplot(ta.cum(1))\nplot(last_bar_index)\n"
    #expect(
      try last("indicator(\"i\", calc_bars_count = 100)\n" + plots, bars: 300)
        == "99.0,309.0,100.0,99.0")
    #expect(try scratch.text("p.csv").split(separator: "\n").count == 101)
    #expect(
      try last("indicator(\"i\", calc_bars_count = 1000)\n" + plots, bars: 300)
        == "299.0,309.0,300.0,299.0")
  }

  @Test func `prices and times reach ten thousand bars back`() throws {
    let script =
      "indicator(\"i\")\nplot(close[10000])\nplot(close[math.max(bar_index - 1, 0)])\nplot(time[math.max(bar_index - 1, 0)])\n"
    #expect(try last(script, bars: 10_002) == "11.0,11.0,1709510460000.0")
    #expect(
      try last("indicator(\"i\")\nplot(close[bar_index])\n", bars: 10_002)
        == "s.pine:3: bars ago must be from 0 to 5000 (10000 of open, high, low, close and time), or to "
        + "a larger max_bars_back, not 10001 after the bar of 2024-03-10T22:40:00Z")
  }

  @Test func `variables reach five thousand bars back unless max bars back says more`() throws {
    let body = "x = close * 2\nplot(x[math.max(bar_index - 1, 0)])\n"
    #expect(try last("indicator(\"i\")\n" + body, bars: 5_002) == "22.0")
    #expect(try last("indicator(\"i\")\n" + body, bars: 5_003).hasPrefix("s.pine:4: bars ago must be"))
    for declaration in [
      "indicator(\"i\", max_bars_back = 12000)\n", "indicator(\"i\")\nmax_bars_back(close, 12000)\n",
    ] {
      #expect(try last(declaration + body, bars: 12_002) == "22.0")
      #expect(try last(declaration + body, bars: 12_003).contains("bars ago must be"))
      #expect(try last(declaration + "plot(hl2[11000])\n", bars: 11_001) == "10.0")
    }
  }
}
