import Testing

@testable import Scenarios

/// Damaged scenario files: each is read and run, or refused with a sentence. Nothing traps.
@Suite struct MutationTests {
  /// SplitMix64.
  private struct Random {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int((z ^ (z >> 31)) >> 33) % max(limit, 1)
    }
  }

  private static let numbers = [
    "0", "-1", "1e29", "-1e29", "0.000001", "9223372036854775807", "-9223372036854775808", "1000000000000",
    "4503599627370496", "1e-30", "null", "true", "\"\"", "[]", "{}",
  ]

  @Test(arguments: try Examples.names)
  func `a damaged file ends with a sentence or a result`(name: String) throws {
    let original = try Examples.bytes(name)
    var random = Random(state: UInt64(name.utf8.reduce(7) { $0 &* 31 &+ Int($1) }.magnitude))
    for _ in 0..<30 {
      var bytes = original
      for _ in 0...random.below(3) { mutate(&bytes, &random) }
      do throws(ScenarioFault) {
        let scenario = try ScenarioReader.read(bytes, defaults: ScenarioRun.defaultTerms)
        _ = try ScenarioRun.run(scenario) { #expect(!$0.isEmpty) }
      } catch {
        #expect(!error.sentence.isEmpty)
      }
    }
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout Random) {
    guard !bytes.isEmpty else { return }
    switch random.below(6) {
    case 0: bytes[random.below(bytes.count)] = UInt8(random.below(256))
    case 1: bytes.remove(at: random.below(bytes.count))
    case 2: bytes.removeLast(random.below(bytes.count))
    case 3: swapLines(&bytes, &random)
    default: replaceNumber(&bytes, &random)
    }
  }

  /// Another line in the place of one.
  private func swapLines(_ bytes: inout [UInt8], _ random: inout Random) {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    lines.swapAt(random.below(lines.count), random.below(lines.count))
    bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
  }

  private func replaceNumber(_ bytes: inout [UInt8], _ random: inout Random) {
    let isPart = { (byte: UInt8) in (48...57).contains(byte) || byte == 45 || byte == 46 }
    let starts = bytes.indices.filter { isPart(bytes[$0]) && ($0 == 0 || !isPart(bytes[$0 - 1])) }
    guard !starts.isEmpty else { return }
    let start = starts[random.below(starts.count)]
    let end = bytes[start...].firstIndex { !isPart($0) } ?? bytes.endIndex
    bytes.replaceSubrange(start..<end, with: Array(Self.numbers[random.below(Self.numbers.count)].utf8))
  }
}
