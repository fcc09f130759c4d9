import Foundation
import Testing

@testable import fxaot

/// bzip2, xz, zstd and .bi5, packed by their own programs, and what is said of damaged ones.
struct PackedFileTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private let text =
    "timestamp,bid,ask\n2024-03-04T00:00:00Z,1.1,1.2\n2024-03-04T00:01:00Z,1.1,1.2\n"

  private static let packed = [
    "bz2": "QlpoOTFBWSZTWSVvKNUAACXbgAAQAAd8EAQQNipMACAAVETR6gADEEqZRptRtPUgHViSDPkkmoJM1IJBUEIHcQ4V"
      + "GCG4IyaZIqBgsTYY+LuSKcKEgSt5Rqg=",
    "xz": "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4ABLADFdADoaSfrkHnoH6H2yePAmYGjTqnctTlukJgVywYStrO+75Ta5"
      + "u896OJmRSVIWP1rUQUAAAAAAcelvhi9tMJ4AAU1M2Ik7Gh+2830BAAAAAARZWg==",
    "zst": "KLUv/QRYtQEApAJ0aW1lc3RhbXAsYmlkLGFzawoyMDI0LTAzLTA0VDAwOlosMS4xLDEuMjEDAOAQQOGBl3sCMmCX"
      + "Rg==",
  ]

  /// Two ticks of an hour: 123 ms, ask 108433, bid 108431, 0.9, 1.2; 3,599,999 ms, 108435, 108432,
  /// 0.75, 2.5.
  private static let bi5 =
    "XQAAgAD//////////wAAaB0fhRrySaSVj4LZSlJQU1t/bfPUEPZNrkFfj0EO6Cvu5KE8FpX558KA"

  private func bytes(_ base64: String) throws -> [UInt8] {
    Array(try #require(Data(base64Encoded: base64)))
  }

  private func unpacked(_ path: String, decimals: Int? = nil) throws -> String {
    do {
      var all: [UInt8] = []
      var part = [UInt8](repeating: 0, count: 7)
      for entry in try TextQueue.entries([path], decimals: decimals) {
        let text = try TextQueue.open(entry) { _ in }
        while true {
          let count = try part.withUnsafeMutableBytes { try text.reader.read(into: $0) }
          if count == 0 { break }
          all += part[..<count]
        }
      }
      return String(decoding: all, as: UTF8.self)
    } catch ToolError.failed(let sentence) {
      return sentence.replacingOccurrences(of: scratch.path + "/", with: "")
    }
  }

  @Test(arguments: ["bz2", "xz", "zst"])
  func `packed texts read back`(suffix: String) throws {
    let packed = try bytes(try #require(PackedFileTests.packed[suffix]))
    #expect(try unpacked(try scratch.file("a.csv.\(suffix)", packed)) == text)
    // By its first bytes, whatever the name; and two of them joined.
    #expect(try unpacked(try scratch.file("a.csv", packed + packed)) == text + text)
    #expect(
      try unpacked(try scratch.file("b.\(suffix)", text)) == "b.\(suffix) is not a \(suffix) file")
  }

  @Test(arguments: ["bz2", "xz", "zst"])
  func `cut and damaged ones are errors`(suffix: String) throws {
    let packed = try bytes(try #require(PackedFileTests.packed[suffix]))
    for length in 8..<packed.count {
      let said = try unpacked(try scratch.file("a.csv", Array(packed[..<length])))
      #expect(
        said == "a.csv is truncated: its packed data ends too early"
          || said == "a.csv is damaged: it cannot be unpacked", "\(length): \(said)")
    }
    var changed = packed
    changed[packed.count / 2] ^= 0x55
    #expect(try unpacked(try scratch.file("a.csv", changed)) != text)
  }

  private func hour(_ path: String, _ bytes: [UInt8]) throws -> String {
    let parts = path.split(separator: "/").map(String.init)
    for count in 1..<parts.count {
      let folder = parts[..<count].joined(separator: "/")
      if !FileManager.default.fileExists(atPath: scratch.path + "/" + folder) {
        try scratch.folder(folder)
      }
    }
    return try scratch.file(path, bytes)
  }

  @Test func `months of bi 5 count from zero and the ask comes first`() throws {
    let path = try hour("EURUSD/2024/02/04/13h_ticks.bi5", try bytes(PackedFileTests.bi5))
    #expect(
      try unpacked(path) == """
        time_ns,bid,ask,bid_size,ask_size
        1709557200123000000,1.08431,1.08433,1.2,0.9
        1709560799999000000,1.08432,1.08435,2.5,0.75

        """)
  }

  @Test func `prices of bi 5 have the decimals of the symbol`() throws {
    let bi5 = try bytes(PackedFileTests.bi5)
    let yen = try hour("USDJPY/2024/02/04/13h_ticks.bi5", bi5)
    #expect(try unpacked(yen).contains(",108.431,108.433,"))
    let share = try hour("AAPLUSUSD/2024/02/04/13h_ticks.bi5", bi5)
    #expect(try unpacked(share).contains("give their decimal places with --decimals"))
    #expect(try unpacked(share, decimals: 3).contains(",108.431,108.433,"))
  }

  @Test func `a path that tells no hour is refused`() throws {
    let bi5 = try bytes(PackedFileTests.bi5)
    for path in [
      "EURUSD/2024/12/04/13h_ticks.bi5", "EURUSD/2024/01/30/13h_ticks.bi5", "13h_ticks.bi5",
      "EURUSD/2024/02/04/24h_ticks.bi5", "EURUSD/2024/02/04/BID_candles_min_1.bi5",
    ] {
      #expect(try unpacked(try hour(path, bi5)).contains("its path must end like Dukascopy's"))
    }
  }

  @Test func `an hour without ticks is an empty file`() throws {
    _ = try hour("EURUSD/2024/02/04/12h_ticks.bi5", [])
    _ = try hour("EURUSD/2024/02/04/13h_ticks.bi5", try bytes(PackedFileTests.bi5))
    let sources = try QuoteSources([scratch.path + "/EURUSD/2024/02/04"])
    let reader = try QuoteReader(sources.paths)
    #expect(reader.symbol == "EURUSD")
    #expect(
      reader.formats == [
        "Dukascopy .bi5 of EURUSD, prices with 5 decimals, the hour by the path: ask before bid; "
          + "times since 1970 UTC"
      ])
    #expect(
      try unpacked(scratch.path + "/EURUSD/2024/02/04/12h_ticks.bi5")
        == "all files are empty")
  }
}
