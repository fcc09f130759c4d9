import Records
import Testing

private struct Thing: Equatable {
  var number: Int64 = 0
  var wide: Int128 = 0
  var small: UInt8 = 0
  var ratio = 0.0
  var flag = false
  var maybe: Int64?
  var text = ""
  var list: [Int32] = []
  var kind = Kind.first

  enum Kind: UInt8 { case first, second }

  mutating func visit(_ archive: inout some StateArchive) {
    archive(&number)
    archive(&wide)
    archive(&small)
    archive(&ratio)
    archive(&flag)
    archive(&maybe)
    archive(&text)
    archive.list(&list, fresh: 0) { archive, element in archive(&element) }
    archive(&kind)
  }
}

@Suite struct StateArchiveTests {
  private static let full = Thing(
    number: .min, wide: -5, small: 7, ratio: -0.0, flag: true, maybe: 3, text: "größe", list: [1, -2, 3], kind: .second)

  private func saved(_ thing: Thing) -> [UInt8] {
    var saver = StateSaver()
    var thing = thing
    thing.visit(&saver)
    return saver.bytes()
  }

  private func loaded(_ bytes: [UInt8]) -> (thing: Thing, isWhole: Bool) {
    bytes.withUnsafeBytes { raw in
      var loader = StateLoader(raw, format: StateFormat.newest)
      var thing = Thing()
      thing.visit(&loader)
      return (thing, loader.isValid && loader.isAtEnd)
    }
  }

  @Test func `What is saved is loaded`() {
    for thing in [Thing(), Self.full] {
      let back = loaded(saved(thing))
      #expect(back.isWhole)
      #expect(back.thing == thing)
      #expect(back.thing.ratio.sign == thing.ratio.sign)
    }
  }

  @Test func `Bytes that end early are no state`() {
    let bytes = saved(Self.full)
    for length in 0..<bytes.count { #expect(!loaded(Array(bytes[..<length])).isWhole) }
  }

  @Test func `A count beyond the bytes takes no memory`() {
    var bytes = saved(Thing())
    // The text's count follows number, wide, small, ratio, flag and maybe.
    bytes[8 + 16 + 1 + 8 + 1 + 1 + 7] = 0x7F
    #expect(!loaded(bytes).isWhole)
  }

  @Test func `A flag is 0 or 1, an enumeration one that is known`() {
    var bytes = saved(Thing())
    bytes[33] = 2
    #expect(!loaded(bytes).isWhole)
    bytes[33] = 1
    bytes[bytes.count - 1] = 2
    #expect(!loaded(bytes).isWhole)
  }

  private final class Numbers: SavedLater {
    let byteCount = 3
    private let isWhole: Bool
    init(isWhole: Bool = true) { self.isWhole = isWhole }

    func append(to bytes: inout [UInt8]) -> Bool {
      bytes += [7, 8, 9]
      return isWhole
    }
  }

  @Test func `What is saved later stands at its place`() {
    var saver = StateSaver()
    var (first, last): (UInt8, UInt8) = (1, 2)
    saver(&first)
    saver.later(Numbers())
    saver(&last)
    #expect(saver.bytes() == [1, 7, 8, 9, 2])
  }

  @Test func `Nothing is saved where a part has changed before its bytes were asked for`() {
    var saver = StateSaver()
    var first: UInt8 = 1
    saver(&first)
    saver.later(Numbers())
    saver.later(Numbers(isWhole: false))
    #expect(saver.bytes() == [])
  }
}
