import Foundation
import Testing

@testable import fxaot

/// Files of any kind as plain quotes.
struct ConvertCommandTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func converted(_ text: String, _ more: String...) throws -> [String] {
    let (from, to) = (scratch.path + "/eurusd.csv", scratch.path + "/quotes.csv")
    try text.write(toFile: from, atomically: true, encoding: .utf8)
    try #require(Fxaot.status(["convert", "--quiet", from, "-o", to] + more) == 0)
    return try String(contentsOfFile: to, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  @Test func `quotes come out in the order of time bid first`() throws {
    let text = "timestamp,askPrice,bidPrice\n1709510460000,1.08435,1.08432\n1709510400123,1.08433,1.08431\n"
    #expect(
      try converted(text) == [
        "time_ns,bid,ask,bid_size,ask_size", "1709510400123000000,1.08431,1.08433,0,0",
        "1709510460000000000,1.08432,1.08435,0,0",
      ])
  }

  @Test func `a bar makes four quotes and a naive time is of the zone`() throws {
    let text = "time,open,high,low,close\n2024-03-04 02:00,1.1,1.4,1.05,1.2\n"
    let lines = try converted(text, "--file-timezone", "Europe/Athens")
    #expect(lines.count == 5)
    #expect(lines[1] == "1709510400000000000,1.1,1.1,0,0")
    #expect(lines[4].hasSuffix(",1.2,1.2,0,0"))
  }

  @Test(arguments: [
    (1.08431, "1.08431"), (1, "1"), (0, "0"), (1e-5, "0.00001"), (1.234e-7, "0.0000001234"),
    (1e16, "10000000000000000"), (1.5e22, "15000000000000000000000"), (0.1 + 0.2, "0.30000000000000004"),
  ])
  func `numbers have no exponent and read back the same`(value: Double, text: String) {
    #expect(ConvertCommand.plain(value) == text)
    #expect(Double(text) == value)
  }
}
