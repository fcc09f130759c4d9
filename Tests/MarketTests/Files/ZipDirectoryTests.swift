import Testing

@testable import Market

/// Tables of contents that are written down byte by byte; ArchiveTests has whole files.
struct ZipDirectoryTests {
  private func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private func record(
    _ name: String, flags: Int = 0, method: Int = 8, crc: Int = 7, packed: Int = 5, size: Int = 9, offset: Int = 0,
    extra: [UInt8] = []
  ) -> [UInt8] {
    little(0x0201_4B50, 4) + [45, 0, 45, 0] + little(flags, 2) + little(method, 2) + little(0, 4) + little(crc, 4)
      + little(packed, 4) + little(size, 4) + little(name.utf8.count, 2) + little(extra.count, 2) + little(0, 10)
      + little(offset, 4) + Array(name.utf8) + extra
  }

  private func end(count: Int, bytes: Int, offset: Int, comment: String = "") -> [UInt8] {
    little(0x0605_4B50, 4) + little(0, 4) + little(count, 2) + little(count, 2) + little(bytes, 4) + little(offset, 4)
      + little(comment.utf8.count, 2) + Array(comment.utf8)
  }

  private func find(_ tail: [UInt8], of fileBytes: UInt64? = nil) throws(ZipFault) -> ZipDirectory.Place {
    try tail.withUnsafeBytes { bytes in
      Result { () throws(ZipFault) in
        try ZipDirectory.find(inTail: bytes, ofFile: fileBytes ?? UInt64(bytes.count))
      }
    }.get()
  }

  private func members(_ directory: [UInt8], _ count: Int) throws(ZipRefusal) -> [ZipMember] {
    try directory.withUnsafeBytes { bytes in
      Result { () throws(ZipRefusal) in try ZipDirectory.members(bytes, count: count) }
    }.get()
  }

  @Test func `the last end record counts, also before a comment`() throws {
    let tail = end(count: 9, bytes: 9, offset: 9) + end(count: 2, bytes: 100, offset: 900, comment: "PK")
    #expect(try find(tail, of: 1_000 + 46).offset == 900)
    #expect(try find(tail, of: 1_000 + 46).bytes == 100)
    #expect(try find(tail, of: 1_000 + 46).count == 2)
  }

  @Test func `what is no whole table of contents is a fault`() {
    #expect(throws: ZipFault.noDirectory) { try find([]) }
    #expect(throws: ZipFault.noDirectory) { try find(Array(end(count: 1, bytes: 0, offset: 0).dropLast())) }
    #expect(throws: ZipFault.noDirectory) { try find(end(count: 0, bytes: 0, offset: 0), of: 21) }
    #expect(throws: ZipFault.zip64) { try find(end(count: 0xFFFF, bytes: 0, offset: 0)) }
    #expect(throws: ZipFault.zip64) { try find(end(count: 1, bytes: 0xFFFF_FFFF, offset: 0)) }
    #expect(throws: ZipFault.badDirectory) { try find(end(count: 1, bytes: 100, offset: 901), of: 1_022) }
    #expect(throws: ZipFault.badDirectory) { try find(end(count: 1, bytes: (64 << 20) + 1, offset: 0), of: 1 << 40) }
  }

  @Test func `members come by their names, and folders do not`() throws {
    let found = try members(record("b") + record("f/") + record("a", method: 0, packed: 3, size: 3, offset: 40), 3)
    #expect(found.map(\.name) == [141..<142, 46..<47])
    #expect(found.map(\.isDeflated) == [false, true])
    #expect(found.map(\.offset) == [40, 0])
    #expect(found.map(\.packed) == [3, 5])
    #expect(found.map(\.crc) == [7, 7])
  }

  @Test func `sizes of all ones stand in the zip64 field`() throws {
    let ones = 0xFFFF_FFFF
    let extra = little(9, 2) + little(1, 2) + [0] + little(1, 2) + little(16, 2) + little(4 << 30, 8) + little(77, 8)
    let found = try members(record("a", packed: ones, size: ones, offset: 5, extra: extra), 1)
    #expect(found.map(\.size) == [4 << 30])
    #expect(found.map(\.packed) == [77])
    #expect(found.map(\.offset) == [5])
  }

  @Test(arguments: [
    (1, 8, 9, ZipFault.encrypted), (0, 12, 9, .method(12)), (0, 8, 0xFFFF_FFFF, .badDirectory),
  ])
  func `a member that cannot be read is named`(_ flags: Int, _ method: Int, _ size: Int, _ fault: ZipFault) {
    #expect(throws: ZipRefusal(fault, of: 46..<49)) {
      try members(record("abc", flags: flags, method: method, size: size), 1)
    }
  }

  @Test func `a member that claims more than 4 GiB is refused`() {
    let extra = little(1, 2) + little(8, 2) + little((4 << 30) + 1, 8)
    #expect(throws: ZipRefusal(.tooLong, of: 46..<47)) { try members(record("a", size: 0xFFFF_FFFF, extra: extra), 1) }
  }

  @Test func `a table that ends too early is a fault`() {
    let whole = record("abc")
    for length in 0..<whole.count {
      #expect(throws: ZipRefusal(.badDirectory)) { try members(Array(whole[..<length]), 1) }
    }
  }

  @Test func `a member's data must lie in the file`() throws {
    let header = little(0x0403_4B50, 4) + little(0, 22) + little(3, 2) + little(4, 2)
    func start(_ offset: UInt64, _ packed: UInt64, of fileBytes: UInt64) throws(ZipFault) -> UInt64 {
      let member = ZipMember(name: 0..<0, isDeflated: true, crc: 0, packed: packed, size: 0, offset: offset)
      return try header.withUnsafeBytes { bytes in
        Result { () throws(ZipFault) in try member.start(header: bytes, ofFile: fileBytes) }
      }.get()
    }
    #expect(try start(10, 100, of: 147) == 47)
    #expect(throws: ZipFault.badMember) { try start(10, 101, of: 147) }
    #expect(throws: ZipFault.badMember) { try start(.max, 0, of: 147) }
    #expect(throws: ZipFault.badMember) { try start(0, .max, of: .max) }
    #expect(throws: ZipFault.badMember) { try start(0, 0, of: 29) }
  }

  @Test func `what was unpacked is compared with length and checksum`() throws {
    let member = ZipMember(name: 0..<0, isDeflated: true, crc: 5, packed: 1, size: 9, offset: 0)
    try member.check(size: 9, crc: 5)
    #expect(throws: ZipFault.size(8, claimed: 9)) { try member.check(size: 8, crc: 5) }
    #expect(throws: ZipFault.checksum) { try member.check(size: 9, crc: 4) }
  }

  @Test func `the first known word of a name is the symbol`() {
    #expect(SymbolInName.find(["20140501.csv", "eurusd60.csv", "GBPUSD"]) == "EURUSD")
    #expect(SymbolInName.find(["EURUSD7", "xeurusd"]) == nil)
    #expect(SymbolInName.find(["a:eur usd;USDJPY&b"]) == "USDJPY")
    #expect(SymbolInName.find([]) == nil)
  }
}
