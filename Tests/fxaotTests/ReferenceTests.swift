import Testing

@testable import fxaot

/// The tool on five days of real quotes against the reference, which recomputes every window
/// from scratch: the same bars to the bit, signals within 1e-9 and never of another sign.
@Suite(.needsSharedData)
struct ReferenceTests {
  @Test(arguments: [
    ("ma_crossover", ["band=0.00005"], 6), ("momentum_breakout", ["threshold=0.0004"], 7),
    ("mean_reversion", [], 8),
    ("fusion", ["ma_crossover.band=0.00005", "momentum_breakout.threshold=0.0006"], 9),
  ])
  func `one minute bars and signals`(strategy: String, parameters: [String], column: Int) throws {
    let shared = try #require(SharedData.folder)
    let scratch = try Scratch()
    let output = scratch.path + "/signals.csv"
    var command = try Fxaot.parseAsRoot(
      ["run", "--strategy", strategy, "--ticks", shared + "/data/lean-fxcm-eurusd"]
        + ["--timeframe", "1m", "--signals", output] + parameters.flatMap { ["--param", $0] })
    try command.run()

    let ours = rows(try scratch.text("signals.csv"))
    let reference = rows(try unpacked(shared + "/reference/strategies-eurusd-m1.csv.gz"))
    try #require(ours.count == 6_205 && reference.count == 6_205)
    var worst = 0.0
    for (our, expected) in zip(ours, reference) {
      #expect(our[..<6] == expected[..<6])
      let (signal, wanted) = (our[6], expected[column])
      worst = max(worst, abs(signal - wanted))
      #expect((signal > 0) == (wanted > 0) && (signal < 0) == (wanted < 0))
    }
    #expect(worst <= 1e-9)
  }

  private func rows(_ text: String) -> [[Double]] {
    text.split(separator: "\n").dropFirst().map { line in
      line.split(separator: ",").map { Double($0.filter { $0 != "\r" }) ?? .nan }
    }
  }

  private func unpacked(_ path: String) throws -> String {
    let file = FileReader(try SystemFile(reading: path)) { _ in }
    let reader = try InflateReader(file, name: path, wrapping: .gzip)
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try part.withUnsafeMutableBytes { try reader.read(into: $0) }
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += part[..<count]
    }
  }
}
