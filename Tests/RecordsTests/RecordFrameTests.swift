import Artifacts
import Libc
import Records
import Testing

@Suite struct RecordFrameTests {
  private func batch(_ records: [(type: UInt8, payload: [UInt8])]) -> [UInt8] {
    records.flatMap { record in
      withUnsafeBytes(of: UInt32(record.payload.count).littleEndian) { Array($0) } + [record.type] + record.payload
    }
  }

  private func framed(_ records: [(type: UInt8, payload: [UInt8])], _ chain: inout RecordChain) throws -> [UInt8] {
    let bytes = try #require(batch(records).withUnsafeBytes { RecordFrame.frame($0, &chain) })
    defer { free(bytes.baseAddress) }
    return Array(bytes)
  }

  private func read(_ bytes: [UInt8], _ chain: inout RecordChain) -> (
    records: [RecordFrame.Record], fault: RecordFrame.Fault?
  ) {
    bytes.withUnsafeBytes { raw in
      var (records, place): ([RecordFrame.Record], Int) = ([], 0)
      while place < raw.count {
        switch RecordFrame.read(raw, at: place, &chain) {
        case .success(let record):
          records.append(record)
          place += RecordFrame.overhead + record.length
        case .failure(let failure): return (records, failure.fault)
        }
      }
      return (records, nil)
    }
  }

  private static let some: [(type: UInt8, payload: [UInt8])] = [
    (3, [1, 2, 3]), (4, []), (7, Array(repeating: 9, count: 200)),
  ]

  @Test func `the bytes of a first record`() throws {
    var chain = RecordChain()
    let bytes = try framed([(3, [0xAA])], &chain)
    #expect(bytes.count == 58)
    #expect(Array(bytes[..<22]) == [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3, 0xAA])
    #expect(Array(bytes[22..<54]) == Array(repeating: 0, count: 32))
    #expect(bytes[54...].elementsEqual(withUnsafeBytes(of: CRC32C.sum(Array(bytes[..<54]))) { Array($0) }))
    #expect(chain.sequence == 1)
    #expect(chain.hash == SHA256.hash(bytes))
  }

  @Test func `what is framed is read, and the chains agree`() throws {
    var (writer, reader) = (RecordChain(), RecordChain())
    let bytes = try framed(Self.some, &writer) + framed([(5, [1])], &writer)
    let found = read(bytes, &reader)
    #expect(found.fault == nil)
    #expect(found.records.map(\.type) == [3, 4, 7, 5])
    #expect(found.records.map(\.sequence) == [1, 2, 3, 4])
    #expect(found.records.map(\.length) == [3, 0, 200, 1])
    #expect(reader == writer)
  }

  @Test func `a batch that is not whole is refused`() {
    var chain = RecordChain()
    let whole = batch(Self.some)
    for length in 1..<whole.count where ![8, 13].contains(length) {
      #expect(whole[..<length].withUnsafeBytes { RecordFrame.frame($0, &chain) } == nil)
    }
    #expect(chain == RecordChain())
  }

  @Test func `a flipped bit of any byte is found`() throws {
    var chain = RecordChain()
    let whole = try framed(Self.some, &chain)
    for place in whole.indices {
      for bit in 0..<8 {
        var bytes = whole
        bytes[place] ^= 1 << UInt8(bit)
        var reader = RecordChain()
        #expect(read(bytes, &reader).fault != nil)
      }
    }
  }

  @Test func `damage before a whole record is told from a torn end`() throws {
    var chain = RecordChain()
    let whole = try framed(Self.some, &chain)
    let last = RecordFrame.overhead * 2 + 3
    for place in whole.indices {
      var bytes = whole
      bytes[place] ^= 0x40
      var reader = RecordChain()
      let records = read(bytes, &reader).records
      let end = records.reduce(0) { $0 + RecordFrame.overhead + $1.length }
      #expect(bytes.withUnsafeBytes { RecordFrame.hasLater($0, than: end, reader) } == (place < last))
    }
    for length in last..<whole.count {
      var reader = RecordChain()
      let cut = Array(whole[..<length])
      #expect(read(cut, &reader).records.count == 2)
      #expect(!cut.withUnsafeBytes { RecordFrame.hasLater($0, than: last, reader) })
    }
  }

  @Test func `a record that is left out, doubled or of an older epoch does not follow`() throws {
    var chain = RecordChain(epoch: 2)
    let first = try framed([(3, [1])], &chain)
    let second = try framed([(3, [2])], &chain)
    var reader = RecordChain(epoch: 2)
    #expect(read(second, &reader).fault == .sequence)
    #expect(read(first + first, &reader).fault == .sequence)
    var older = RecordChain(sequence: 1, epoch: 1, hash: SHA256.hash(first))
    let stale = try framed([(3, [3])], &older)
    reader = RecordChain(epoch: 2)
    #expect(read(first + stale, &reader).fault == .epoch)
    var other = RecordChain(sequence: 1, epoch: 2, hash: SHA256.hash(second))
    let foreign = try framed([(3, [3])], &other)
    reader = RecordChain(epoch: 2)
    #expect(read(first + foreign, &reader).fault == .hash)
  }
}
