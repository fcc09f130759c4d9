import Testing

@testable import fxaot

struct NumberTextTests {
  private func text(_ body: (inout [UInt8]) -> Void) -> String {
    var bytes: [UInt8] = [0x2C]
    body(&bytes)
    return String(decoding: bytes.dropFirst(), as: UTF8.self)
  }

  @Test func `doubles read back to the same bits`() {
    for value in [1.3872499999999999, 0.1, 1e-7, 1e300, -0.3333333333333333, 0, -0.0] {
      let written = text { NumberText.append(value, to: &$0) }
      #expect(Double(written)?.bitPattern == value.bitPattern)
    }
  }

  @Test func `integers to their limits`() {
    for value in [0, 7, -7, 1_398_902_400_000, Int64.max, Int64.min] {
      #expect(text { NumberText.append(value, to: &$0) } == String(value))
    }
  }

  @Test func `prices have all their decimals`() {
    let cases: [(Double, Int, String)] = [
      (1.1, 5, "1.10000"), (0.00001, 5, "0.00001"), (0, 5, "0.00000"), (25, 0, "25"), (0, 0, "0"),
      (123.456, 3, "123.456"), (1.123456, 5, "1.123456"), (1e18, 2, "1e+18"), (-1.5, 1, "-1.5"),
    ]
    for (value, decimals, expected) in cases {
      let scale = [1.0, 10, 100, 1_000, 10_000, 100_000][decimals]
      let written = text { NumberText.append(value, decimals: decimals, scale: scale, to: &$0) }
      #expect(written == expected)
    }
  }

  @Test func `numbers for people`() {
    #expect(PlainNumber.fixed(193.8, places: 2) == "193.80")
    #expect(PlainNumber.fixed(-4.405, places: 1) == "-4.4")
    #expect(PlainNumber.fixed(0.05, places: 2) == "0.05")
    #expect(PlainNumber.fixed(99.6, places: 0) == "100")
    #expect(PlainNumber.fixed(.nan, places: 2) == "nan")
    #expect(PlainNumber.fixed(1e300, places: 2) == "1e+300")
    #expect(PlainNumber.text(5_000) == "5000")
  }
}
