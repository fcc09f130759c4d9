import Artifacts
import CFxaot
import FXCore
import Foundation
import Market
import Records
import Testing

@testable import fxaot

/// `fxaot journal`, on journals of an engine's own records.
struct JournalCommandTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private static let start: Int64 = 1_704_067_200_000_000_000
  private static let second: Int64 = 1_000_000_000
  private static let symbol: UInt64 = 7
  private static let strategy: UInt64 = 9

  /// The bytes of a segment, and where its records begin.
  private struct Bytes {
    let first: UInt64
    var bytes: [UInt8]
    var places: [Int] = []

    init(after chain: inout RecordChain) {
      first = chain.sequence + 1
      bytes = Array("FXAOTJNL".utf8)
      add(UInt32(1))
      add(UInt32(1))
      add(first)
      add(chain.epoch)
      bytes += chain.hash
      add(CRC32C.sum(bytes))
      chain.hash = SHA256.hash(bytes)
    }

    mutating func add<T: FixedWidthInteger>(_ x: T) { withUnsafeBytes(of: x.littleEndian) { bytes += Array($0) } }

    mutating func add(_ type: JournalRecord, _ payload: [UInt8], _ chain: inout RecordChain) throws {
      var batch = withUnsafeBytes(of: UInt32(payload.count).littleEndian) { Array($0) }
      batch.append(type.rawValue)
      let framed = try #require((batch + payload).withUnsafeBytes { RecordFrame.frame($0, &chain) })
      defer { framed.deallocate() }
      places.append(bytes.count)
      bytes += Array(framed)
    }

    mutating func begin(
      _ time: Int64, lost: ClosedRange<UInt64>? = nil, _ engine: inout Engine, _ chain: inout RecordChain
    ) throws {
      try add(.begin, withUnsafeBytes(of: time.littleEndian) { Array($0) } + Array("0.1.0".utf8), &chain)
      if let lost {
        let ends = [lost.lowerBound, lost.upperBound]
        try add(.gap, ends.flatMap { end in withUnsafeBytes(of: end.littleEndian) { Array($0) } }, &chain)
      }
      let part: [UInt8] = [0, 0, 0, 0, 1, 0, 0, 0]
      try add(.snapshot, part + engine.capture().bytes(), &chain)
    }

    mutating func take(_ engine: inout Engine, _ chain: inout RecordChain) throws {
      let (base, count, isBroken) = engine.takeJournal()
      defer { free(base) }
      #expect(!isBroken)
      let batch = Array(UnsafeRawBufferPointer(start: base, count: count))
      var place = 0
      while place < batch.count {
        let length = batch[place..<place + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
        let type = try #require(JournalRecord(rawValue: batch[place + 4]))
        try add(type, Array(batch[place + 5..<place + 5 + length]), &chain)
        place += 5 + length
      }
    }

    var name: String { String(repeating: "0", count: 20 - "\(first)".count) + "\(first).fxj" }
  }

  private func engine() throws -> Engine {
    var engine = try Engine(Engine.defaultConfig)
    let terms = try #require(Array("EURUSD".utf8).withUnsafeBytes { BuiltInInstruments.find($0) })
    try engine.addInstrument(terms, ref: Self.symbol)
    "trend".withCString { engine.name(Self.strategy, $0) }
    try "ma_crossover".withCString { name in
      let frame = fxaot_timeframe(kind: UInt32(FXAOT_TF_MINUTES), count: 1)
      try engine.addStrategy(
        fxaot_deployment(
          strategy: name, symbol_ref: Self.symbol, timeframe: frame, price: UInt32(FXAOT_MID), param_count: 0,
          params: nil),
        ref: Self.strategy)
    }
    return engine
  }

  private func order(_ id: String, _ type: Int, _ quantity: Int64, _ price: Double) -> fxaot_order_request {
    var request = fxaot_order_request()
    withUnsafeMutableBytes(of: &request.id.text) { $0.copyBytes(from: id.utf8) }
    request.id.length = UInt32(id.utf8.count)
    (request.symbol_ref, request.side, request.type) = (Self.symbol, UInt32(FXAOT_BUY), UInt32(type))
    (request.quantity, request.price, request.limit) = (quantity, price, .nan)
    (request.trail_activation, request.stop_loss, request.take_profit) = (.nan, .nan, .nan)
    return request
  }

  private func tick(_ engine: inout Engine, _ seconds: Int64, _ bid: Double) {
    _ = engine.tick(
      ref: Self.symbol, time: Self.start + seconds * Self.second, bid: bid, ask: bid + 0.0002, bidSize: 0, askSize: 0,
      entry: 0)
  }

  /// 10 quotes, a deposit, a market order and a limit order.
  private func firstSegment(_ engine: inout Engine, _ chain: inout RecordChain) throws -> Bytes {
    var one = Bytes(after: &chain)
    try engine.startJournal(2)
    try one.begin(Self.start, &engine, &chain)
    for second in 0..<10 { tick(&engine, Int64(second), 1.1) }
    _ = engine.cash(500_000_000)
    _ = engine.submit(order("now", FXAOT_TYPE_MARKET, 10_000, .nan))
    _ = engine.submit(order("low", FXAOT_TYPE_LIMIT, 5_000, 1.09))
    tick(&engine, 10, 1.1)
    try one.take(&engine, &chain)
    return one
  }

  /// Two segments. The first one: 10 quotes, a deposit, a market order and a limit order. The second one: 10 quotes.
  private func segments() throws -> [Bytes] {
    var engine = try engine()
    var chain = RecordChain()
    let one = try firstSegment(&engine, &chain)
    var two = Bytes(after: &chain)
    try two.begin(Self.start + 60 * Self.second, &engine, &chain)
    for second in 60..<70 { tick(&engine, Int64(second), 1.101) }
    engine.advance(to: Self.start + 120 * Self.second)
    try two.take(&engine, &chain)
    return [one, two]
  }

  /// The same when the disk fails after record 6: quotes and a deposit, records 8 and 9, are in no file.
  private func segmentsAroundLostRecords() throws -> [Bytes] {
    var engine = try engine()
    var chain = RecordChain()
    let one = try firstSegment(&engine, &chain)
    for second in 20..<25 { tick(&engine, Int64(second), 1.1) }
    _ = engine.cash(100_000_000)
    var nowhere = one
    try nowhere.take(&engine, &chain)
    var two = Bytes(after: &chain)
    try two.begin(Self.start + 60 * Self.second, lost: 7...9, &engine, &chain)
    for second in 60..<70 { tick(&engine, Int64(second), 1.101) }
    try two.take(&engine, &chain)
    return [one, two]
  }

  @discardableResult
  private func write(_ segments: [Bytes]) throws -> JournalFolder {
    for segment in segments { _ = try scratch.file(segment.name, segment.bytes) }
    return try JournalFolder(scratch.path)
  }

  private func report(_ until: Int64 = .max, fromStart: Bool = false) throws -> JournalReport {
    JournalReport(try JournalReplay.make(JournalFolder(scratch.path), until: until, fromStart: fromStart))
  }

  @Test func `ls has a line for each segment`() throws {
    let all = try segments()
    #expect(
      try write(all).list() == """
        00000000000000000001.fxj 1-7 epoch 1 2024-01-01T00:00:00Z \(all[0].bytes.count) bytes, snapshot
        00000000000000000008.fxj 8-11 epoch 1 2024-01-01T00:01:00Z \(all[1].bytes.count) bytes, snapshot

        """)
    var torn = all
    torn[1].bytes.removeLast(3)
    #expect(try write(torn).list().hasSuffix("snapshot, torn at byte \(all[1].places[3])\n"))
    torn[0].bytes[torn[0].places[2] + 30] ^= 1
    #expect(try write(torn).list().contains("snapshot, damaged at byte \(all[0].places[2])\n"))
  }

  @Test func `cat prints what records hold`() throws {
    let all = try segments()
    let folder = try write(all)
    let lines = try folder.segments.indices.flatMap { index in
      let segment = try folder.segment(index)
      return segment.records.map { segment.json($0) }
    }
    #expect(
      lines[0]
        == #"{"sequence":1,"epoch":1,"type":"begin","length":13,"time_ns":1704067200000000000,"version":"0.1.0"}"#
        + "\n")
    #expect(lines[1].hasPrefix(#"{"sequence":2,"epoch":1,"type":"snapshot","length":"#))
    #expect(lines[1].hasSuffix(#","part":1,"parts":1}"# + "\n"))
    let last = "1704067209000000000"
    #expect(
      lines[2] == #"{"sequence":3,"epoch":1,"type":"quotes","length":481,"count":10,"first_ns":1704067200000000000,"#
        + "\"last_ns\":\(last)}\n")
    #expect(lines[3] == #"{"sequence":4,"epoch":1,"type":"input","length":9,"kind":"cash"}"# + "\n")
    #expect(lines[4].hasSuffix(#","kind":"submit"}"# + "\n"))
    #expect(
      lines[10] == #"{"sequence":11,"epoch":1,"type":"advance","length":8,"time_ns":1704067320000000000}"# + "\n")
  }

  @Test func `verify finds a whole journal whole`() throws {
    let all = try segments()
    let folder = try write(all)
    let verdict = try folder.verify()
    #expect(verdict.damage.isEmpty && verdict.warnings.isEmpty)
    #expect(
      JournalCommand.Verify.summary(verdict, folder)
        == "whole: 11 records, \(all[0].bytes.count + all[1].bytes.count) bytes, segments: 2\n")
    #expect(Fxaot.status(["journal", "verify", scratch.path]) == 0)
  }

  @Test func `a flipped bit is named with its file and the place of its record`() throws {
    let all = try segments()
    var names: Set<Int> = []
    for (number, whole) in all.enumerated() {
      // A torn last record of the newest segment is no damage.
      let end = number == 0 ? whole.bytes.count : whole.places[3]
      let places = Array(0..<64) + whole.places.flatMap { [$0, $0 + 3, $0 + 20, $0 + 25] }
      for place in places + (0..<50).map({ $0 * (end - 1) / 49 }) where place < end {
        var changed = all
        changed[number].bytes[place] ^= UInt8(1 << (place % 8))
        let folder = try write(changed)
        let expected = whole.places.last { $0 <= place } ?? ((8..<12).contains(place) ? 8 : 0)
        let damage = try folder.verify().damage
        #expect(damage.map(\.offset) == [expected], "bit \(place % 8) of byte \(place)")
        #expect(damage.first?.path == folder.segments[number].path)
        names.insert(expected)
      }
    }
    #expect(names.count == 10)
    #expect(Fxaot.status(["journal", "verify", scratch.path]) == 1)
  }

  @Test func `a torn end is said, and is no damage`() throws {
    let all = try segments()
    for count in [1, 30, 64] {
      var torn = all
      torn[1].bytes.removeLast(count)
      let folder = try write(torn)
      let verdict = try folder.verify()
      #expect(verdict.damage.isEmpty)
      #expect(
        verdict.warnings == [
          "\(folder.segments[1].path): byte \(all[1].places[3]): the bytes end inside a record; an unfinished write, "
            + "which the next start cuts off"
        ])
    }
    #expect(Fxaot.status(["journal", "verify", scratch.path]) == 0)
    var torn = all
    torn[0].bytes.removeLast(1)
    #expect(
      try write(torn).verify().damage.map(\.sentence) == [
        scratch.path + "/\(all[0].name): byte \(all[0].places[6]): the bytes end inside a record"
      ])
  }

  /// What a loss of power leaves on some file systems.
  @Test func `zeros at the very end are an unfinished write, and others are damage`() throws {
    let all = try segments()
    let (last, size) = (try #require(all[1].places.last), all[1].bytes.count)
    func verdict(from start: Int, to end: Int) throws -> JournalFolder.Verdict {
      var torn = all
      torn[1].bytes.replaceSubrange(start..<end, with: repeatElement(0, count: end - start))
      return try write(torn).verify()
    }
    for start in [last, last + 1, size - 4] {
      let verdict = try verdict(from: start, to: size)
      #expect(verdict.damage.isEmpty)
      #expect(
        verdict.warnings == [
          "\(scratch.path)/\(all[1].name): byte \(last): a record's sum is wrong; an unfinished write, which the next "
            + "start cuts off"
        ])
    }
    for (start, place, reason) in [
      (0, 0, "no header of a journal"), (8, 8, "version 0, which this tool does not read, or a damaged header"),
      (20, 0, "the header's sum is wrong"), (68, 68, "a record's sum is wrong"),
    ] {
      let verdict = try verdict(from: start, to: size)
      #expect(verdict.damage.isEmpty)
      #expect(
        verdict.warnings == [
          "\(scratch.path)/\(all[1].name): byte \(place): \(reason); a segment that was never in use, which the next "
            + "start puts aside"
        ])
    }
    #expect(Fxaot.status(["journal", "verify", scratch.path]) == 0)
    let warnings = try JournalReplay.make(JournalFolder(scratch.path), until: .max, fromStart: false).warnings
    #expect(warnings.count == 1)
    // Records lie behind these, or the end is no zero.
    for (start, end) in [(0, 68), (68, last), (last, size - 1)] {
      #expect(try verdict(from: start, to: end).damage.count == 1)
    }
  }

  @Test func `a gap between segments is named`() throws {
    var all = try segments()
    all[0].bytes.removeLast(all[0].bytes.count - all[0].places[6])
    #expect(
      try write(all).verify().damage.map(\.sentence) == [
        scratch.path + "/\(all[1].name): byte 16: a gap: it begins with record 8, the one before ends with 6"
      ])
    #expect(throws: ToolError.self) { try report(fromStart: true) }
  }

  @Test func `records that a failing disk took none of are a known gap, and others before them are damage`() throws {
    let all = try segmentsAroundLostRecords()
    let known = { (first: Int) in
      self.scratch.path
        + "/00000000000000000010.fxj: records \(first) to 9 are in its snapshot alone, since the disk took none then"
    }
    var verdict = try write(all).verify()
    #expect(verdict.damage.isEmpty)
    #expect(verdict.warnings == [known(8)])
    #expect(Fxaot.status(["journal", "verify", scratch.path]) == 0)
    // The newest of its records is half there, or garbage.
    var torn = all
    torn[0].bytes.removeLast(20)
    verdict = try write(torn).verify()
    #expect(verdict.damage.isEmpty)
    #expect(verdict.warnings == [known(7)])
    torn[0].bytes[torn[0].places[6] + 30] ^= 1
    torn[0].bytes += Array(repeating: 0, count: 20)
    #expect(try write(torn).verify().warnings == [known(7)])
    // Record 6 was durable.
    torn[0].bytes.removeLast(torn[0].bytes.count - all[0].places[5])
    #expect(
      try write(torn).verify().damage.map(\.sentence) == [
        scratch.path + "/00000000000000000010.fxj: byte 16: a gap: it begins with record 10, the one before ends with 5"
      ])
    // Damage before whole records is no unfinished write.
    torn = all
    torn[0].bytes[all[0].places[3] + 25] ^= 1
    #expect(try write(torn).verify().damage.map(\.offset) == [all[0].places[3]])
  }

  @Test func `replay goes on from the snapshot after lost records, and refuses a moment among them`() throws {
    let all = try segmentsAroundLostRecords()
    try write(all)
    #expect(try report(Self.start + 9 * Self.second).balance == 100_500)
    #expect(try report(Self.start + 24 * Self.second).balance == 100_600)
    let replay = try JournalReplay.make(JournalFolder(scratch.path), until: .max, fromStart: true)
    #expect(replay.warnings.count == 1)
    #expect(replay.engine.account.balance_micro == 100_600_000_000)
    #expect(replay.sequence == 13)
    for fromStart in [false, true] {
      do throws(ToolError) {
        _ = try JournalReplay.make(
          JournalFolder(scratch.path), until: Self.start + 15 * Self.second, fromStart: fromStart)
        Issue.record("a moment among lost records has an account")
      } catch {
        #expect(
          error
            == .failed(
              "\(scratch.path)/00000000000000000010.fxj: records 7 to 9 are in its snapshot alone, since the disk took "
                + "none then; the account at that time cannot be told: the snapshot is of 2024-01-01T00:00:24Z"))
      }
    }
  }

  @Test func `a newer version is named`() throws {
    for (place, words) in [(8, "version"), (12, "format")] {
      var newer = try segments()
      newer[0].bytes[place] = 2
      let sum = CRC32C.sum(Array(newer[0].bytes[..<64]))
      withUnsafeBytes(of: sum.littleEndian) { newer[0].bytes.replaceSubrange(64..<68, with: $0) }
      #expect(
        try write(newer).verify().damage.first?.sentence
          == "\(scratch.path)/\(newer[0].name): byte \(place): written by a newer fxaot: \(words) 2, which this tool "
          + "does not read")
    }
  }

  @Test func `replay prints the account at the end, from either snapshot`() throws {
    try write(try segments())
    let end = try report()
    #expect(
      end.table == """
        records      2, up to 11
        time         2024-01-01T00:02:00Z
        balance      100500.00 USD
        equity       100508.00 USD
        margin used  220.22 USD
        profit       0.00 USD
        open profit  8.00 USD
        state        active
        position     EURUSD 10000 at 1.1002, profit 0.00 USD, open 8.00 USD
        order        2 low: buy 5000 EURUSD limit at 1.09, accepted, 0 filled
        strategy     trend: ma_crossover on EURUSD, 2 bars, 0 fills, position 0

        """)
    var start = try report(fromStart: true)
    #expect(start.records == 9)
    start.records = 2
    #expect(start == end)
  }

  @Test func `replay stops at a moment, also inside a record of quotes`() throws {
    try write(try segments())
    let early = try report(Self.start + 4 * Self.second)
    #expect(early.sequence == 3)
    #expect(early.timeNs == Self.start + 4 * Self.second)
    #expect(early.balance == 100_000)
    #expect(early.orders.isEmpty && early.positions.isEmpty)
    let between = try report(Self.start + 9 * Self.second)
    #expect(between.balance == 100_500)
    #expect(between.sequence == 6)
    let late = try report(Self.start + 59 * Self.second)
    #expect(late.equity == 100_498)
    #expect(late.sequence == 9)
    #expect(late.timeNs == nil)
    let inside = try report(Self.start + 60 * Self.second)
    #expect(inside.equity == 100_508)
    #expect(inside.records == 1)
  }

  @Test func `times are read and written`() throws {
    #expect(try JournalTime.parse("2024-01-01T00:00:10Z", option: "--until") == Self.start + 10 * Self.second)
    #expect(try JournalTime.parse("1704067200000000001", option: "--until") == Self.start + 1)
    #expect(JournalTime.text(Self.start + 1) == "2024-01-01T00:00:00.000000001Z")
    #expect(throws: ToolError.self) { try JournalTime.parse("soon", option: "--until") }
  }

  @Test func `the exit code is 1 for what is no journal`() throws {
    #expect(Fxaot.status(["journal", "ls", scratch.path]) == 1)
    #expect(Fxaot.status(["journal", "ls", scratch.path + "/none"]) == 1)
    #expect(Fxaot.status(["journal", "replay", scratch.path, "--until", "soon"]) == 1)
    _ = try scratch.file("00000000000000000001.fxj", "FXAOTJNL")
    #expect(Fxaot.status(["journal", "verify", scratch.path]) == 0)
    #expect(Fxaot.status(["journal", "replay", scratch.path]) == 1)
    #expect(Fxaot.status(["journal", "replay", "--help"]) == 0)
  }
}
