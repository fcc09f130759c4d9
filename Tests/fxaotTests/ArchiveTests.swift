import Testing

@testable import fxaot

/// Texts out of plain files, gzip and zip; and what is said of damaged ones.
struct ArchiveTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// All texts of a file by their names, read in portions of `portion` bytes.
  private func texts(_ path: String, portion: Int = 1_000) throws -> [String: String] {
    var texts: [String: String] = [:]
    for entry in try TextQueue.entries([path]) {
      let text = try TextQueue.open(entry) { _ in }
      var bytes: [UInt8] = []
      var part = [UInt8](repeating: 0, count: portion)
      while true {
        let count = try part.withUnsafeMutableBytes { try text.reader.read(into: $0) }
        if count == 0 { break }
        bytes += part[..<count]
      }
      texts[text.name.replacingOccurrences(of: scratch.path + "/", with: "")] =
        String(decoding: bytes, as: UTF8.self)
    }
    return texts
  }

  private func gzip(_ text: String) throws -> [UInt8] {
    let packer = try GzipPacker()
    return try packer.pack(Array(text.utf8), isLast: false) + packer.pack([], isLast: true)
  }

  private func refusal(_ path: String) -> String? {
    do {
      _ = try texts(path)
      return nil
    } catch ToolError.failed(let sentence) {
      return sentence.replacingOccurrences(of: scratch.path + "/", with: "")
    } catch {
      return "\(error)"
    }
  }

  private let long = (0..<50_000).map { "\($0),1.5,1.6\n" }.joined()

  @Test(arguments: [1, 2, 3, 1_000, 1 << 20])
  func `gzip reads back in portions of any size`(portion: Int) throws {
    let text = portion < 1_000 ? "1,1.5,1.6\n" : long
    let path = try scratch.file("a.gz", gzip(text))
    #expect(try texts(path, portion: portion) == ["a.gz": text])
  }

  @Test func `joined gzip members are one text`() throws {
    let path = try scratch.file("a.gz", gzip("one\n") + gzip("") + gzip("two\n"))
    #expect(try texts(path) == ["a.gz": "one\ntwo\n"])
  }

  @Test func `gzip is known by its first bytes`() throws {
    let path = try scratch.file("a.csv", gzip("one\n"))
    #expect(try texts(path) == ["a.csv": "one\n"])
  }

  @Test func `gzip cut anywhere is truncated`() throws {
    let whole = try gzip("1,1.5,1.6\n2,1.5,1.6\n")
    for length in 4..<whole.count {
      let path = try scratch.file("a.gz", Array(whole[..<length]))
      #expect(refusal(path) == "a.gz is truncated: its packed data ends too early")
    }
  }

  @Test func `gzip checks length and checksum`() throws {
    let whole = try gzip(long)
    for (fromEnd, reason) in [(8, "incorrect data check"), (4, "incorrect length check")] {
      var bytes = whole
      bytes[bytes.count - fromEnd] ^= 1
      #expect(refusal(try scratch.file("a.gz", bytes)) == "a.gz is damaged: \(reason)")
    }
  }

  @Test func `zip members come in order of their names`() throws {
    let zip = ZipBuilder(
      [
        .init(name: "b.csv", bytes: Array(long.utf8)),
        .init(name: "folder/", bytes: [], deflated: false),
        .init(name: "a.csv", bytes: Array("one\n".utf8), deflated: false),
        .init(name: "c.csv", bytes: Array("two\n".utf8), zip64: true),
        .init(name: "__MACOSX/a.csv", bytes: [0]),
      ], comment: "PK\u{5}\u{6} in a comment")
    let path = try scratch.file("a.zip", zip.bytes)
    #expect(
      try texts(path) == [
        "a.csv in a.zip": "one\n", "b.csv in a.zip": long, "c.csv in a.zip": "two\n",
      ])
    #expect(try TextQueue.entries([path]).first?.names == ["a.csv", path])
  }

  @Test func `zips that are wrong are refused`() throws {
    let bytes = Array(long.utf8)
    let cases: [(ZipBuilder.Member, String)] = [
      (.init(name: "a", bytes: bytes, flags: 1), "a in a.zip is encrypted"),
      (.init(name: "a", bytes: bytes, method: 12), "a in a.zip is packed by method 12"),
      (.init(name: "a", bytes: bytes, checksumError: 1), "its checksum is wrong"),
      (.init(name: "a", bytes: bytes, deflated: false, checksumError: 1), "its checksum is wrong"),
      (.init(name: "a", bytes: bytes, claimedSize: 10), "more than its stated 10 bytes"),
      (.init(name: "a", bytes: bytes, claimedSize: 9_999_999), "instead of 9999999"),
      (.init(name: "a", bytes: bytes, zip64: true, claimedSize: 5 << 30), "more than 4 GiB"),
      (.init(name: "a", bytes: bytes, zip64: true, claimedSize: .max), "more than 4 GiB"),
    ]
    for (member, words) in cases {
      let said = refusal(try scratch.file("a.zip", ZipBuilder([member]).bytes))
      #expect(said?.contains(words) == true, "\(said ?? "nothing") instead of \(words)")
    }
    #expect(refusal(try scratch.file("a.zip", ZipBuilder([]).bytes)) == "a.zip contains no file")
  }

  @Test func `zip cut anywhere is refused`() throws {
    let whole = ZipBuilder("a.csv", "1,1.5,1.6\n").bytes
    for length in 4..<whole.count {
      let path = try scratch.file("a.zip", Array(whole[..<length]))
      #expect(refusal(path)?.contains("truncated") == true)
    }
  }

  @Test func `a zip with any byte changed never traps`() throws {
    let whole = ZipBuilder([
      .init(name: "a.csv", bytes: Array("1,1.5,1.6\n2,1.5,1.6\n".utf8), zip64: true),
      .init(name: "b.csv", bytes: Array("3,1.5,1.6\n".utf8)),
    ]).bytes
    for index in whole.indices {
      for mask in [0xFF, 0x80, 0x01] as [UInt8] {
        var bytes = whole
        bytes[index] ^= mask
        _ = refusal(try scratch.file("a.zip", bytes))
      }
    }
  }

  @Test func `names that promise an archive are held to it`() throws {
    #expect(refusal(try scratch.file("a.zip", "1,1.5,1.6\n")) == "a.zip is not a zip file")
    #expect(refusal(try scratch.file("a.gz", "1,1.5,1.6\n")) == "a.gz is not a gz file")
    #expect(refusal(try scratch.file("a.csv", "")) == "a.csv is empty")
    #expect(refusal(scratch.path + "/b.csv") == "cannot open b.csv: No such file or directory")
  }
}
