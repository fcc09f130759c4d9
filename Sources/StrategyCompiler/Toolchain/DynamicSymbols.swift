/// The names that a shared library defines for others, and those that it needs: its section
/// .dynsym (System V ABI, chapter 4; ELF-64, little-endian).
struct DynamicSymbols {
  private(set) var defined: [String] = []
  private(set) var undefined: [String] = []

  private struct Section {
    var offset, size, link: Int
  }

  /// nil for bytes that are no such file. Reads nothing outside them.
  init?(_ bytes: [UInt8]) {
    // 0x7F E L F, 64 bits, little-endian
    guard bytes.count >= 64, bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]),
      let table = DynamicSymbols.section(ofType: 11, bytes),
      let names = DynamicSymbols.section(at: table.link, bytes),
      table.size.isMultiple(of: 24)
    else { return nil }
    let end = names.offset + names.size
    for index in 1..<max(table.size / 24, 1) {
      let entry = table.offset + 24 * index
      guard let name = DynamicSymbols.number(bytes, entry, 4),
        let place = DynamicSymbols.number(bytes, entry + 6, 2), name < names.size
      else { return nil }
      let text = bytes[(names.offset + name)..<end].prefix { $0 != 0 }
      let symbol = String(decoding: text, as: UTF8.self)
      if place == 0 { undefined.append(symbol) } else { defined.append(symbol) }
    }
  }

  private static func section(ofType type: Int, _ bytes: [UInt8]) -> Section? {
    guard let count = number(bytes, 60, 2), let table = number(bytes, 40, 8) else { return nil }
    for index in 0..<count where number(bytes, table &+ 64 * index &+ 4, 4) == type {
      return section(at: index, bytes)
    }
    return nil
  }

  private static func section(at index: Int, _ bytes: [UInt8]) -> Section? {
    guard let count = number(bytes, 60, 2), (0..<count).contains(index),
      let table = number(bytes, 40, 8),
      let offset = number(bytes, table &+ 64 * index &+ 24, 8),
      let size = number(bytes, table &+ 64 * index &+ 32, 8),
      let link = number(bytes, table &+ 64 * index &+ 40, 4),
      offset <= bytes.count, size <= bytes.count - offset
    else { return nil }
    return Section(offset: offset, size: size, link: link)
  }

  /// `width` bytes as a number; nil where they are not there or it is beyond Int.
  private static func number(_ bytes: [UInt8], _ offset: Int, _ width: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - width else { return nil }
    let value = bytes[offset..<(offset + width)].reversed().reduce(UInt64(0)) {
      $0 << 8 | UInt64($1)
    }
    return Int(exactly: value)
  }
}
